//! Moves the keyboard focus within a form.

use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use plan::{FieldPath, Section};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The id of the card of a section. Each server group has a card of its own.
pub fn section_id(section: Section) -> &'static str {
    match section {
        Section::Basics => "section-basics",
        Section::Network => "section-network",
        Section::Listeners | Section::AllowedCidrs | Section::Timeouts => "section-listeners",
        _ => "section-servers",
    }
}

/// Moves focus to the `Remove` button of the next row, else of the previous row, else to the button
/// that adds a row. To be called before the focused row is removed.
pub fn focus_next_row() {
    let target = document().active_element().and_then(|active| {
        let rows = active.closest(".form-rows").ok()??;
        let all = rows.query_selector_all(".form-remove button").ok()?;
        let at = (0..all.length()).find(|at| all.item(*at).is_some_and(|one| one == *active))?;
        let neighbour = all.item(at + 1).or_else(|| all.item(at.checked_sub(1)?));
        neighbour.or_else(|| {
            let add = rows.parent_element()?.query_selector(":scope > .row button").ok()?;
            add.map(web_sys::Node::from)
        })
    });
    focus_element(target.and_then(|target| target.dyn_into().ok()));
}

/// Moves focus to the button that is about to replace the focused one in its row: `Undo` replaces
/// `Remove`.
pub fn focus_replacement() {
    let active = document().active_element();
    let row = active.and_then(|active| active.closest("tr, .edit-listener").ok()?);
    let Some(row) = row else { return };
    request_animation_frame(move || {
        let buttons = ".edit-actions > :last-child button, .form-remove button";
        let button = row.query_selector(buttons).ok().flatten();
        focus_element(button.and_then(|button| button.dyn_into().ok()));
    });
}

fn focus_element(element: Option<HtmlElement>) {
    if let Some(element) = element {
        // Fails only if the element has left the document.
        let _ = element.focus();
    }
}

/// Moves focus to the control of a field and unfolds what hides it.
pub fn focus_field(path: &FieldPath) {
    focus_when_drawn(path.element_id());
}

/// Moves focus to the first control of a card, and scrolls to its heading.
pub fn focus_card(id: String) {
    request_animation_frame(move || {
        focus_first_control(&id);
        if let Some(card) = document().get_element_by_id(&id) {
            card.scroll_into_view();
        }
    });
}

/// How many times to yield to the executor until a new element is in the document.
const ATTEMPTS: usize = 10;

/// Moves focus to a control that may be about to be drawn: as soon as it is in the document, or in
/// the next frame if it needs a layout first.
fn focus_when_drawn(id: String) {
    spawn_local(async move {
        for _ in 0..ATTEMPTS {
            if focus_first_control(&id) {
                return;
            }
            tick().await;
        }
        focus_in_next_frames(id, FRAMES);
    });
}

/// Frames until a row of a long table is drawn, after the table has been scrolled to it.
const FRAMES: usize = 6;

fn focus_in_next_frames(id: String, frames: usize) {
    request_animation_frame(move || {
        if !focus_first_control(&id) && frames > 1 {
            focus_in_next_frames(id, frames - 1);
        }
    });
}

/// Unfolds an element and everything around it, and focuses its first control. Returns whether that
/// control has focus now.
fn focus_first_control(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    let mut enclosing = element.closest("details").ok().flatten();
    while let Some(details) = enclosing {
        // Fails only for an invalid attribute name.
        let _ = details.set_attribute("open", "");
        enclosing = details.parent_element().and_then(|p| p.closest("details").ok().flatten());
    }
    if let Some(details) = element.query_selector("details").ok().flatten() {
        let _ = details.set_attribute("open", "");
    }
    let controls =
        "input:checked, input:not([type=radio], [hidden]), select, textarea, .details-body button";
    let control = element.query_selector(controls).ok().flatten();
    let control = control.or_else(|| element.query_selector("button, summary").ok().flatten());
    let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let _ = control.focus();
    document().active_element().is_some_and(|active| active == *control.unchecked_ref())
}
