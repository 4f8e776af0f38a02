//! Tooltips.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{
    Text,
    dom::{WindowListener, unique_id},
    placement::{Align, place},
};

/// A tooltip for its children. Screen readers get the text as their description.
#[component]
pub fn Tooltip(#[prop(into)] text: Text, children: Children) -> impl IntoView {
    let id = unique_id("tip");
    view! { <Tip id text>{children()}</Tip> }
}

/// The bubble and its anchor, for components that set their own description by `id`.
///
/// On the top layer, so that no scrolling box cuts it off. Hidden while the text is empty.
#[component]
pub(super) fn Tip(id: String, text: Text, children: Children) -> impl IntoView {
    let anchor = NodeRef::<html::Span>::new();
    let bubble = NodeRef::<html::Span>::new();
    let scroll = StoredValue::new_local(None::<WindowListener>);
    // Removing an element fires `blur`, when the callback may be gone.
    let show = move || {
        let (Some(Some(anchor)), Some(Some(bubble))) =
            (anchor.try_get_untracked(), bubble.try_get_untracked())
        else {
            return;
        };
        if text.try_with_untracked(String::is_empty).unwrap_or(true) {
            return;
        }
        // Fails only if it is shown already.
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
