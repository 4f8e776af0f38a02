//! Several lines of text.

use leptos::prelude::*;

use super::{Text, field::FieldLinks};

/// Several lines of text inside a [`Field`](super::Field).
#[component]
pub fn Textarea(
    #[prop(into)] value: Text,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional, into)] on_blur: Option<Callback<()>>,
    /// Addresses or keys: in a monospace font, without autocorrection.
    #[prop(optional)]
    code: bool,
    #[prop(default = 3)] rows: u32,
    #[prop(optional, into)] placeholder: Text,
    #[prop(optional)] max_length: Option<u32>,
) -> impl IntoView {
    let links = FieldLinks::take();
    view! {
        <textarea
            class="input textarea"
            class:mono=code
            id=links.control
            rows=rows
            spellcheck=code.then_some("false")
            placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
            maxlength=max_length
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
        ></textarea>
    }
}
