//! A button that copies text.

use std::time::Duration;

use js_sys::{Function, Reflect};
use leptos::{html::Span, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    HtmlTextAreaElement,
    wasm_bindgen::{JsCast, JsValue},
};

use super::{Glyph, Icon, Labels, Text};

/// How long the check mark is shown.
const SHOWN: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    None,
    Copied,
    Refused,
}

/// Copies `text`. `label` names it, as "Copy the VIP"; the default is "Copy".
///
/// Place it right after the element that shows `text`, which is selected if the browser refuses to
/// copy.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Text,
    #[prop(optional, into)] label: Option<Text>,
) -> impl IntoView {
    let labels = Labels::from_context();
    let root = NodeRef::new();
    let outcome = RwSignal::new(Outcome::None);
    let name = move || label.unwrap_or(labels.copy).get();
    let said = move || match outcome.get() {
        Outcome::None => String::new(),
        Outcome::Copied => labels.copied.get(),
        Outcome::Refused => labels.copy_failed.get(),
    };
    let press = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = copy(&text).await.is_ok() || copy_from_textarea(root, &text);
            if !copied {
                select_text_before(root);
            }
            let _ = outcome.try_set(if copied { Outcome::Copied } else { Outcome::Refused });
            let reset = move || {
                let _ = outcome.try_set(Outcome::None);
            };
            set_timeout(reset, SHOWN);
        });
    };
    view! {
        <span class="copy" node_ref=root class:copy-done=move || outcome.get() == Outcome::Copied>
            <button
                type="button"
                class="button button-quiet button-icon"
                aria-label=name
                title=name
                on:click=press
            >
                {move || match outcome.get() {
                    Outcome::Copied => view! { <Icon glyph=Glyph::Check /> },
                    _ => view! { <Icon glyph=Glyph::Clipboard /> },
                }}
            </button>
            <span class="copy-said" role="status">{said}</span>
        </span>
    }
}

/// Selects the element before the button for Ctrl+C.
fn select_text_before(button: NodeRef<Span>) {
    let button = button.try_get_untracked().flatten();
    let shown = button.and_then(|button| button.previous_element_sibling());
    if let (Some(shown), Ok(Some(selection))) = (shown, window().get_selection()) {
        let _ = selection.select_all_children(&shown);
    }
}

/// Copies by the command of old, which browsers allow without https after a press of a button. The text area
/// is beside the button: outside an open dialog it could not have the focus.
fn copy_from_textarea(button: NodeRef<Span>, text: &str) -> bool {
    let copy = || {
        let around = button.try_get_untracked()??;
        let focused = super::dom::focused();
        let area: HtmlTextAreaElement =
            document().create_element("textarea").ok()?.dyn_into().ok()?;
        area.set_class_name("visually-hidden");
        area.set_value(text);
        around.append_child(&area).ok()?;
        area.select();
        let command = Reflect::get(&document(), &"execCommand".into()).ok()?;
        let done = command.dyn_ref::<Function>()?.call1(&document(), &"copy".into());
        area.remove();
        if let Some(focused) = focused {
            // Fails only for an element that is no longer in the document.
            let _ = focused.focus();
        }
        done.ok()?.as_bool()
    };
    copy() == Some(true)
}

/// Writes to the clipboard. Fails without permission, and on pages without https that are not
/// local, where browsers have no clipboard API.
async fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}
