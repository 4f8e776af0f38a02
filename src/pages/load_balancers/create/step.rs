//! A step of the wizard, as an element that the keyboard can be sent to.

use crate::routes::CreateStep;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The id of a step's heading.
pub(super) fn step_id(step: CreateStep) -> &'static str {
    match step {
        CreateStep::Configure => "step-configure",
        CreateStep::Review => "step-review",
    }
}

/// Begins a step at its heading, unless the keyboard has been sent to a part of it.
pub(super) fn focus_step(step: CreateStep) {
    let heading = document().get_element_by_id(step_id(step));
    let Some(heading) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let within = heading.closest("form").ok().flatten().is_some_and(|form| {
        document().active_element().is_some_and(|active| form.contains(Some(&active)))
    });
    if !within {
        window().scroll_to_with_x_and_y(0.0, 0.0);
        // Fails only for an element that is not in the document.
        let _ = heading.focus();
    }
}
