//! A part of the form, as an element that the keyboard can be sent to.

use super::Form;
use crate::ui::{Disclosure, Text};
use leptos::prelude::*;
use plan::Section;

/// The id of the element around a part.
pub fn section_id(part: Section) -> &'static str {
    match part {
        Section::Basics => "section-basics",
        Section::Listeners => "section-listeners",
        Section::Method => "section-method",
        Section::Network => "section-network",
        Section::Servers => "section-servers",
        Section::Health => "section-health",
        Section::Persistence => "section-persistence",
        Section::AllowedCidrs => "section-cidrs",
        Section::Timeouts => "section-timeouts",
    }
}

/// A part of the form, headed by its name.
#[component]
pub fn FormSection(part: Section, #[prop(into)] title: Text, children: Children) -> impl IntoView {
    let id = section_id(part);
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
pub fn FoldedSection(
    form: Form,
    part: Section,
    summary: Text,
    note: Text,
    children: Children,
) -> impl IntoView {
    let open = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || form.part_has_errors(part)
    });
    view! {
        <div class="form-fold" id=section_id(part)>
            <Disclosure summary note open>{children()}</Disclosure>
        </div>
    }
}
