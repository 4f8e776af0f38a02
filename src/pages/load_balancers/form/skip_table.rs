//! A way past a long table for the keyboard.

use crate::i18n::{t, use_i18n};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A button that appears on focus and leads to the buttons below the table of its card: a row has
/// several controls, so that hundreds of rows take thousands of presses of Tab.
#[component]
pub fn SkipTable() -> impl IntoView {
    let i18n = use_i18n();
    let skip = move |event: web_sys::MouseEvent| {
        let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let below = button.and_then(|button| {
            let card = button.closest(".form-card").ok()??;
            card.query_selector(".form-add button").ok()?
        });
        if let Some(below) = below.and_then(|below| below.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only if the element has left the document.
            let _ = below.focus();
        }
    };
    view! {
        <button type="button" class="button button-secondary form-skip" on:click=skip>
            {t!(i18n, form.skip_table)}
        </button>
    }
}
