//! Translated texts in components.

use leptos::prelude::*;

/// Translated text that follows the language.
///
/// A prop of this type marked `into` takes a `&str`, a `String`, a signal or a closure.
pub type Text = Signal<String>;

/// Makes a [`Text`] from a closure, for props that take a list of them.
pub fn text<M>(value: impl IntoReactiveValue<Text, M>) -> Text {
    value.into_reactive_value()
}

/// The texts that components show themselves. The app provides them once, as a context.
#[derive(Clone, Copy)]
pub struct Labels {
    /// Beside the label of a field that may stay empty: "optional".
    pub optional: Text,
    /// On the button that empties a search: "Clear".
    pub clear: Text,
    /// On the button that closes a dialog: "Close".
    pub close: Text,
    /// On the button that takes a message away: "Dismiss".
    pub dismiss: Text,
    /// On a copy button: "Copy".
    pub copy: Text,
    /// Said after copying: "Copied".
    pub copied: Text,
    /// Said where the browser refuses to copy: "Couldn't copy. Text selected; press Ctrl+C.".
    pub copy_failed: Text,
    /// On the button that takes a tag away: "Remove".
    pub remove: Text,
    /// The only entry of a list with nothing to choose from: "no data".
    pub no_data: Text,
    /// Said while something loads: "Loading".
    pub loading: Text,
    /// The link past the navigation: "Skip to content".
    pub skip: Text,
    /// The name of the navigation landmark: "Main".
    pub navigation: Text,
    /// On the button that opens the navigation on a phone: "Menu".
    pub open_navigation: Text,
}

impl Labels {
    /// The texts from the context.
    ///
    /// # Panics
    /// The app provided none. Components without names are useless to screen readers, so this fails
    /// at once.
    pub fn from_context() -> Self {
        expect_context::<Self>()
    }
}
