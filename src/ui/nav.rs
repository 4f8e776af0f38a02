//! The navigation.

use leptos::prelude::*;

use super::{Glyph, Icon, Text};

/// The list of [`NavItem`]s.
#[component]
pub fn Nav(children: Children) -> impl IntoView {
    view! { <ul class="nav-list">{children()}</ul> }
}

/// A link to a page; its children are the [`NavItem`]s below it.
#[component]
pub fn NavItem(
    #[prop(into)] href: Text,
    #[prop(into)] label: Text,
    icon: Glyph,
    /// It is the current page.
    #[prop(into)]
    current: Signal<bool>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <li>
            <a
                class="nav-link"
                href=move || href.get()
                aria-current=move || current.get().then_some("page")
            >
                <Icon glyph=icon />
                <span>{move || label.get()}</span>
            </a>
            {children.map(|children| view! { <ul class="nav-list nav-sub">{children()}</ul> })}
        </li>
    }
}
