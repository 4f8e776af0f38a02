//! A search field that filters while the user types.

use leptos::{html, prelude::*};

use super::{Glyph, Icon, Labels, Text, dom::unique_id};

/// A search field with a clear button; Escape clears it too. The shortcut `/` focuses it.
#[component]
pub fn SearchInput(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    #[prop(into)] value: Text,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional, into)] placeholder: Text,
) -> impl IntoView {
    let id = unique_id("search");
    let input = NodeRef::<html::Input>::new();
    let labels = Labels::from_context();
    let clear = move || {
        on_input.run(String::new());
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    };
    view! {
        <div class="search" role="search">
            <label class="visually-hidden" for=id.clone()>{move || label.get()}</label>
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                class="input"
                id=id
                node_ref=input
                autocomplete="off"
                aria-keyshortcuts="/"
                spellcheck="false"
                placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" && !value.with_untracked(String::is_empty) {
                        event.prevent_default();
                        clear();
                    }
                }
            />
            <button
                type="button"
                class="search-clear"
                aria-label=move || labels.clear.get()
                hidden=move || value.with(String::is_empty)
                on:click=move |_| clear()
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
    }
}
