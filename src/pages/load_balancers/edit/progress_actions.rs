//! The buttons while a plan runs, or after it has stopped.

use super::session::EditSession;
use crate::{
    i18n::{t, t_string, use_i18n},
    store::edits::Progress,
    ui::{Button, ButtonKind},
};
use leptos::prelude::*;
use plan::edit::{Conflict, ConflictResolution};

#[derive(Clone, Copy, PartialEq, Eq)]
enum RunState {
    Running,
    Stopped,
    Conflict { has_collision: bool },
}

#[component]
pub(in crate::pages::load_balancers) fn ProgressActions(
    session: EditSession,
    on_close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let progress = session.progress();
    let edits = session.store.edits;
    let id = session.id;
    let state = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Failed { .. } | Progress::Stopped(_)) => RunState::Stopped,
            Some(Progress::Conflicts { conflicts, .. }) => {
                RunState::Conflict { has_collision: conflicts.iter().any(Conflict::is_collision) }
            }
            _ => RunState::Running,
        })
    });
    let stopping = RwSignal::new(false);
    let back = move || session.return_to_form();
    let close = move || on_close.run(());
    move || {
        match state.get() {
        RunState::Running => {
            stopping.set(false);
            let stop = move || {
                stopping.set(true);
                edits.stop(id);
            };
            view! {
                <Button busy=stopping on_press=stop>
                    {t!(i18n, edit.stop)}
                </Button>
            }
            .into_any()
        }
        RunState::Stopped => view! {
            <Button on_press=close>{t!(i18n, common.cancel)}</Button>
            <Button on_press=back>{t!(i18n, edit.back_to_form)}</Button>
            <Button kind=ButtonKind::Primary autofocus=true on_press=move || session.retry()>
                {t!(i18n, common.try_again)}
            </Button>
        }
        .into_any(),
        RunState::Conflict { has_collision } => view! {
            <Button on_press=back>{t!(i18n, edit.back_to_form)}</Button>
            {has_collision
                .then(|| {
                    view! {
                        <Button on_press=move || session.resolve_conflicts(ConflictResolution::Theirs)>
                            {t!(i18n, edit.discard_my_changes)}
                        </Button>
                    }
                })}
            <Button kind=ButtonKind::Primary on_press=move || session.resolve_conflicts(ConflictResolution::Ours)>
                {move || {
                    if has_collision {
                        t_string!(i18n, edit.keep_my_changes)
                    } else {
                        t_string!(i18n, edit.continue_after_conflict)
                    }
                }}
            </Button>
        }
        .into_any(),
    }
    }
}
