//! Light, dark, or the theme of the system.

use leptos::prelude::*;

/// The key in the browser's storage. The script in `index.html` reads it before the first paint.
const KEY: &str = "theme";

/// The theme of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The theme of the system.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All themes, in the order of the select.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in storage and in `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; the system's for any other.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }

    /// The stored theme.
    pub fn stored() -> Self {
        let storage = window().local_storage().ok().flatten();
        let name = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
        name.map(|name| Self::from_name(&name)).unwrap_or_default()
    }

    /// Changes the theme, and stores it where the browser allows.
    pub fn choose(self) {
        if let Some(page) = document().document_element() {
            let _ = match self {
                Self::System => page.remove_attribute("data-theme"),
                _ => page.set_attribute("data-theme", self.name()),
            };
        }
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, self.name());
        }
    }
}
