//! The browser's regular expressions in place of HAProxy's.

use js_sys::{Array, Function, Reflect, RegExp};
use l7::{RegexMatcher, is_portable};
use wasm_bindgen::{JsCast, JsValue};

/// Evaluates expressions that the browser reads as HAProxy does.
pub(super) struct BrowserRegex;

impl RegexMatcher for BrowserRegex {
    fn is_match(&self, expression: &str, text: &str, ignore_case: bool) -> Option<bool> {
        if !is_portable(expression) {
            return None;
        }
        let flags = if ignore_case { "i" } else { "" };
        Some(regex(expression, flags)?.test(&bytes(text)))
    }
}

/// `None` if the expression is invalid: the constructor throws.
fn regex(expression: &str, flags: &str) -> Option<RegExp> {
    let constructor = Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp")).ok()?;
    let arguments = Array::of2(&JsValue::from_str(expression), &JsValue::from_str(flags));
    Reflect::construct(constructor.dyn_ref::<Function>()?, &arguments).ok()?.dyn_into().ok()
}

/// One character for each byte, as HAProxy compares.
fn bytes(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
