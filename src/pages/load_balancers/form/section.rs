//! Sections of the form.

use super::focus::section_id;
use crate::ui::Text;
use leptos::prelude::*;
use plan::Section;

/// A section of the form: a card with its heading.
#[component]
pub fn FormSection(
    section: Section,
    #[prop(into)] title: Text,
    /// Beside the heading.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    form_card(section_id(section).to_owned(), title, actions, children())
}

/// A card of the form; `id` is that of its element.
pub fn form_card(
    id: String,
    title: Text,
    actions: Option<ViewFn>,
    content: impl IntoView + 'static,
) -> AnyView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <section class="card form-card" id=id aria-labelledby=labelled_by>
            <header class="card-header">
                <h3 class="card-title" id=heading>{move || title.get()}</h3>
                {actions.map(|actions| view! { <div class="card-actions">{actions.run()}</div> })}
            </header>
            <div class="card-body">{content.into_any()}</div>
        </section>
    }
    .into_any()
}
