//! The progress of a plan: running, stopped, failed or in conflict.

use super::{
    conflict_notice::{ConflictNotice, FoundWhen},
    session::EditSession,
    step_label::step_label,
    step_list::StepList,
};
use crate::{
    i18n::{I18nContext, LiveText, Locale, errors, t, t_string, use_i18n},
    pages::load_balancers::form::rejection::Rejection,
    store::edits::{Failure, Progress, RunProgress},
    ui::{Banner, Tone},
};
use leptos::prelude::*;
use plan::{FieldPath, edit::StepOutcome};

#[component]
pub(in crate::pages::load_balancers) fn ProgressView(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let progress = session.progress();
    // Read out by screen readers; the list is not.
    let announcement = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Running { step, total, summary, waiting }) => {
                let before = session.completed_before().len();
                let (step, total) = (step + before, total + before);
                let what = step_label(i18n, summary);
                let text = t_string!(i18n, edit.step_of, step = step, of = total, what = what);
                match waiting {
                    true => format!("{text} – {}", t_string!(i18n, edit.waiting_long)),
                    false => text.to_string(),
                }
            }
            Some(Progress::Reading) => t_string!(i18n, edit.reading).to_owned(),
            _ => String::new(),
        })
    });
    let failed = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Failed { failure, progress, .. }) => {
                Some((failure.clone(), progress.clone()))
            }
            _ => None,
        })
    });
    let stopped = Memo::new(move |_| progress.with(|p| matches!(p, Some(Progress::Stopped(_)))));
    let conflicts = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Conflicts { conflicts, done }) => (conflicts.clone(), !done.is_empty()),
            _ => (Vec::new(), false),
        })
    });
    view! {
        <p class="edit-said" role="status" hidden=move || announcement.with(String::is_empty)>
            {move || announcement.get()}
        </p>
        {move || {
            failed
                .get()
                .map(|(failure, progress)| {
                    let title = failed_step_label(i18n, &failure, &progress);
                    let reason = failure_label(i18n, &failure);
                    view! {
                        <Banner tone=Tone::Error>
                            <p>
                                <strong>{title}</strong>
                            </p>
                            <p>{reason}</p>
                            <p>{retry_label(i18n, &progress)}</p>
                        </Banner>
                    }
                })
        }}
        {move || {
            stopped
                .get()
                .then(|| view! { <Banner tone=Tone::Warning>{t!(i18n, edit.stopped)}</Banner> })
        }}
        {move || {
            let (conflicts, has_begun) = conflicts.get();
            let has_begun = has_begun || !session.completed_before().is_empty();
            let found =
                if has_begun { FoundWhen::BetweenSteps } else { FoundWhen::BeforeFirstStep };
            (!conflicts.is_empty()).then(|| view! { <ConflictNotice conflicts found /> })
        }}
        <StepList session />
    }
}

/// Why the service rejected a step, for the form.
pub(in crate::pages::load_balancers) fn rejection(
    i18n: I18nContext<Locale>,
    failure: &Failure,
    progress: &RunProgress,
    path: &FieldPath,
) -> Rejection {
    let is_partly_done = !progress.done.is_empty();
    let current = progress.current.as_ref().map(|(step, _)| step.clone());
    let failure = failure.clone();
    Rejection {
        lead: LiveText::new(move || {
            let kept = is_partly_done.then(|| t_string!(i18n, edit.completed_kept));
            let lead = current.as_ref().map(|step| {
                t_string!(i18n, edit.rejected_at, what = step_label(i18n, step)).to_string()
            });
            let lead = lead.unwrap_or_default();
            [lead.as_str(), kept.unwrap_or_default()].join(" ").trim_end().to_owned()
        }),
        text: LiveText::new(move || failure_label(i18n, &failure)),
        path: Some(path.control()),
        is_unconfirmed: false,
    }
}

/// The step that failed, or before which the plan failed.
fn failed_step_label(
    i18n: I18nContext<Locale>,
    failure: &Failure,
    progress: &RunProgress,
) -> String {
    let label = |what| step_label(i18n, what);
    match (&progress.current, progress.unsent.first()) {
        (Some((what, StepOutcome::Unknown)), _) => {
            t_string!(i18n, edit.unknown_at, what = label(what)).to_string()
        }
        (Some((what, StepOutcome::Accepted)), _) if !matches!(failure, Failure::InError(_)) => {
            t_string!(i18n, edit.unconfirmed_at, what = label(what)).to_string()
        }
        (Some((what, _)), _) => t_string!(i18n, edit.failed_at, what = label(what)).to_string(),
        (None, Some(what)) => t_string!(i18n, edit.failed_before, what = label(what)).to_string(),
        (None, None) => t_string!(i18n, edit.failed).to_owned(),
    }
}

/// What `Try again` does.
fn retry_label(i18n: I18nContext<Locale>, progress: &RunProgress) -> &'static str {
    match progress.current {
        Some((_, StepOutcome::Unknown | StepOutcome::Accepted)) => {
            t_string!(i18n, edit.failed_next_unknown)
        }
        _ => t_string!(i18n, edit.failed_next),
    }
}

fn failure_label(i18n: I18nContext<Locale>, failure: &Failure) -> String {
    match failure {
        Failure::Api(error) => errors::explain(i18n, error),
        Failure::InError(Some(reason)) => {
            let reason = errors::message_text(i18n, reason);
            t_string!(i18n, edit.went_to_error_because, reason = reason).to_string()
        }
        Failure::InError(None) => t_string!(i18n, edit.went_to_error).to_owned(),
        Failure::StillPending => t_string!(i18n, edit.still_pending).to_owned(),
    }
}
