//! A text that is kept, and made again where it is shown.

use std::sync::Arc;

/// A text made where it is read, so that it follows the language and the translations of messages, which may arrive
/// after it. Equal only to its clones.
#[derive(Clone)]
pub struct LiveText(Arc<dyn Fn() -> String + Send + Sync>);

impl LiveText {
    /// The signals that `make` reads are tracked where the text is read.
    pub fn new(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// The text as of now; reactive.
    pub fn get(&self) -> String {
        (self.0)()
    }
}

impl PartialEq for LiveText {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LiveText {}
