//! A section with a border.

use leptos::prelude::*;

use super::{Text, dom::unique_id};

/// A section headed `title`, with `actions` at the right of the heading.
#[component]
pub fn Card(
    #[prop(into)] title: Text,
    #[prop(optional, into)] actions: Option<ViewFn>,
    /// Without padding, for a table.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> impl IntoView {
    let heading = unique_id("card");
    let labelled_by = heading.clone();
    view! {
        <section class="card" class:card-flush=flush aria-labelledby=labelled_by>
            <header class="card-header">
                <h2 class="card-title" id=heading>{move || title.get()}</h2>
                {actions.map(|actions| view! { <div class="card-actions">{actions.run()}</div> })}
            </header>
            <div class="card-body">{children()}</div>
        </section>
    }
}
