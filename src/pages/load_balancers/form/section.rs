//! Sections of the form.

use super::{focus::section_id, state::Form};
use crate::ui::{Disclosure, Text};
use leptos::prelude::*;
use plan::Section;

/// A section of the form with its heading.
#[component]
pub fn FormSection(
    section: Section,
    #[prop(into)] title: Text,
    children: Children,
) -> impl IntoView {
    let id = section_id(section);
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <section class="form-section" id=id aria-labelledby=labelled_by>
            <h3 class="form-section-title" id=heading>{move || title.get()}</h3>
            {children()}
        </section>
    }
}

/// A section that is folded at first. It unfolds when it has a visible error, and stays unfolded.
#[component]
pub fn FoldedSection(
    form: Form,
    section: Section,
    summary: Text,
    note: Text,
    children: Children,
) -> impl IntoView {
    let open = Memo::new(move |was_open: Option<&bool>| {
        was_open.copied().unwrap_or_default() || form.section_has_errors(section)
    });
    view! {
        <div class="form-fold" id=section_id(section)>
            <Disclosure summary note open>{children()}</Disclosure>
        </div>
    }
}
