//! The texts of one language.

use std::sync::OnceLock;

/// The texts could not be downloaded: the server does not answer, or serves another version now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTexts;

/// The texts of one language, by number; empty until they are loaded.
pub(super) struct Texts(OnceLock<Vec<&'static str>>);

impl Texts {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.0.get().is_some()
    }

    /// Takes a file of `count` texts, one a line.
    ///
    /// # Errors
    ///
    /// When the file is of another version: it has another number of texts.
    pub(super) fn set(&self, lines: &'static str, count: usize) -> Result<(), NoTexts> {
        let texts: Vec<_> = lines.lines().collect();
        if texts.len() != count {
            return Err(NoTexts);
        }
        // Two concurrent loads read the same file.
        let _ = self.0.set(texts);
        Ok(())
    }

    /// A text; empty while the language is not loaded.
    pub(super) fn get(&self, number: u16) -> &'static str {
        let texts = self.0.get();
        texts.and_then(|texts| texts.get(usize::from(number))).copied().unwrap_or_default()
    }
}
