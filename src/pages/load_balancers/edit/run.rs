//! An edit that is being carried out, step by step, or stands still.

use super::{
    conflicts::{Conflicts, Seen},
    editing::Editing,
    labels,
};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    store::edits::{Failure, Progress, RunProgress},
    ui::{Banner, StatusBadge, Tone},
};
use leptos::{html::Ol, prelude::*};
use plan::edit::{StepOutcome, StepSummary};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

/// Steps told one by one; of more, those around the one under way.
const TOLD: usize = 40;

#[component]
pub(super) fn Run(editing: Editing) -> impl IntoView {
    let i18n = use_i18n();
    let progress = editing.progress();
    let lines = Memo::new(move |_| lines(editing));
    // Read out as it goes on; the list is there to be looked at.
    let said = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Running { step, total, summary, waiting }) => {
                let before = editing.done_before().len();
                let (step, total) = (step + before, total + before);
                let what = labels::step_label(i18n, summary);
                let line = t_string!(i18n, edit.step_of, step = step, of = total, what = what);
                match waiting {
                    true => format!("{line} – {}", t_string!(i18n, edit.waiting_long)),
                    false => line.to_string(),
                }
            }
            Some(Progress::Reading) => t_string!(i18n, edit.reading).to_owned(),
            _ => String::new(),
        })
    });
    let failed = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Failed { failure, progress }) => {
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
    // What is under way stays in sight, in the middle of the list.
    let list = NodeRef::<Ol>::new();
    let here =
        Memo::new(move |_| lines.with(|all| all.iter().position(|line| line.1 != How::Done)));
    Effect::new(move |_| {
        here.track();
        request_animation_frame(move || {
            // Perhaps it is gone by then.
            let Some(list) = list.try_get_untracked().flatten() else { return };
            let Ok(Some(step)) = list.query_selector("[aria-current]") else { return };
            if let Ok(step) = step.dyn_into::<HtmlElement>() {
                list.set_scroll_top(step.offset_top() - list.client_height() / 2);
            }
        });
    });
    view! {
        <p class="edit-said" role="status" hidden=move || said.with(String::is_empty)>
            {move || said.get()}
        </p>
        {move || {
            failed
                .get()
                .map(|(failure, progress)| {
                    let lead = where_it_broke_off(i18n, &failure, &progress);
                    let why = failure_label(i18n, &failure);
                    view! {
                        <Banner tone=Tone::Error>
                            <p>
                                <strong>{lead}</strong>
                            </p>
                            <p>{why}</p>
                            <p>{next(i18n, &progress)}</p>
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
            let (conflicts, begun) = conflicts.get();
            let begun = begun || !editing.done_before().is_empty();
            let seen = if begun { Seen::MidWay } else { Seen::BeforeAny };
            (!conflicts.is_empty()).then(|| view! { <Conflicts conflicts seen /> })
        }}
        <Show when=move || !lines.with(Vec::is_empty)>
            // Reached by keyboard, to scroll it.
            <ol
                class="edit-steps"
                node_ref=list
                tabindex="0"
                aria-label=move || t_string!(i18n, edit.steps).to_owned()
            >
                {move || {
                    let all = lines.get();
                    let here = here.get().unwrap_or_default();
                    let first = match all.len() > TOLD {
                        true => here.saturating_sub(TOLD / 2).min(all.len() - TOLD),
                        false => 0,
                    };
                    let shown = all.into_iter().skip(first).take(TOLD);
                    shown.map(|(what, how)| line_view(i18n, &what, how)).collect_view()
                }}
            </ol>
        </Show>
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Done,
    Sending,
    Waiting,
    Failed,
    /// Sent, without an answer.
    Unknown,
    /// Taken, and not seen carried out.
    Unseen,
    Later,
    NotSent,
}

fn lines(editing: Editing) -> Vec<(StepSummary, How)> {
    let before = editing.done_before();
    let before = before.into_iter().map(|what| (what, How::Done));
    let now: Vec<_> = editing.progress().with(|progress| match progress {
        Some(Progress::Running { step, waiting, .. }) => {
            let steps = editing.store.edits.steps(editing.id);
            let how = |index: usize| match (index + 1).cmp(step) {
                std::cmp::Ordering::Less => How::Done,
                std::cmp::Ordering::Equal if *waiting => How::Waiting,
                std::cmp::Ordering::Equal => How::Sending,
                std::cmp::Ordering::Greater => How::Later,
            };
            steps.into_iter().enumerate().map(|(index, what)| (what, how(index))).collect()
        }
        Some(Progress::Failed { failure, progress }) => standing_lines(progress, Some(failure)),
        Some(Progress::Stopped(progress)) => standing_lines(progress, None),
        Some(Progress::Conflicts { done, .. }) => {
            done.iter().map(|what| (what.clone(), How::Done)).collect()
        }
        _ => Vec::new(),
    });
    before.chain(now).collect()
}

fn standing_lines(progress: &RunProgress, failure: Option<&Failure>) -> Vec<(StepSummary, How)> {
    let here = progress.current.as_ref().map(|(what, outcome)| {
        let how = match (outcome, failure) {
            (StepOutcome::Rejected, _) | (StepOutcome::Accepted, Some(Failure::InError(_))) => {
                How::Failed
            }
            (StepOutcome::Unknown, _) => How::Unknown,
            (StepOutcome::Accepted, _) => How::Unseen,
        };
        (what.clone(), how)
    });
    let done = progress.done.iter().map(|what| (what.clone(), How::Done));
    let unsent = progress.unsent.iter().map(|what| (what.clone(), How::NotSent));
    done.chain(here).chain(unsent).collect()
}

/// At which step, or before which.
fn where_it_broke_off(
    i18n: I18nContext<Locale>,
    failure: &Failure,
    progress: &RunProgress,
) -> String {
    let words = |what| labels::step_label(i18n, what);
    match (&progress.current, progress.unsent.first()) {
        (Some((what, StepOutcome::Unknown)), _) => {
            t_string!(i18n, edit.unknown_at, what = words(what)).to_string()
        }
        (Some((what, StepOutcome::Accepted)), _) if !matches!(failure, Failure::InError(_)) => {
            t_string!(i18n, edit.unseen_at, what = words(what)).to_string()
        }
        (Some((what, _)), _) => t_string!(i18n, edit.failed_at, what = words(what)).to_string(),
        (None, Some(what)) => t_string!(i18n, edit.failed_before, what = words(what)).to_string(),
        (None, None) => t_string!(i18n, edit.failed).to_owned(),
    }
}

/// What trying again does.
fn next(i18n: I18nContext<Locale>, progress: &RunProgress) -> &'static str {
    match progress.current {
        Some((_, StepOutcome::Unknown | StepOutcome::Accepted)) => {
            t_string!(i18n, edit.failed_next_unknown)
        }
        _ => t_string!(i18n, edit.failed_next),
    }
}

fn line_view(i18n: I18nContext<Locale>, what: &StepSummary, how: How) -> AnyView {
    let (tone, state) = match how {
        How::Done => (Tone::Ok, t_string!(i18n, edit.step_done)),
        How::Sending => (Tone::Pending, t_string!(i18n, edit.step_sending)),
        How::Waiting => (Tone::Pending, t_string!(i18n, edit.step_waiting)),
        How::Failed => (Tone::Error, t_string!(i18n, edit.step_failed)),
        How::Unknown => (Tone::Warning, t_string!(i18n, edit.step_unknown)),
        How::Unseen => (Tone::Warning, t_string!(i18n, edit.step_unseen)),
        How::Later => (Tone::Neutral, t_string!(i18n, edit.step_later)),
        How::NotSent => (Tone::Neutral, t_string!(i18n, edit.step_not_sent)),
    };
    let is_here = !matches!(how, How::Done | How::Later | How::NotSent);
    view! {
        <li class="edit-step" aria-current=is_here.then_some("step")>
            <span>{labels::step_label(i18n, what)}</span>
            <StatusBadge tone=Signal::stored(tone) text=state />
        </li>
    }
    .into_any()
}

fn failure_label(i18n: I18nContext<Locale>, failure: &Failure) -> String {
    match failure {
        Failure::Api(error) => errors::explain(i18n, error),
        Failure::InError(Some(reason)) => {
            t_string!(i18n, edit.went_to_error_because, reason = reason.as_str()).to_string()
        }
        Failure::InError(None) => t_string!(i18n, edit.went_to_error).to_owned(),
        Failure::StillPending => t_string!(i18n, edit.still_pending).to_owned(),
    }
}
