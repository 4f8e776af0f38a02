//! A part of the form, as an element that the keyboard can be sent to.

use super::Form;
use crate::ui::{Disclosure, Text};
use leptos::prelude::*;
use plan::Part;

/// The id of the element around a part.
pub fn part_id(part: Part) -> &'static str {
    match part {
        Part::Basics => "part-basics",
        Part::Listeners => "part-listeners",
        Part::Method => "part-method",
        Part::Network => "part-network",
        Part::Servers => "part-servers",
        Part::Health => "part-health",
        Part::Persistence => "part-persistence",
        Part::AllowedCidrs => "part-cidrs",
        Part::Timeouts => "part-timeouts",
    }
}

/// A part of the form, headed by its name.
#[component]
pub fn FormPart(part: Part, #[prop(into)] title: Text, children: Children) -> impl IntoView {
    let id = part_id(part);
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <section class="form-section" id=id aria-labelledby=labelled_by>
            <h3 class="form-section-title" id=heading>{move || title.get()}</h3>
            {children()}
        </section>
    }
}

/// A folded part; it unfolds by itself where something in it is wrong, and then stays as it is.
#[component]
pub fn Fold(
    form: Form,
    part: Part,
    summary: Text,
    note: Text,
    children: Children,
) -> impl IntoView {
    let open = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || form.part_has_errors(part)
    });
    view! {
        <div class="form-fold" id=part_id(part)>
            <Disclosure summary note open>{children()}</Disclosure>
        </div>
    }
}
