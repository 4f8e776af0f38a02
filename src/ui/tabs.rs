//! Tabs.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{Text, dom::unique_id};

/// Tabs above one panel; `children` draw the panel of the `selected` tab.
#[component]
pub fn Tabs(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    tabs: Vec<Text>,
    #[prop(into)] selected: Signal<usize>,
    #[prop(into)] on_select: Callback<usize>,
    children: Children,
) -> impl IntoView {
    let id = unique_id("tabs");
    let panel = format!("{id}-panel");
    let list = NodeRef::<html::Div>::new();
    let count = tabs.len();
    let on_key = move |event: web_sys::KeyboardEvent| {
        let Some(next) = next_tab(&event.key(), selected.get_untracked(), count) else { return };
        event.prevent_default();
        on_select.run(next);
        if let Some(tab) = tab_at(list, next) {
            let _ = tab.focus();
        }
    };
    let buttons = tabs.into_iter().enumerate().map(|(index, text)| {
        let chosen = move || selected.get() == index;
        view! {
            <button
                type="button"
                role="tab"
                class="tab"
                id=format!("{id}-{index}")
                aria-selected=move || if chosen() { "true" } else { "false" }
                aria-controls=panel.clone()
                tabindex=move || if chosen() { "0" } else { "-1" }
                on:click=move |_| on_select.run(index)
            >
                {move || text.get()}
            </button>
        }
    });
    let buttons = buttons.collect_view().into_any();
    tab_frame(TabFrame { id, label, list, selected }, on_key, buttons, children().into_any())
}

/// The tab that a key moves the focus to.
pub(super) fn next_tab(key: &str, now: usize, count: usize) -> Option<usize> {
    Some(match key {
        "ArrowRight" => (now + 1) % count,
        "ArrowLeft" => (now + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    })
}

pub(super) fn tab_at(list: NodeRef<html::Div>, index: usize) -> Option<web_sys::HtmlElement> {
    let tab = list.get_untracked()?.children().item(index as u32)?;
    tab.dyn_into().ok()
}

/// What the elements around tabs need.
pub(super) struct TabFrame {
    /// A tab has this id with its index, the panel with `panel`.
    pub id: String,
    pub label: Text,
    pub list: NodeRef<html::Div>,
    pub selected: Signal<usize>,
}

/// The row of tabs, and the panel below it.
pub(super) fn tab_frame(
    frame: TabFrame,
    on_key: impl Fn(web_sys::KeyboardEvent) + 'static,
    tabs: AnyView,
    panel: AnyView,
) -> impl IntoView {
    let TabFrame { id, label, list, selected } = frame;
    let panel_id = format!("{id}-panel");
    view! {
        <div class="tabs">
            <div
                class="tab-list"
                role="tablist"
                aria-label=move || label.get()
                node_ref=list
                on:keydown=on_key
            >
                {tabs}
            </div>
            <div
                class="tab-panel"
                role="tabpanel"
                id=panel_id
                aria-labelledby=move || format!("{id}-{}", selected.get())
            >
                {panel}
            </div>
        </div>
    }
}
