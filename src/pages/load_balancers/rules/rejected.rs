//! What the service refused while rules were saved, at the rule that it is about.

use super::edited_rule::EditedRule;
use crate::{
    i18n::{t_string, use_i18n},
    pages::load_balancers::{
        edit::{progress_view::rejection, session::EditSession},
        form::{
            field_label::{policy_field_label, rule_field_label},
            rejection::Rejection,
        },
    },
    store::edits::Progress,
    ui::{Banner, Tone},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, ListenerField, PolicyField, RowKey};

/// The field of the dialog for a path; `None` if the dialog has no control for it. The URL of a redirect to
/// HTTPS is a field of its listener elsewhere.
pub(super) fn field_of_dialog(draft: &Draft, path: &FieldPath) -> Option<FieldPath> {
    match *path {
        FieldPath::Listener { listener, field: ListenerField::Redirect } => {
            let policy = draft.listener(listener)?.redirect_policy()?.key;
            Some(FieldPath::Policy { listener, policy, field: PolicyField::Target })
        }
        FieldPath::Policy {
            field:
                PolicyField::Name
                | PolicyField::Action
                | PolicyField::Group
                | PolicyField::Target
                | PolicyField::Code,
            ..
        } => Some(path.clone()),
        FieldPath::Rule { field, .. } => (field != plan::RuleField::Tags).then(|| path.clone()),
        _ => None,
    }
}

/// The listener and the policy of a field.
pub(super) fn rule_of(path: &FieldPath) -> Option<(RowKey, RowKey)> {
    match *path {
        FieldPath::Policy { listener, policy, .. } | FieldPath::Rule { listener, policy, .. } => {
            Some((listener, policy))
        }
        _ => None,
    }
}

/// Returns from a failed plan to the rules, if one of them was refused.
pub(super) fn return_with_rejection(session: EditSession, progress: &Progress) {
    let Progress::Failed { failure, progress, field: Some(path) } = progress else { return };
    let wanted = session.store.edits.edit_and_draft(session.id);
    let path = wanted.and_then(|(_, draft)| field_of_dialog(&draft, path));
    if let Some(path) = path {
        let rejection = untrack(|| rejection(session.form.i18n(), failure, progress, &path));
        session.return_to_form_with_rejection(rejection);
    }
}

/// Opens the dialog of a rule when it was refused.
pub(super) fn open_refused(session: EditSession, edited: RwSignal<Option<EditedRule>>) {
    let refused = Memo::new(move |_| {
        session.form.rejection.with(|all| rule_of(all.as_ref()?.path.as_ref()?))
    });
    Effect::new(move |_| {
        let Some((listener, policy)) = refused.get() else { return };
        if let Some(rule) = EditedRule::existing(session, listener, policy) {
            edited.set(Some(rule));
        }
    });
}

/// Why the service refused a rule; tracked.
pub(super) fn rejection_of(session: EditSession, policy: RowKey) -> Option<Rejection> {
    session.form.rejection.with(|rejection| {
        let rejection = rejection.as_ref()?;
        let (_, refused) = rule_of(rejection.path.as_ref()?)?;
        (refused == policy).then(|| rejection.clone())
    })
}

/// What was not saved, and a link to the field.
#[component]
pub(super) fn RefusedNotice(
    session: EditSession,
    edited: RwSignal<Option<EditedRule>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let rejection = move || session.form.rejection.get();
    move || {
        let Rejection { lead, text, path, .. } = rejection()?;
        let path = path?;
        let (listener, policy) = rule_of(&path)?;
        let label = move || {
            let field = match &path {
                FieldPath::Policy { field, .. } => policy_field_label(i18n, *field),
                FieldPath::Rule { field, .. } => rule_field_label(i18n, *field),
                _ => "",
            };
            t_string!(i18n, create.go_to_field, field = field).to_string()
        };
        let open = move |_| edited.set(EditedRule::existing(session, listener, policy));
        Some(view! {
            <Banner tone=Tone::Error>
                <p>{move || format!("{} {}", lead.get(), text.get())}</p>
                <p>
                    <button type="button" class="link" on:click=open>
                        {label}
                    </button>
                </p>
            </Banner>
        })
    }
}
