//! Tags.

use leptos::prelude::*;

use super::{Glyph, Icon, Labels, Text};

/// A tag; with `on_remove` it has a button to remove it.
#[component]
pub fn Tag(
    #[prop(into)] text: Text,
    /// An address or a range: in a monospace font.
    #[prop(optional)]
    code: bool,
    #[prop(optional, into)] on_remove: Option<Callback<()>>,
) -> impl IntoView {
    let remove = on_remove.map(|on_remove| {
        let labels = Labels::from_context();
        view! {
            <button
                type="button"
                class="tag-remove"
                aria-label=move || format!("{} {}", labels.remove.get(), text.get())
                on:click=move |_| on_remove.run(())
            >
                <Icon glyph=Glyph::Close />
            </button>
        }
    });
    view! {
        <span class="tag" class:mono=code>
            {move || text.get()}
            {remove}
        </span>
    }
}

/// Tags in a row that wraps.
#[component]
pub fn Tags(children: Children) -> impl IntoView {
    view! { <span class="tags">{children()}</span> }
}
