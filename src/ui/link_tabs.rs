//! Tabs that are links, so that each has an address.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{Text, dom::unique_id};

/// A tab of [`LinkTabs`].
#[derive(Clone, Copy)]
pub struct LinkTab {
    pub href: Text,
    pub label: Text,
    /// A number beside the label, for sighted users only: the panel says it in full.
    pub count: Text,
}

/// Tabs above one panel, which `children` draw. A tab is a link: the page selects it by its address.
///
/// Arrow keys move the focus, Enter and Space follow the link.
#[component]
pub fn LinkTabs(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    tabs: Vec<LinkTab>,
    #[prop(into)] selected: Signal<usize>,
    children: Children,
) -> impl IntoView {
    let id = unique_id("link-tabs");
    let panel = format!("{id}-panel");
    let list = NodeRef::<html::Div>::new();
    let count = tabs.len();
    let tab_at = move |index: usize| {
        let tab = list.get_untracked()?.children().item(index as u32)?;
        tab.dyn_into::<web_sys::HtmlElement>().ok()
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let focused = super::dom::focused();
        let index = (0..count).find(|index| {
            let tab = tab_at(*index);
            tab.is_some_and(|tab| focused.as_ref() == Some(&tab))
        });
        let Some(index) = index else { return };
        let next = match event.key().as_str() {
            "ArrowRight" => (index + 1) % count,
            "ArrowLeft" => (index + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            " " => {
                event.prevent_default();
                if let Some(tab) = tab_at(index) {
                    tab.click();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(tab) = tab_at(next) {
            let _ = tab.focus();
        }
    };
    let links = tabs.into_iter().enumerate().map(|(index, tab)| {
        let LinkTab { href, label, count } = tab;
        let chosen = move || selected.get() == index;
        view! {
            <a
                role="tab"
                class="tab"
                id=format!("{id}-{index}")
                href=move || href.get()
                // The head of the page stays where it is.
                data-noscroll=""
                aria-selected=move || if chosen() { "true" } else { "false" }
                aria-controls=panel.clone()
                tabindex=move || if chosen() { "0" } else { "-1" }
            >
                {move || label.get()}
                {move || {
                    let count = Some(count.get()).filter(|count| !count.is_empty());
                    count.map(|count| view! { <span class="tab-count num" aria-hidden="true">{count}</span> })
                }}
            </a>
        }
    });
    let links = links.collect_view();
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
                {links}
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
