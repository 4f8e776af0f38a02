//! Text that the parts need themselves, whatever page they are on.

use leptos::prelude::*;

/// Text on screen: already translated, and changing when the language does.
///
/// A prop of this type marked `into` takes a `&str`, a `String`, a signal or a closure.
pub type Text = Signal<String>;

/// A [`Text`] where a prop takes a list of them: from a closure, so that it follows the language.
pub fn text<M>(value: impl IntoReactiveValue<Text, M>) -> Text {
    value.into_reactive_value()
}

/// The few words the parts say themselves. The app provides them once, as a context.
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
    /// The words the app provided.
    ///
    /// # Panics
    /// When the app provided none: a part without a name is of no use to a screen reader, so this
    /// shows at the first look at a page and not at the first complaint.
    pub fn from_context() -> Self {
        expect_context::<Self>()
    }
}
