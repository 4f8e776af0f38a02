//! The top of a page.

use leptos::prelude::*;

use super::{Glyph, Icon, Text};

/// The link to the parent page.
#[derive(Clone)]
pub struct Crumb {
    pub href: String,
    pub label: Text,
}

/// The heading of a page, with content beside and below, and actions, the main one last.
#[component]
pub fn PageHeader(
    #[prop(into)] title: Text,
    /// Beside the heading: a count or a state.
    #[prop(optional, into)]
    beside: Option<ViewFn>,
    /// Below the heading: one line.
    #[prop(optional, into)]
    sub: Option<ViewFn>,
    #[prop(optional, into)] actions: Option<ViewFn>,
    #[prop(optional)] parent: Option<Crumb>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {parent
                .map(|Crumb { href, label }| {
                    view! {
                        <a class="page-parent" href=href>
                            <Icon glyph=Glyph::ArrowLeft />
                            {move || label.get()}
                        </a>
                    }
                })}
            <div class="page-heading">
                <h1 class="page-title" tabindex="-1">{move || title.get()}</h1>
                {beside.map(|beside| view! { <div class="page-beside">{beside.run()}</div> })}
            </div>
            {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
            {sub.map(|sub| view! { <div class="page-sub">{sub.run()}</div> })}
        </header>
    }
}
