//! A button that copies text.

use std::time::Duration;

use leptos::{html::Span, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;
use web_sys::wasm_bindgen::JsValue;

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
            let copied = copy(&text).await.is_ok();
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

/// Writes to the clipboard. Fails without permission, and on pages without https that are not
/// local, where browsers have no clipboard API.
async fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}
