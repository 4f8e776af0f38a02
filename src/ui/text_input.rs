//! One line of text.

use leptos::prelude::*;

use super::{Text, field::FieldLinks};

/// What a line of text holds; decides the keyboard of a phone and what the browser may fill in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Plain text.
    #[default]
    Text,
    /// A secret.
    Password,
    /// An address, an id, a path: shown in a fixed width, never corrected.
    Code,
}

/// A line of text inside a [`Field`](super::Field).
#[component]
pub fn TextInput(
    #[prop(into)] value: Text,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional, into)] on_blur: Option<Callback<()>>,
    #[prop(optional)] kind: InputKind,
    /// The `name` of the control, by which browsers remember what was typed.
    #[prop(optional)]
    name: &'static str,
    /// As in HTML: `username`, `current-password`, `off` …
    #[prop(default = "off")]
    autocomplete: &'static str,
    #[prop(optional, into)] placeholder: Text,
    #[prop(optional)] max_length: Option<u32>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let links = FieldLinks::take();
    view! {
        <input
            class="input"
            class:mono=kind == InputKind::Code
            type=if kind == InputKind::Password { "password" } else { "text" }
            id=links.control
            name=(!name.is_empty()).then_some(name)
            autocomplete=autocomplete
            autocapitalize=(kind != InputKind::Text).then_some("none")
            spellcheck=(kind != InputKind::Text).then_some("false")
            placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
            maxlength=max_length
            autofocus=autofocus
            aria-required=links.required.then_some("true")
            aria-invalid=move || links.invalid.get().then_some("true")
            aria-describedby=move || links.described_by.get()
            prop:value=move || value.get()
            on:input=move |event| on_input.run(event_target_value(&event))
            on:blur=move |_| {
                // A browser tells of the focus that an element loses when it is removed: by then the
                // callback may be gone.
                if let Some(on_blur) = on_blur {
                    on_blur.try_run(());
                }
            }
        />
    }
}
