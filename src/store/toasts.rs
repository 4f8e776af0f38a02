//! What has to be told: the results of actions, and actions that can still be taken back. The part
//! that shows them decides how long.

use leptos::prelude::*;
use std::sync::Arc;

/// What kind of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Success,
    /// Somebody should see to it.
    Warning,
    /// It did not.
    Error,
}

/// Carries an action out (`true`), or takes it back.
pub type Decide = Arc<dyn Fn(bool) + Send + Sync>;

/// One piece of news.
#[derive(Clone)]
pub struct Toast {
    /// Unique in the page.
    pub id: u64,
    /// What kind.
    pub tone: Tone,
    /// What a person reads, in the language of the moment.
    pub text: String,
    /// The next step: its words and address.
    pub link: Option<(String, String)>,
    /// An action that waits: it is carried out when the toast goes, unless it is taken back before.
    /// The word for that, and what does either.
    pub decide: Option<(String, Decide)>,
}

/// All that is shown; a handle.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u64>,
}

impl Toasts {
    pub(super) fn new() -> Self {
        Self { shown: RwSignal::default(), next_id: StoredValue::new(0) }
    }

    /// What is shown, oldest first.
    pub fn shown(self) -> Vec<Toast> {
        self.shown.get()
    }

    /// Tells that something worked.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Success, text.into(), None);
    }

    /// Tells that something worked, and where to go on.
    pub fn success_with_link(
        self,
        text: impl Into<String>,
        link: impl Into<String>,
        href: impl Into<String>,
    ) {
        self.push(Tone::Success, text.into(), Some((link.into(), href.into())));
    }

    /// Tells of something to see to, and where.
    pub fn warning_with_link(
        self,
        text: impl Into<String>,
        link: impl Into<String>,
        href: impl Into<String>,
    ) {
        self.push(Tone::Warning, text.into(), Some((link.into(), href.into())));
    }

    /// Tells that something did not work.
    pub fn error(self, text: impl Into<String>) {
        self.push(Tone::Error, text.into(), None);
    }

    /// Tells of an action that is carried out in a few seconds, unless somebody takes it back.
    pub fn undoable(self, text: impl Into<String>, undo: impl Into<String>, decide: Decide) {
        self.push(Tone::Success, text.into(), None);
        self.shown.update(|shown| {
            if let Some(toast) = shown.last_mut() {
                toast.decide = Some((undo.into(), decide));
            }
        });
    }

    /// Takes one away; what waits is carried out.
    pub fn dismiss(self, id: u64) {
        self.close(id, true);
    }

    /// Takes one away, and back what waits.
    pub fn undo(self, id: u64) {
        self.close(id, false);
    }

    /// Takes back all that waits: whoever asked for it is gone.
    pub(super) fn undo_all(self) {
        for toast in self.shown.get_untracked() {
            if toast.decide.is_some() {
                self.undo(toast.id);
            }
        }
    }

    /// Whether anything waits; not followed.
    pub fn any_waiting(self) -> bool {
        self.shown.with_untracked(|shown| shown.iter().any(|toast| toast.decide.is_some()))
    }

    fn close(self, id: u64, carry_out: bool) {
        let gone = self.shown.try_update(|shown| {
            let at = shown.iter().position(|toast| toast.id == id)?;
            shown.remove(at).decide
        });
        // Once only: it is no longer there for the second.
        if let Some((_, decide)) = gone.flatten() {
            decide(carry_out);
        }
    }

    fn push(self, tone: Tone, text: String, link: Option<(String, String)>) {
        let id = self.next_id.with_value(|id| id.wrapping_add(1));
        self.next_id.set_value(id);
        self.shown.update(|shown| shown.push(Toast { id, tone, text, link, decide: None }));
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Which was decided, and whether it was carried out.
    type Decided = Arc<Mutex<Vec<(u8, bool)>>>;

    /// Two actions that wait, and what became of them.
    fn two() -> (Toasts, Decided, Owner) {
        let owner = Owner::new();
        owner.set();
        let toasts = Toasts::new();
        let done = Decided::default();
        for number in 1..=2 {
            let done = done.clone();
            let decide = move |carry_out| done.lock().unwrap().push((number, carry_out));
            toasts.undoable("goes", "Undo", Arc::new(decide));
        }
        (toasts, done, owner)
    }

    #[test]
    fn what_waits_is_carried_out_or_taken_back_once() {
        let (toasts, done, _owner) = two();
        let ids: Vec<u64> = untrack(|| toasts.shown()).iter().map(|toast| toast.id).collect();
        assert!(toasts.any_waiting());
        toasts.undo(ids[1]);
        toasts.dismiss(ids[1]);
        toasts.dismiss(ids[0]);
        toasts.undo(ids[0]);
        assert_eq!(*done.lock().unwrap(), [(2, false), (1, true)]);
        assert!(!toasts.any_waiting());
    }

    #[test]
    fn nothing_goes_once_whoever_asked_is_gone() {
        let (toasts, done, _owner) = two();
        toasts.success("stays");
        toasts.undo_all();
        assert_eq!(*done.lock().unwrap(), [(1, false), (2, false)]);
        assert_eq!(untrack(|| toasts.shown()).len(), 1);
    }
}
