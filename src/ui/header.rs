//! The controls of the header.

use leptos::prelude::*;

use super::{
    Glyph, Icon, Menu, MenuItem, MenuTrigger, SelectOption, Text, dom::unique_id,
    select::options_view,
};

/// A select in the header: language, theme, project. On a phone, and where it is `compact`, only its icon is
/// shown.
#[component]
pub fn HeaderSelect(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    icon: Glyph,
    #[prop(into)] value: Text,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(into)] on_change: Callback<String>,
    #[prop(optional)] compact: bool,
) -> impl IntoView {
    let id = unique_id("header");
    view! {
        <span class="header-select" class:header-compact=compact title=move || label.get()>
            <Icon glyph=icon />
            <label class="visually-hidden" for=id.clone()>{move || label.get()}</label>
            <select
                id=id
                on:change=move |event| {
                    on_change.run(event_target_value(&event));
                    // The choice is shown once it is in effect, which may take time or fail.
                    let select: web_sys::HtmlSelectElement = event_target(&event);
                    select.set_value(&value.get_untracked());
                }
            >
                {move || options_view(options.get(), value)}
            </select>
            <Icon glyph=Glyph::ChevronDown />
        </span>
    }
}

/// A text in the header, such as the project of a user with only one.
#[component]
pub fn HeaderText(
    #[prop(into)] label: Text,
    icon: Glyph,
    #[prop(into)] text: Text,
) -> impl IntoView {
    view! {
        <span class="header-text" title=move || label.get()>
            <Icon glyph=icon />
            <span class="header-label">{move || label.get()}</span>
            <span class="header-value">{move || text.get()}</span>
        </span>
    }
}

/// The menu of the user, with the user's name.
#[component]
pub fn UserMenu(
    #[prop(into)] name: Text,
    #[prop(into)] items: Callback<(), Vec<MenuItem>>,
) -> impl IntoView {
    view! { <Menu label=name trigger=MenuTrigger::Labelled(Glyph::User) items /> }
}
