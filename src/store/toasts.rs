//! Messages to the user: results of actions, and actions that can still be undone.

use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// How long a message of success is shown. Warnings and errors stay until the user closes them.
pub const SUCCESS_PERIOD: Duration = Duration::from_secs(5);

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// An action succeeded.
    Success,
    /// An action is about to happen.
    Pending,
    /// Something needs attention.
    Warning,
    /// An action failed.
    Error,
}

/// What happens to an undoable action when its message closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was applied.
    CarryOut,
    /// The user has undone it.
    Undo,
}

/// An action that is carried out when its message closes, unless the user undoes it before.
#[derive(Clone)]
pub struct UndoableAction {
    /// The text of the button that undoes it.
    pub label: String,
    /// How long it can be undone.
    pub period: Duration,
    /// Called once.
    pub decide: Arc<dyn Fn(Decision) + Send + Sync>,
}

/// One message.
#[derive(Clone)]
pub struct Toast {
    /// Unique in the page.
    pub id: u64,
    pub tone: Tone,
    /// In the language that was chosen when it was shown.
    pub text: String,
    /// The next step: the text of the link, and its address.
    pub link: Option<(String, String)>,
    pub undo: Option<UndoableAction>,
    /// How long it is shown; `None` is until the user closes it.
    pub period: Option<Duration>,
}

/// The messages that are shown; a handle.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u64>,
}

impl Toasts {
    pub(super) fn new() -> Self {
        Self { shown: RwSignal::default(), next_id: StoredValue::new(0) }
    }

    /// The messages that are shown, oldest first.
    pub fn shown(self) -> Vec<Toast> {
        self.shown.get()
    }

    /// Reports that an action succeeded.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Success, text.into(), None);
    }

    /// Reports that an action succeeded, with a link to the next step.
    pub fn success_with_link(
        self,
        text: impl Into<String>,
        link: impl Into<String>,
        href: impl Into<String>,
    ) {
        self.push(Tone::Success, text.into(), Some((link.into(), href.into())));
    }

    /// Reports something that needs attention, with a link to it.
    pub fn warning_with_link(
        self,
        text: impl Into<String>,
        link: impl Into<String>,
        href: impl Into<String>,
    ) {
        self.push(Tone::Warning, text.into(), Some((link.into(), href.into())));
    }

    /// Reports that an action failed.
    pub fn error(self, text: impl Into<String>) {
        self.push(Tone::Error, text.into(), None);
    }

    /// Reports an action that is carried out when the message closes.
    pub fn undoable(self, text: impl Into<String>, action: UndoableAction) {
        self.push(Tone::Pending, text.into(), None);
        self.shown.update(|shown| {
            if let Some(toast) = shown.last_mut() {
                toast.period = Some(action.period);
                toast.undo = Some(action);
            }
        });
    }

    /// Closes a message and carries out its action.
    pub fn dismiss(self, id: u64) {
        self.close(id, Decision::CarryOut);
    }

    /// Closes a message and undoes its action.
    pub fn undo(self, id: u64) {
        self.close(id, Decision::Undo);
    }

    /// Undoes all pending actions, when the user who asked for them is signed out.
    pub(super) fn undo_all(self) {
        for toast in self.shown.get_untracked() {
            if toast.undo.is_some() {
                self.undo(toast.id);
            }
        }
    }

    /// Carries out all pending actions, when the page is closed.
    pub(super) fn carry_out_all(self) {
        for toast in self.shown.get_untracked() {
            if toast.undo.is_some() {
                self.dismiss(toast.id);
            }
        }
    }

    fn close(self, id: u64, decision: Decision) {
        let action = self.shown.try_update(|shown| {
            let at = shown.iter().position(|toast| toast.id == id)?;
            shown.remove(at).undo
        });
        // A second call finds no message, so the action is decided once.
        if let Some(action) = action.flatten() {
            (action.decide)(decision);
        }
    }

    fn push(self, tone: Tone, text: String, link: Option<(String, String)>) {
        let id = self.next_id.with_value(|id| id.wrapping_add(1));
        self.next_id.set_value(id);
        let period = (tone == Tone::Success).then_some(SUCCESS_PERIOD);
        self.shown.update(|shown| shown.push(Toast { id, tone, text, link, undo: None, period }));
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// The actions that were decided, by number.
    type Decided = Arc<Mutex<Vec<(u8, Decision)>>>;

    /// Two pending actions.
    fn two() -> (Toasts, Decided, Owner) {
        let owner = Owner::new();
        owner.set();
        let toasts = Toasts::new();
        let done = Decided::default();
        for number in 1..=2 {
            let done = done.clone();
            let decide = move |decision| done.lock().unwrap().push((number, decision));
            let label = "Undo".to_owned();
            let action = UndoableAction { label, period: SUCCESS_PERIOD, decide: Arc::new(decide) };
            toasts.undoable("Deleting shop.", action);
        }
        (toasts, done, owner)
    }

    #[test]
    fn a_pending_action_is_carried_out_or_undone_once() {
        let (toasts, done, _owner) = two();
        let ids: Vec<u64> = untrack(|| toasts.shown()).iter().map(|toast| toast.id).collect();
        toasts.undo(ids[1]);
        toasts.dismiss(ids[1]);
        toasts.dismiss(ids[0]);
        toasts.undo(ids[0]);
        assert_eq!(*done.lock().unwrap(), [(2, Decision::Undo), (1, Decision::CarryOut)]);
    }

    #[test]
    fn closing_the_page_carries_out_pending_actions() {
        let (toasts, done, _owner) = two();
        toasts.carry_out_all();
        assert_eq!(*done.lock().unwrap(), [(1, Decision::CarryOut), (2, Decision::CarryOut)]);
    }

    #[test]
    fn signing_out_undoes_pending_actions() {
        let (toasts, done, _owner) = two();
        toasts.success("stays");
        toasts.undo_all();
        assert_eq!(*done.lock().unwrap(), [(1, Decision::Undo), (2, Decision::Undo)]);
        assert_eq!(untrack(|| toasts.shown()).len(), 1);
    }
}
