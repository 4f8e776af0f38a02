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
        let now = selected.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        on_select.run(next);
        let tab = list.get_untracked().and_then(|list| list.children().item(next as u32));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
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
    let buttons = buttons.collect_view();
    let labelled_by = id.clone();
    view! {
        <div class="tabs">
            <div
                class="tab-list"
                role="tablist"
                aria-label=move || label.get()
                node_ref=list
                on:keydown=on_key
            >
                {buttons}
            </div>
            <div
                class="tab-panel"
                role="tabpanel"
                id=panel
                aria-labelledby=move || format!("{labelled_by}-{}", selected.get())
            >
                {children()}
            </div>
        </div>
    }
}
