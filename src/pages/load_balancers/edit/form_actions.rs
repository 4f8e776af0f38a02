//! The footer of the form: errors, warnings, a summary of the changes, and the buttons.

use super::{
    plan_summary::plan_summary,
    session::{EditSession, PlannedChanges},
    warnings::warnings,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{error_summary::ErrorSummary, rejection_notice::RejectionNotice},
    ui::{Banner, Button, ButtonKind, Tone},
};
use leptos::prelude::*;

/// `Cancel` and `OK`, below a summary of what `OK` changes.
#[component]
pub(super) fn FormActions(session: EditSession, on_close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let changes = session.changes;
    let no_changes = Signal::derive(move || {
        let is_unchanged = changes.with(PlannedChanges::is_empty);
        is_unchanged.then(|| t_string!(i18n, edit.nothing_changed).to_owned())
    });
    let summary = Memo::new(move |_| changes.with(|changes| plan_summary(i18n, &changes.plan)));
    let warnings = Memo::new(move |_| warnings(session));
    let is_outdated = Memo::new(move |_| session.is_outdated());
    view! {
        <div class="edit-foot">
            <ErrorSummary form=session.form />
            <RejectionNotice form=session.form />
            {move || {
                let warnings = warnings.get();
                (!warnings.is_empty())
                    .then(|| {
                        let lines = warnings.into_iter().map(|text| view! { <p>{text}</p> });
                        view! { <Banner tone=Tone::Warning>{lines.collect_view()}</Banner> }
                    })
            }}
            // In the footer, where it is visible at every scroll position of the form.
            <div class="edit-sum" role="status">
                <Show when=move || is_outdated.get()>
                    <Banner tone=Tone::Info>{t!(i18n, edit.changed_meanwhile)}</Banner>
                </Show>
            </div>
            <p class="edit-sum" role="status">{move || summary.get()}</p>
        </div>
        <Button on_press=move || on_close.run(())>{t!(i18n, common.cancel)}</Button>
        <Button kind=ButtonKind::Primary submit=true disabled_reason=no_changes>
            {t!(i18n, common.ok)}
        </Button>
    }
}
