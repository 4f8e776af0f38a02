//! Tabs that are links, so that each has an address.

use super::{
    Text,
    dom::unique_id,
    tabs::{TabFrame, next_tab, tab_at, tab_frame},
};
use leptos::{html, prelude::*};

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
    let on_key = move |event: web_sys::KeyboardEvent| {
        let Some(focused) = super::dom::focused() else { return };
        let is_focused = |index: &usize| tab_at(list, *index).as_ref() == Some(&focused);
        let Some(index) = (0..count).find(is_focused) else { return };
        if event.key() == " " {
            event.prevent_default();
            focused.click();
        } else if let Some(next) = next_tab(&event.key(), index, count) {
            event.prevent_default();
            if let Some(tab) = tab_at(list, next) {
                let _ = tab.focus();
            }
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
    let links = links.collect_view().into_any();
    tab_frame(TabFrame { id, label, list, selected }, on_key, links, children().into_any())
}
