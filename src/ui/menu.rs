//! A button that opens a menu.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{
    Glyph, Icon, Text,
    dom::{WindowListener, focused, target_element, unique_id},
    placement::{Align, place},
};

#[derive(Clone)]
pub struct MenuItem {
    label: Text,
    on_press: Callback<()>,
    icon: Option<Glyph>,
    danger: bool,
    disabled_reason: Signal<Option<String>>,
}

impl MenuItem {
    /// `label` may be a closure, so that it follows the language.
    pub fn new<M, N>(
        label: impl IntoReactiveValue<Text, M>,
        on_press: impl IntoReactiveValue<Callback<()>, N>,
    ) -> Self {
        Self {
            label: label.into_reactive_value(),
            on_press: on_press.into_reactive_value(),
            icon: None,
            danger: false,
            disabled_reason: Signal::default(),
        }
    }

    /// With an icon before the label.
    pub fn icon(self, glyph: Glyph) -> Self {
        Self { icon: Some(glyph), ..self }
    }

    /// Deletes something.
    pub fn danger(self) -> Self {
        Self { danger: true, ..self }
    }

    /// Disables it while there is a reason, and shows the reason.
    pub fn disabled_reason<M>(
        self,
        reason: impl IntoReactiveValue<Signal<Option<String>>, M>,
    ) -> Self {
        Self { disabled_reason: reason.into_reactive_value(), ..self }
    }
}

/// The look of the button that opens a menu.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum MenuTrigger {
    /// ⋮, with the label for screen readers only.
    #[default]
    More,
    /// The label, after an icon.
    Labelled(Glyph),
}

/// A menu button. The items are created each time it opens, so that a closed menu costs nothing.
#[component]
pub fn Menu(
    #[prop(into)] label: Text,
    #[prop(optional)] trigger: MenuTrigger,
    #[prop(into)] items: Callback<(), Vec<MenuItem>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let id = unique_id("menu");
    let controls = id.clone();
    let close = Callback::new(move |refocus: bool| {
        open.set(false);
        if refocus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    });
    let class = match trigger {
        MenuTrigger::More => "button button-quiet button-icon",
        MenuTrigger::Labelled(_) => "button button-quiet menu-labelled",
    };
    let content = match trigger {
        MenuTrigger::More => view! { <Icon glyph=Glyph::More /> }.into_any(),
        MenuTrigger::Labelled(glyph) => view! {
            <Icon glyph />
            <span class="button-text">{move || label.get()}</span>
            <Icon glyph=Glyph::ChevronDown />
        }
        .into_any(),
    };
    view! {
        <button
            type="button"
            class=class
            node_ref=button
            aria-label=move || label.get()
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            aria-controls=move || open.get().then(|| controls.clone())
            on:click=move |_| open.update(|open| *open = !*open)
            on:keydown=move |event| {
                if event.key() == "ArrowDown" && !open.get_untracked() {
                    event.prevent_default();
                    open.set(true);
                }
            }
        >
            {content}
        </button>
        {move || {
            open.get().then(|| view! { <MenuList id=id.clone() label items=items.run(()) button close /> })
        }}
    }
}

/// The open menu, on the top layer, with the focus inside until it closes.
#[component]
fn MenuList(
    id: String,
    label: Text,
    items: Vec<MenuItem>,
    button: NodeRef<html::Button>,
    /// Called with whether the button gets the focus back.
    close: Callback<bool>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let (Some(list), Some(button)) = (list.get(), button.get_untracked()) else { return };
        let _ = list.show_popover();
        place(&list, button.unchecked_ref(), Align::End);
        focus_item(&list, Step::First);
    });
    Effect::new(move |_| {
        let outside = WindowListener::new(
            "pointerdown",
            Box::new(move |event| {
                let inside = |node: Option<&web_sys::Node>| {
                    let target = target_element(&event);
                    node.is_some_and(|node| node.contains(target.as_ref().map(AsRef::as_ref)))
                };
                let (list, button) = (list.get_untracked(), button.get_untracked());
                if !inside(list.as_deref().map(AsRef::as_ref))
                    && !inside(button.as_deref().map(AsRef::as_ref))
                {
                    close.run(false);
                }
            }),
        );
        // The scroll event of the click on the button often arrives after the click.
        let follow = move || {
            if let (Some(Some(list)), Some(Some(button))) =
                (list.try_get_untracked(), button.try_get_untracked())
            {
                place(&list, button.unchecked_ref(), Align::End);
            }
        };
        let moved = ["scroll", "resize"]
            .map(|event| WindowListener::new(event, Box::new(move |_| follow())));
        (outside, moved)
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => Step::Next,
            "ArrowUp" => Step::Previous,
            "Home" => Step::First,
            "End" => Step::Last,
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                return close.run(true);
            }
            "Tab" => return close.run(true),
            _ => return,
        };
        event.prevent_default();
        if let Some(list) = list.get_untracked() {
            focus_item(&list, step);
        }
    };
    view! {
        <div
            class="menu"
            role="menu"
            popover="manual"
            id=id
            aria-label=move || label.get()
            node_ref=list
            on:keydown=on_key
        >
            {items.into_iter().map(|item| item_view(item, close)).collect_view()}
        </div>
    }
}

fn item_view(item: MenuItem, close: Callback<bool>) -> AnyView {
    let MenuItem { label, on_press, icon, danger, disabled_reason } = item;
    let press = move |_| {
        if disabled_reason.with_untracked(Option::is_none) {
            close.run(true);
            on_press.run(());
        }
    };
    view! {
        <button
            type="button"
            role="menuitem"
            tabindex="-1"
            class="menu-item"
            class:menu-danger=danger
            aria-disabled=move || disabled_reason.with(Option::is_some).then_some("true")
            on:click=press
        >
            {icon.map(|glyph| view! { <Icon glyph /> })}
            <span class="menu-label">{move || label.get()}</span>
            {move || {
                disabled_reason.get().map(|reason| view! { <span class="menu-reason">{reason}</span> })
            }}
        </button>
    }
    .into_any()
}

#[derive(Clone, Copy)]
enum Step {
    First,
    Last,
    Next,
    Previous,
}

/// Moves the focus among the items, from the last to the first and back.
fn focus_item(list: &web_sys::Element, step: Step) {
    let Ok(items) = list.query_selector_all("[role=menuitem]") else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let current = focused().and_then(|focused| {
        (0..count).find(|index| items.get(*index).is_some_and(|node| node == *focused.as_ref()))
    });
    let next = match (step, current) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(index)) => (index + 1) % count,
        (Step::Previous, Some(index)) => (index + count - 1) % count,
    };
    if let Some(item) =
        items.get(next).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = item.focus();
    }
}
