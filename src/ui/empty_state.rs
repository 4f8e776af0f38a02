//! What is shown in place of missing content.

use leptos::prelude::*;

use super::Text;

/// The drawing above the text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Art {
    /// No content yet.
    #[default]
    Empty,
    /// No search results.
    NoMatch,
    /// It could not be loaded.
    Failed,
}

impl Art {
    /// Two layers of strokes on a grid of 96 by 64: neutral and accent.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => (
                "M8 44h20v12H8zM38 44h20v12H38zM68 44h20v12H68zM13 50h.01M43 50h.01M73 50h.01",
                "M48 20v12m0 0H18v12m30-12h30v12M48 32v12M48 20a7 7 0 1 0 0-14 7 7 0 0 0 0 14z",
            ),
            Self::NoMatch => (
                "M8 12h52M8 26h30M8 40h26M8 54h40",
                "M62 46a14 14 0 1 0 0-28 14 14 0 0 0 0 28zM72 42l14 14",
            ),
            Self::Failed => (
                "M6 44h22v12H6zM68 44h22v12H68zM11 50h.01M73 50h.01M17 44V32h16M79 44V32H63",
                "m40 24 16 16m0-16L40 40",
            ),
        }
    }
}

/// A drawing, a title, an explanation, and actions (the children).
#[component]
pub fn EmptyState(
    #[prop(optional)] art: Art,
    #[prop(into)] title: Text,
    #[prop(optional, into)] text: Option<Text>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (quiet, accent) = art.paths();
    let class = if art == Art::Failed { "empty empty-failed" } else { "empty" };
    view! {
        <div class=class>
            <svg class="empty-art" viewBox="0 0 96 64" aria-hidden="true" focusable="false">
                <path class="empty-quiet" d=quiet />
                <path class="empty-accent" d=accent />
            </svg>
            <p class="empty-title">{move || title.get()}</p>
            {text.map(|text| view! { <p class="empty-text">{move || text.get()}</p> })}
            {children.map(|children| view! { <div class="empty-actions">{children()}</div> })}
        </div>
    }
}
