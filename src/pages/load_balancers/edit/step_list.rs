//! The list of steps while a plan runs.

use super::{session::EditSession, step_label::step_label};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    store::edits::{Failure, Progress, RunProgress},
    ui::{StatusBadge, Tone},
};
use leptos::{html::Ol, prelude::*};
use plan::edit::{StepOutcome, StepSummary};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

/// Steps that are drawn; of a longer plan, those around the current one.
const MAX_STEPS: usize = 40;

#[component]
pub(super) fn StepList(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let steps = Memo::new(move |_| steps(session));
    // Keeps the current step in the middle of the list.
    let list = NodeRef::<Ol>::new();
    let current =
        Memo::new(move |_| steps.with(|all| all.iter().position(|step| step.1 != StepState::Done)));
    Effect::new(move |_| {
        current.track();
        request_animation_frame(move || {
            // The list may be gone in the next frame.
            let Some(list) = list.try_get_untracked().flatten() else { return };
            let Ok(Some(step)) = list.query_selector("[aria-current]") else { return };
            if let Ok(step) = step.dyn_into::<HtmlElement>() {
                list.set_scroll_top(step.offset_top() - list.client_height() / 2);
            }
        });
    });
    view! {
        <Show when=move || !steps.with(Vec::is_empty)>
            // Focusable, so that the keyboard can scroll it.
            <ol
                class="edit-steps"
                node_ref=list
                tabindex="0"
                aria-label=move || t_string!(i18n, edit.steps).to_owned()
            >
                {move || {
                    let all = steps.get();
                    let current = current.get().unwrap_or_default();
                    let first = if all.len() > MAX_STEPS {
                        current.saturating_sub(MAX_STEPS / 2).min(all.len() - MAX_STEPS)
                    } else {
                        0
                    };
                    let shown = all.into_iter().skip(first).take(MAX_STEPS);
                    shown.map(|(what, state)| step_view(i18n, &what, state)).collect_view()
                }}
            </ol>
        </Show>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StepState {
    Done,
    Sending,
    Waiting,
    Failed,
    /// Sent, but no response came.
    Unknown,
    /// Accepted, but its completion was not observed.
    Unconfirmed,
    Pending,
    NotSent,
}

fn steps(session: EditSession) -> Vec<(StepSummary, StepState)> {
    let before = session.completed_before();
    let before = before.into_iter().map(|what| (what, StepState::Done));
    let now: Vec<_> = session.progress().with(|progress| match progress {
        Some(Progress::Running { step, waiting, .. }) => {
            let steps = session.store.edits.steps(session.id);
            let state = |index: usize| match (index + 1).cmp(step) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal if *waiting => StepState::Waiting,
                std::cmp::Ordering::Equal => StepState::Sending,
                std::cmp::Ordering::Greater => StepState::Pending,
            };
            steps.into_iter().enumerate().map(|(index, what)| (what, state(index))).collect()
        }
        Some(Progress::Failed { failure, progress, .. }) => stopped_steps(progress, Some(failure)),
        Some(Progress::Stopped(progress)) => stopped_steps(progress, None),
        Some(Progress::Conflicts { done, .. }) => {
            done.iter().map(|what| (what.clone(), StepState::Done)).collect()
        }
        _ => Vec::new(),
    });
    before.chain(now).collect()
}

fn stopped_steps(
    progress: &RunProgress,
    failure: Option<&Failure>,
) -> Vec<(StepSummary, StepState)> {
    let current = progress.current.as_ref().map(|(what, outcome)| {
        let state = match (outcome, failure) {
            (StepOutcome::Rejected, _) | (StepOutcome::Accepted, Some(Failure::InError(_))) => {
                StepState::Failed
            }
            (StepOutcome::Unknown, _) => StepState::Unknown,
            (StepOutcome::Accepted, _) => StepState::Unconfirmed,
        };
        (what.clone(), state)
    });
    let done = progress.done.iter().map(|what| (what.clone(), StepState::Done));
    let unsent = progress.unsent.iter().map(|what| (what.clone(), StepState::NotSent));
    done.chain(current).chain(unsent).collect()
}

fn step_view(i18n: I18nContext<Locale>, what: &StepSummary, state: StepState) -> AnyView {
    let (tone, label) = match state {
        StepState::Done => (Tone::Ok, t_string!(i18n, edit.step_state_done)),
        StepState::Sending => (Tone::Pending, t_string!(i18n, edit.step_state_sending)),
        StepState::Waiting => (Tone::Pending, t_string!(i18n, edit.step_state_waiting)),
        StepState::Failed => (Tone::Error, t_string!(i18n, edit.step_state_failed)),
        StepState::Unknown => (Tone::Warning, t_string!(i18n, edit.step_state_unknown)),
        StepState::Unconfirmed => (Tone::Warning, t_string!(i18n, edit.step_state_unconfirmed)),
        StepState::Pending => (Tone::Neutral, t_string!(i18n, edit.step_state_pending)),
        StepState::NotSent => (Tone::Neutral, t_string!(i18n, edit.step_state_not_sent)),
    };
    let is_current = !matches!(state, StepState::Done | StepState::Pending | StepState::NotSent);
    view! {
        <li class="edit-step" aria-current=is_current.then_some("step")>
            <span>{step_label(i18n, what)}</span>
            <StatusBadge tone=Signal::stored(tone) text=label />
        </li>
    }
    .into_any()
}
