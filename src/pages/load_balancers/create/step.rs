//! The steps of the wizard: order, labels and headings.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    routes::CreateStep,
    ui::{Text, text},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

pub(super) const STEPS: [CreateStep; 2] = [CreateStep::Configure, CreateStep::Review];

pub(super) fn step_label(i18n: I18nContext<Locale>, step: CreateStep) -> Text {
    text(move || {
        match step {
            CreateStep::Configure => t_string!(i18n, create.configure),
            CreateStep::Review => t_string!(i18n, create.review),
        }
        .to_owned()
    })
}

/// The id of the heading of a step.
pub(super) fn step_id(step: CreateStep) -> &'static str {
    match step {
        CreateStep::Configure => "step-configure",
        CreateStep::Review => "step-review",
    }
}

/// Scrolls to the top and focuses the heading of a step, unless focus is within the step already.
pub(super) fn focus_step(step: CreateStep) {
    let heading = document().get_element_by_id(step_id(step));
    let Some(heading) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let has_focus = heading.closest("form").ok().flatten().is_some_and(|form| {
        document().active_element().is_some_and(|active| form.contains(Some(&active)))
    });
    if !has_focus {
        window().scroll_to_with_x_and_y(0.0, 0.0);
        // Fails only if the element has left the document.
        let _ = heading.focus();
    }
}
