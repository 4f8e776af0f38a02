//! One line of text.

use leptos::prelude::*;

use super::{Text, field::FieldLinks};

/// What a field holds; decides the on-screen keyboard and autofill.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Plain text.
    #[default]
    Text,
    Password,
    /// An address, an id or a path: in a monospace font, without autocorrection.
    Code,
}

/// A line of text inside a [`Field`](super::Field).
#[component]
pub fn TextInput(
    #[prop(into)] value: Text,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional, into)] on_blur: Option<Callback<()>>,
    #[prop(optional)] kind: InputKind,
    /// The `name` of the control, for autofill.
    #[prop(optional)]
    name: &'static str,
    /// As in HTML: `username`, `current-password`, `off` …
    #[prop(default = "off")]
    autocomplete: &'static str,
    #[prop(optional, into)] placeholder: Text,
    #[prop(optional)] max_length: Option<u32>,
    #[prop(optional)] autofocus: bool,
    /// Shows a password.
    #[prop(optional, into)]
    reveal: Signal<bool>,
) -> impl IntoView {
    let links = FieldLinks::take();
    view! {
        <input
            class="input"
            class:mono=kind == InputKind::Code
            type=move || {
                if kind == InputKind::Password && !reveal.get() { "password" } else { "text" }
            }
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
                // Removing an element fires `blur`, when the callback may be gone.
                if let Some(on_blur) = on_blur {
                    on_blur.try_run(());
                }
            }
        />
    }
}
