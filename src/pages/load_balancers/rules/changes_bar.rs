//! What is not saved yet, and the progress of saving it.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{
        load_balancers::edit::{
            plan_summary::plan_summary,
            progress_actions::ProgressActions,
            progress_view::ProgressView,
            session::{EditSession, PlannedChanges},
        },
        permissions::edit_refusal,
    },
    ui::{Button, ButtonKind, Card},
};
use leptos::prelude::*;

/// `Save changes` and `Discard changes`, while there are changes.
#[component]
pub(super) fn ChangesBar(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let has_changes = Memo::new(move |_| !session.changes.with(PlannedChanges::is_empty));
    let has_findings = Memo::new(move |_| session.form.findings.with(|all| !all.is_empty()));
    let summary = Memo::new(move |_| {
        if has_findings.get() {
            return t_string!(i18n, rules.problems).to_owned();
        }
        session.changes.with(|changes| plan_summary(i18n, &changes.plan))
    });
    let refusal = Signal::derive(move || {
        let graph = session.store.load_balancers.graph(session.id)?;
        edit_refusal(i18n, &graph.balancer.provisioning_status)
            .or_else(|| has_findings.get().then(|| t_string!(i18n, rules.problems).to_owned()))
    });
    view! {
        // The region exists before its text, so that screen readers read the text.
        <div class="rules-bar" class:rules-bar-shown=move || has_changes.get()>
            <p class="rules-sum" role="status">
                <Show when=move || has_changes.get()>
                    <strong>{t!(i18n, rules.unsaved)}</strong>
                    " "
                    {move || summary.get()}
                </Show>
            </p>
            <Show when=move || has_changes.get()>
                <div class="rules-bar-actions">
                    <Button on_press=move || session.start_over()>{t!(i18n, rules.discard)}</Button>
                    <Button
                        kind=ButtonKind::Primary
                        disabled_reason=refusal
                        on_press=move || session.submit()
                    >
                        {t!(i18n, rules.save)}
                    </Button>
                </div>
            </Show>
        </div>
    }
}

/// The steps of saving, what failed, and what somebody else changed meanwhile.
#[component]
pub(super) fn SaveProgress(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let on_close = Callback::new(move |()| session.discard());
    view! {
        <Card title=move || t_string!(i18n, rules.save).to_owned()>
            <div class="stack">
                <ProgressView session />
                <div class="form-actions">
                    <ProgressActions session on_close />
                </div>
            </div>
        </Card>
    }
}
