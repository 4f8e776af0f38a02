//! The rules of one listener.

use super::{
    edited_rule::EditedRule, order::EvaluatedRules, rule_list::RuleList, rule_row::RuleRow,
    sentence::default_action,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::{edit::session::EditSession, labels::listener_label},
    ui::{Button, Card, Glyph},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{PolicyAction, RowKey};

#[component]
pub(super) fn ListenerRules(
    session: EditSession,
    listener: RowKey,
    edited: RwSignal<Option<EditedRule>>,
    /// Why nothing can be changed.
    locked: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let draft = session.form.draft;
    let rules = Memo::new(move |_| {
        draft.with(|draft| {
            let row = draft.listener(listener);
            row.map(|row| EvaluatedRules::new(draft, row)).unwrap_or_default()
        })
    });
    let list = RuleList {
        session,
        listener,
        rules,
        dragged: RwSignal::new(None),
        announcement: RwSignal::default(),
    };
    let label = Memo::new(move |_| {
        draft.with(|draft| {
            let row = draft.listener(listener);
            row.map(|row| listener_label(&row.protocol, &row.port)).unwrap_or_default()
        })
    });
    let offers_redirect = Memo::new(move |_| {
        draft.with(|draft| {
            let row = draft.listener(listener)?;
            let is_plain = row.protocol == ListenerProtocol::Http && row.redirect().is_none();
            let is_secure =
                |one: &&plan::ListenerDraft| one.protocol == ListenerProtocol::TerminatedHttps;
            draft.listeners.iter().find(is_secure).filter(|_| is_plain).map(|one| one.port.clone())
        })
    });
    let add_redirect = move || {
        if let Some(port) = offers_redirect.get_untracked() {
            edited.set(Some(EditedRule::redirect_to_https(session, listener, &port)));
        }
    };
    let otherwise = move || {
        draft.with(|draft| {
            let group = draft.listener(listener).and_then(|one| one.group);
            default_action(i18n, draft, group)
        })
    };
    view! {
        <Card
            title=label
            actions=move || {
                view! {
                    <Show when=move || offers_redirect.with(Option::is_some)>
                        <Button disabled_reason=locked on_press=add_redirect>
                            {t!(i18n, rules.redirect_to_https)}
                        </Button>
                    </Show>
                    <Button
                        icon=Glyph::Plus
                        disabled_reason=locked
                        on_press=move || {
                            let action = PolicyAction::Group(None);
                            edited.set(Some(EditedRule::new(session, listener, action)));
                        }
                    >
                        {t!(i18n, rules.add)}
                    </Button>
                }
            }
            flush=true
        >
            <ol
                class="rule-list"
                aria-label=move || t_string!(i18n, rules.list_label, listener = label.get()).to_string()
            >
                <For each=move || rules.with(|rules| rules.keys.clone()) key=|key| *key let:policy>
                    <RuleRow list policy edited locked />
                </For>
                <li class="rule rule-last">
                    <span class="rule-text">
                        {move || format!("{} → {}", t_string!(i18n, rules.otherwise), otherwise())}
                    </span>
                </li>
            </ol>
            <p class="visually-hidden" role="status">{move || list.announcement.get()}</p>
        </Card>
    }
}
