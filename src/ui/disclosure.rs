//! A section that folds.

use leptos::prelude::*;

use super::{Glyph, Icon, Text};

/// A native `<details>`; `note` summarises the content while it is closed.
#[component]
pub fn Disclosure(
    #[prop(into)] summary: Text,
    #[prop(optional, into)] note: Text,
    #[prop(optional, into)] open: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" prop:open=move || open.get()>
            <summary class="disclosure-summary">
                <Icon glyph=Glyph::ChevronRight />
                <span class="disclosure-title">{move || summary.get()}</span>
                <span class="disclosure-note" aria-hidden="true">{move || note.get()}</span>
            </summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}
