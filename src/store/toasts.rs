//! What has to be told: the results of actions. The part that shows them decides how long.

use leptos::prelude::*;

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

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Unique in the page.
    pub id: u64,
    /// What kind.
    pub tone: Tone,
    /// What a person reads, in the language of the moment.
    pub text: String,
    /// The next step: its words and address.
    pub link: Option<(String, String)>,
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

    /// Takes one away.
    pub fn dismiss(self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    fn push(self, tone: Tone, text: String, link: Option<(String, String)>) {
        let id = self.next_id.with_value(|id| id.wrapping_add(1));
        self.next_id.set_value(id);
        self.shown.update(|shown| shown.push(Toast { id, tone, text, link }));
    }
}
