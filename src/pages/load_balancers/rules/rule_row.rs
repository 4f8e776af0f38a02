//! One rule in the list.

use super::{
    change::{Change, change},
    edited_rule::EditedRule,
    order::{Direction, NeverReached},
    rejected::{field_of_dialog, rejection_of, rule_of},
    rule_list::{RuleList, focus_later},
    sentence::{action, conditions, sentence_view},
};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Glyph, Menu, MenuItem, StatusBadge, Tag, Tone},
};
use leptos::prelude::*;
use plan::{FieldPath, PolicyDraft, RowKey};

#[component]
pub(super) fn RuleRow(
    list: RuleList,
    policy: RowKey,
    edited: RwSignal<Option<EditedRule>>,
    locked: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let RuleList { session, listener, rules, dragged, .. } = list;
    let draft = session.form.draft;
    let current = Memo::new(move |_| draft.with(|draft| draft.policy(listener, policy).cloned()));
    let number = Memo::new(move |_| rules.with(|rules| rules.number(policy)));
    let words = move || current.with(|one| one.as_ref().map(|one| conditions(i18n, one)));
    let target = move || {
        draft.with(|draft| {
            draft.policy(listener, policy).map(|one| action(i18n, draft, &one.action))
        })
    };
    let is_off =
        Memo::new(move |_| current.with(|one| one.as_ref().is_some_and(|one| !one.enabled)));
    let shift = move |direction| move || list.shift(policy, direction);
    let refusal = move |direction| {
        Signal::derive(move || {
            locked.get().or_else(|| {
                let end = match direction {
                    Direction::Up => t_string!(i18n, rules.first_of_kind),
                    Direction::Down => t_string!(i18n, rules.last_of_kind),
                };
                (!list.may_move(policy, direction)).then(|| end.to_owned())
            })
        })
    };
    view! {
        <li
            class="rule"
            class:rule-off=move || is_off.get()
            class:rule-dragged=move || dragged.get() == Some(policy)
            on:dragover=move |event| {
                if dragged.with_untracked(Option::is_some) {
                    event.prevent_default();
                }
            }
            on:drop=move |event| {
                event.prevent_default();
                list.drop_on(policy);
            }
        >
            <span
                class="rule-handle"
                aria-hidden="true"
                title=move || t_string!(i18n, rules.drag)
                draggable=move || if locked.with(Option::is_none) { "true" } else { "false" }
                on:dragstart=move |_| dragged.set(Some(policy))
                on:dragend=move |_| dragged.set(None)
            ></span>
            <div class="rule-body">
                <p class="rule-text">
                    {move || format!("{}. ", number.get())}
                    {move || words().map(sentence_view)}
                    {move || target().map(|target| format!(" → {target}"))}
                </p>
                <Marks list policy current />
                <RuleNotes current />
            </div>
            <span class="rule-actions">
                <span id=format!("rule-{policy}-up-box")>
                    <Button
                        kind=ButtonKind::Quiet
                        icon=Glyph::ArrowUp
                        label=move || {
                            t_string!(i18n, rules.move_up_rule, rule = number.get()).to_string()
                        }
                        disabled_reason=refusal(Direction::Up)
                        on_press=shift(Direction::Up)
                    />
                </span>
                <span id=format!("rule-{policy}-down-box")>
                    <Button
                        kind=ButtonKind::Quiet
                        icon=Glyph::ArrowDown
                        label=move || {
                            t_string!(i18n, rules.move_down_rule, rule = number.get()).to_string()
                        }
                        disabled_reason=refusal(Direction::Down)
                        on_press=shift(Direction::Down)
                    />
                </span>
                <RuleMenu list policy current number edited locked />
            </span>
        </li>
    }
}

/// Why a rule is not evaluated or never reached, and whether it is saved.
#[component]
fn Marks(list: RuleList, policy: RowKey, current: Memo<Option<PolicyDraft>>) -> impl IntoView {
    let i18n = use_i18n();
    let RuleList { session, listener, rules, .. } = list;
    let problem = Memo::new(move |_| {
        if let Some(rejection) = rejection_of(session, policy) {
            let reason = rejection.text.get();
            return Some((
                Tone::Error,
                t_string!(i18n, rules.refused, reason = reason).to_string(),
            ));
        }
        let is_own = |path: &FieldPath| {
            let in_dialog = session.form.draft.with(|draft| field_of_dialog(draft, path));
            rule_of(in_dialog.as_ref().unwrap_or(path)).is_some_and(|(_, own)| own == policy)
        };
        if session.form.findings.with(|all| all.iter().any(|(path, _)| is_own(path))) {
            return Some((Tone::Error, t_string!(i18n, rules.invalid).to_owned()));
        }
        let policy_draft = current.get()?;
        if !policy_draft.enabled {
            return Some((Tone::Neutral, t_string!(i18n, rules.disabled).to_owned()));
        }
        let is_group_off = session.form.draft.with(|draft| {
            let group = policy_draft.action.group().and_then(|group| draft.group(group));
            group.is_some_and(|group| !group.enabled)
        });
        if is_group_off {
            return Some((Tone::Warning, t_string!(i18n, rules.group_disabled).to_owned()));
        }
        if !policy_draft.rules.iter().any(|rule| rule.enabled) {
            return Some((Tone::Warning, t_string!(i18n, rules.without_condition).to_owned()));
        }
        let reason = rules.with(|rules| rules.unreachable.get(&policy).cloned())?;
        Some((Tone::Warning, never_reached(i18n, reason)))
    });
    let is_changed = Memo::new(move |_| change(session, listener, policy));
    view! {
        {move || {
            problem
                .get()
                .map(|(tone, text)| view! { <StatusBadge tone=Signal::stored(tone) text=text /> })
        }}
        {move || {
            is_changed
                .get()
                .map(|change| {
                    let text = match change {
                        Change::New => t_string!(i18n, rules.new),
                        Change::Changed => t_string!(i18n, rules.changed),
                    };
                    view! { <Tag text=text /> }
                })
        }}
    }
}

