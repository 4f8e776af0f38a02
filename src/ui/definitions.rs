//! Names and values side by side.

use leptos::prelude::*;

use super::Text;

/// A list of [`Definition`]s.
#[component]
pub fn Definitions(children: Children) -> impl IntoView {
    view! { <dl class="definitions">{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn Definition(#[prop(into)] term: Text, children: Children) -> impl IntoView {
    view! {
        <div class="definition">
            <dt>{move || term.get()}</dt>
            <dd>{children()}</dd>
        </div>
    }
}
