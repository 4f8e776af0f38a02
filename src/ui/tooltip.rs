//! A short text that shows while something is pointed at or focused.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{
    Text,
    dom::{WindowListener, unique_id},
    placement::{Align, place},
};

/// Explains its children. The text is also their description to a screen reader.
#[component]
pub fn Tooltip(#[prop(into)] text: Text, children: Children) -> impl IntoView {
    let id = unique_id("tip");
    view! { <Tip id text>{children()}</Tip> }
}

/// The bubble and what it belongs to, for parts that describe themselves by `id`.
///
/// Shows on the top layer, so that no scrolling box cuts it off; never while the text is empty.
#[component]
pub(super) fn Tip(id: String, text: Text, children: Children) -> impl IntoView {
    let anchor = NodeRef::<html::Span>::new();
    let bubble = NodeRef::<html::Span>::new();
    let scroll = StoredValue::new_local(None::<WindowListener>);
    // A browser tells of the focus that an element loses when it is removed: by then the signals are
    // gone, hence `try_`.
    let show = move || {
        let (Some(Some(anchor)), Some(Some(bubble))) =
            (anchor.try_get_untracked(), bubble.try_get_untracked())
        else {
            return;
        };
        if text.try_with_untracked(String::is_empty).unwrap_or(true) {
            return;
        }
        // Already showing is no error worth a word.
        let _ = bubble.show_popover();
        place(&bubble, anchor.unchecked_ref(), Align::Center);
        let follow = WindowListener::new(
            "scroll",
            Box::new(move |_| place(&bubble, anchor.unchecked_ref(), Align::Center)),
        );
        let _ = scroll.try_set_value(Some(follow));
    };
    let hide = move || {
        if let Some(Some(bubble)) = bubble.try_get_untracked() {
            let _ = bubble.hide_popover();
        }
        let _ = scroll.try_set_value(None);
    };
    view! {
        <span
            class="tip-anchor"
            node_ref=anchor
            on:mouseenter=move |_| show()
            on:mouseleave=move |_| hide()
            on:focusin=move |_| show()
            on:focusout=move |_| hide()
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    hide();
                }
            }
        >
            {children()}
            <span class="tip" role="tooltip" popover="manual" id=id node_ref=bubble>
                {move || text.get()}
            </span>
        </span>
    }
}
