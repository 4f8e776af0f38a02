//! The dialog that adds or edits a rule.

use super::{
    action_fields::ActionFields,
    condition_row::ConditionRow,
    edited_rule::{EditedRule, Editor, apply},
    rejected::{field_of_dialog, rejection_of, rule_of},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::{
        edit::session::EditSession,
        form::{controls::FormInput, focus::focus_field, state::Form},
        labels::listener_label,
    },
    ui::{Button, ButtonKind, Checkbox, Dialog, Field, Glyph},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, Finding, PolicyDraft, PolicyField, RowKey};

/// The errors of the edited rule.
fn findings_of(session: EditSession, draft: &Draft, key: RowKey, every: bool) -> Vec<Finding> {
    let all = session.edit.with_untracked(|edit| edit.as_ref()?.plan(draft).err());
    let all = all.unwrap_or_default().into_iter();
    let in_dialog = all.filter_map(|(path, error)| Some((field_of_dialog(draft, &path)?, error)));
    let is_shown = |(path, _): &Finding| {
        rule_of(path).is_some_and(|(_, policy)| policy == key)
            && !(every && matches!(path, FieldPath::Rule { .. }))
    };
    let mut all: Vec<Finding> = in_dialog.filter(is_shown).collect();
    // In the order of the dialog.
    all.sort_by_key(|(path, _)| !matches!(path, FieldPath::Rule { .. }));
    all
}

#[component]
pub(super) fn RuleEditor(
    session: EditSession,
    /// The rule to edit; the dialog is open while there is one.
    edited: RwSignal<Option<EditedRule>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = Memo::new(move |_| edited.with(Option::is_some));
    let keys = Memo::new(move |previous: Option<&Option<(RowKey, RowKey)>>| {
        let current = edited.with(|one| one.as_ref().map(|one| (one.listener, one.policy)));
        current.or_else(|| previous.copied().flatten())
    });
    let is_new = Memo::new(move |_| edited.with(|one| one.as_ref().is_some_and(|one| one.is_new)));
    let draft = RwSignal::new(Draft::default());
    let every_request = RwSignal::new(false);
    let findings = Memo::new(move |_| {
        let Some((_, policy)) = keys.get() else { return Vec::new() };
        draft.with(|draft| findings_of(session, draft, policy, every_request.get()))
    });
    let form = Form::with_findings(draft, findings);
    // Before the content is drawn.
    Effect::new_isomorphic(move |_| {
        if let Some(rule) = edited.get() {
            every_request.set(rule.every_request);
            form.reset(rule.draft);
            if let Some(rejection) = untrack(|| rejection_of(session, rule.policy)) {
                form.reject(rejection);
            }
        }
    });
    let title = move || {
        if !is_new.get() {
            return t_string!(i18n, rules.edit_title).to_owned();
        }
        let listener = edited.with(|one| {
            let rule = one.as_ref()?;
            let row = rule.draft.listener(rule.listener)?;
            Some(listener_label(&row.protocol, &row.port))
        });
        t_string!(i18n, rules.add_title, listener = listener.unwrap_or_default()).to_string()
    };
    let editor = move || {
        let (listener, policy) = keys.get_untracked()?;
        let (listener, policy) = (Signal::stored(listener), Signal::stored(policy));
        Some(Editor { form, listener, policy, every_request })
    };
    let submit = move || {
        let Some(editor) = editor() else { return };
        if let Some(path) = form.submit() {
            focus_field(&path);
            return;
        }
        if untrack(|| editor.lacks_condition()) {
            return;
        }
        let finished = untrack(|| editor.get(PolicyDraft::clone));
        if let Some(policy) = finished {
            let key = (!is_new.get_untracked()).then_some(policy.key);
            let (listener, every) =
                (editor.listener.get_untracked(), every_request.get_untracked());
            if key.is_some_and(|key| untrack(|| rejection_of(session, key)).is_some()) {
                session.form.rejection.set(None);
            }
            session.form.draft.update(|draft| apply(draft, listener, key, policy, every));
        }
        edited.set(None);
    };
    view! {
        <Dialog
            open
            on_close=move || edited.set(None)
            on_submit=submit
            wide=true
            title
            actions=move || {
                view! {
                    <Button on_press=move || edited.set(None)>{t!(i18n, common.cancel)}</Button>
                    <Button kind=ButtonKind::Primary submit=true>
                        {t!(i18n, rules.apply)}
                    </Button>
                }
            }
        >
            {move || editor().map(|editor| view! { <RuleFields editor /> })}
        </Dialog>
    }
}

#[component]
fn RuleFields(editor: Editor) -> impl IntoView {
    let i18n = use_i18n();
    let Editor { form, every_request, .. } = editor;
    let add = move || {
        let (listener, policy) = (editor.listener.get_untracked(), editor.policy.get_untracked());
        let added = form.draft.try_update(|draft| draft.add_rule(listener, policy)).flatten();
        if let Some(rule) = added {
            let field = plan::RuleField::Kind;
            focus_field(&FieldPath::Rule { listener, policy, rule, field });
        }
    };
    let rows = Memo::new(move |_| {
        editor.get(|policy| policy.rules.iter().map(|rule| rule.key).collect::<Vec<_>>())
    });
    let name = editor.path(PolicyField::Name);
    view! {
        <div class="stack rule-editor" on:pointerdown=move |_| form.on_pointer_down()>
            <fieldset class="rule-conditions">
                <legend class="field-label">{t!(i18n, rules.conditions)}</legend>
                <Checkbox
                    label=move || t_string!(i18n, rules.every).to_owned()
                    checked=every_request
                    on_change=move |every| every_request.set(every)
                />
                <Show when=move || !every_request.get()>
                    <p class="field-hint">{t!(i18n, rules.conditions_hint)}</p>
                    <For each=move || rows.get().unwrap_or_default() key=|key| *key let:rule>
                        <ConditionRow editor rule />
                    </For>
                    <p class="field-error" role="alert" hidden=move || {
                        !(form.submitted.get() && editor.lacks_condition())
                    }>{t!(i18n, rules.no_condition_error)}</p>
                    <div>
                        <Button icon=Glyph::Plus on_press=add>{t!(i18n, rules.add_condition)}</Button>
                    </div>
                </Show>
            </fieldset>
            <ActionFields editor />
            <Field
                label=move || t_string!(i18n, rules.name).to_owned()
                error=form.error(&name)
                optional=true
            >
                <FormInput form path=name.clone() />
            </Field>
            <Checkbox
                label=move || t_string!(i18n, rules.enabled).to_owned()
                checked=Signal::derive(move || editor.get(|one| one.enabled).unwrap_or(true))
                on_change=move |enabled| editor.update(|policy| policy.enabled = enabled)
            />
            <p class="muted">{t!(i18n, rules.apply_hint)}</p>
        </div>
    }
}