fn never_reached(i18n: I18nContext<Locale>, reason: NeverReached) -> String {
    match reason {
        NeverReached::Covered(rule) => {
            t_string!(i18n, rules.never_reached, rule = rule).to_string()
        }
        NeverReached::CoveredTogether(rules) => {
            let rules: Vec<String> = rules.iter().map(usize::to_string).collect();
            let separator = t_string!(i18n, edit.list_separator);
            t_string!(i18n, rules.never_reached_together, rules = rules.join(separator)).to_string()
        }
        NeverReached::Contradiction => t_string!(i18n, rules.never_matches).to_owned(),
    }
}

/// What the sentence leaves out: name, description, tags, and conditions that are disabled.
#[component]
fn RuleNotes(current: Memo<Option<PolicyDraft>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let rule = current.get()?;
        let texts = [rule.name.trim().to_owned(), rule.description.trim().to_owned()];
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        let off = rule.rules.iter().filter(|one| !one.enabled).count();
        let off =
            (off > 0).then(|| t_string!(i18n, rules.conditions_disabled, count = off).to_string());
        let texts: Vec<String> = texts.chain(off).collect();
        let tags: Vec<String> =
            rule.tags.iter().chain(rule.rules.iter().flat_map(|one| &one.tags)).cloned().collect();
        (!texts.is_empty() || !tags.is_empty()).then(|| {
            view! {
                <span class="rule-notes muted">
                    {texts.join(" · ")}
                    {tags.into_iter().map(|tag| view! { <Tag text=tag /> }).collect_view()}
                </span>
            }
        })
    }
}

#[component]
fn RuleMenu(
    list: RuleList,
    policy: RowKey,
    current: Memo<Option<PolicyDraft>>,
    number: Memo<usize>,
    edited: RwSignal<Option<EditedRule>>,
    locked: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_store().toasts;
    let RuleList { session, listener, .. } = list;
    let draft = session.form.draft;
    let label = move || t_string!(i18n, rules.more, rule = number.get()).to_string();
    let toggle = move || {
        draft.update(|draft| {
            if let Some(policy) = draft.policy_mut(listener, policy) {
                policy.enabled = !policy.enabled;
            }
        });
    };
    let duplicate = move || {
        draft.update(|draft| {
            draft.duplicate_policy(listener, policy);
        });
    };
    let delete = move || {
        let removed = draft.with_untracked(|draft| {
            let policies = &draft.listener(listener)?.policies;
            let index = policies.iter().position(|one| one.key == policy)?;
            Some((index, policies[index].clone()))
        });
        let Some((index, removed)) = removed else { return };
        let next = list.rules.with_untracked(|rules| {
            let at = rules.number(policy);
            let neighbour = rules.keys.get(at).or_else(|| rules.keys.get(at.checked_sub(2)?));
            neighbour.copied()
        });
        let text = untrack(|| t_string!(i18n, rules.deleted, rule = number.get()).to_string());
        session.form.remove_row(
            toasts,
            text,
            move |draft| draft.remove_policy(listener, policy),
            move |draft| {
                if let Some(row) = draft.listener_mut(listener) {
                    let index = index.min(row.policies.len());
                    row.policies.insert(index, removed.clone());
                }
            },
        );
        if let Some(next) = next {
            focus_later(menu_id(next));
        }
    };
    let items = move || {
        let toggle_label = move || {
            if current.with(|one| one.as_ref().is_some_and(|one| one.enabled)) {
                t_string!(i18n, rules.disable).to_owned()
            } else {
                t_string!(i18n, rules.enable).to_owned()
            }
        };
        let edit = move || edited.set(EditedRule::existing(session, listener, policy));
        vec![
            MenuItem::new(move || t_string!(i18n, common.edit).to_owned(), edit)
                .icon(Glyph::Pencil)
                .disabled_reason(locked),
            MenuItem::new(move || t_string!(i18n, rules.duplicate).to_owned(), duplicate)
                .icon(Glyph::Clone)
                .disabled_reason(locked),
            MenuItem::new(toggle_label, toggle).disabled_reason(locked),
            MenuItem::new(move || t_string!(i18n, common.delete).to_owned(), delete)
                .icon(Glyph::Trash)
                .danger()
                .disabled_reason(locked),
        ]
    };
    view! {
        <span id=menu_id(policy) class="rule-menu">
            <Menu label items />
        </span>
    }
}

fn menu_id(policy: RowKey) -> String {
    format!("rule-{policy}-menu")
}
