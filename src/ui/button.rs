//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::{Glyph, Icon, Text, dom::unique_id, tooltip::Tip};

/// The importance of a button.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The main action of a page or dialog.
    Primary,
    /// Any other action.
    #[default]
    Secondary,
    /// Deletes something.
    Danger,
    /// A minor action, or one of many.
    Quiet,
}

impl ButtonKind {
    /// The CSS classes.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Danger => "button button-danger",
            Self::Quiet => "button button-quiet",
        }
    }
}

/// A button.
///
/// With a `disabled_reason` it does nothing, shows the reason on hover and focus, and keeps the
/// keyboard focus. While `busy` it shows a spinner and does nothing. Without children it is an icon
/// with `label` as its name.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] label: Option<Text>,
    #[prop(optional, into)] disabled_reason: Signal<Option<String>>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional)] submit: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let tip = unique_id("why");
    let described_by = tip.clone();
    let stopped = move || busy.get() || disabled_reason.with(Option::is_some);
    let press = move |event: web_sys::MouseEvent| {
        if busy.get_untracked() || disabled_reason.with_untracked(Option::is_some) {
            event.prevent_default();
            event.stop_propagation();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    let icon_only = children.is_none();
    let explains = move || disabled_reason.with(Option::is_some);
    let reason = Signal::derive(move || {
        disabled_reason.get().unwrap_or_else(|| match (icon_only, label) {
            (true, Some(label)) => label.get(),
            _ => String::new(),
        })
    });
    view! {
        <Tip id=tip text=reason>
            <button
                type=if submit { "submit" } else { "button" }
                class=kind.class()
                class:button-icon=icon_only
                class:button-busy=move || busy.get()
                autofocus=autofocus
                aria-label=move || label.map(|label| label.get())
                aria-disabled=move || stopped().then_some("true")
                aria-busy=move || busy.get().then_some("true")
                aria-describedby=move || explains().then(|| described_by.clone())
                on:click=press
            >
                {icon.map(|glyph| view! { <Icon glyph /> })}
                {children.map(|children| view! { <span class="button-text">{children()}</span> })}
                <span class="spinner" aria-hidden="true"></span>
            </button>
        </Tip>
    }
}

/// A link that looks like a button: for navigation, never for an action.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Text,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    /// Its name, where it differs from its content.
    #[prop(optional, into)]
    label: Option<Text>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=move || href.get() aria-label=move || label.map(|label| label.get())>
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <span class="button-text">{children()}</span>
        </a>
    }
}
