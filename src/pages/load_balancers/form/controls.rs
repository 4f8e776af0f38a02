//! Form controls that are bound to a field of the draft.

use super::state::Form;
use crate::ui::{InputKind, NumberInput, Select, SelectOption, Text, TextInput, Textarea};
use leptos::prelude::*;
use plan::FieldPath;

/// A single-line text input; belongs inside a `Field`.
#[component]
pub fn FormInput(
    form: Form,
    path: FieldPath,
    #[prop(optional)] code: bool,
    #[prop(optional, into)] placeholder: Text,
    #[prop(optional)] max_length: Option<u32>,
    /// Called when the control loses focus, before its error becomes visible.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let (input_path, blur_path) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&input_path, text);
    let on_blur = move || form.on_blur(&blur_path, on_leave);
    let kind = if code { InputKind::Code } else { InputKind::Text };
    view! {
        <span class="form-control" id=path.element_id()>
            <TextInput
                value=form.text(&path)
                on_input
                on_blur
                kind
                placeholder
                max_length=max_length.unwrap_or(10_000)
            />
        </span>
    }
}

/// A number input; belongs inside a `Field`.
#[component]
pub fn FormNumber(
    form: Form,
    path: FieldPath,
    min: u32,
    max: u32,
    #[prop(optional, into)] unit: Text,
    #[prop(optional, into)] placeholder: Text,
) -> impl IntoView {
    let (input_path, blur_path) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&input_path, text);
    let on_blur = move || form.on_blur(&blur_path, None);
    view! {
        <span class="form-control" id=path.element_id()>
            <NumberInput value=form.text(&path) on_input on_blur min max unit placeholder />
        </span>
    }
}

/// A multi-line text input; belongs inside a `Field`.
#[component]
pub fn FormTextarea(
    form: Form,
    path: FieldPath,
    #[prop(optional, into)] placeholder: Text,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] code: bool,
) -> impl IntoView {
    let (input_path, blur_path) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&input_path, text);
    let on_blur = move || form.on_blur(&blur_path, None);
    view! {
        <span class="form-control" id=path.element_id()>
            <Textarea value=form.text(&path) on_input on_blur code rows placeholder />
        </span>
    }
}

/// A select box; belongs inside a `Field`.
#[component]
pub fn FormSelect(
    form: Form,
    path: FieldPath,
    #[prop(into)] value: Text,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(optional, into)] placeholder: Option<Text>,
) -> impl IntoView {
    let change_path = path.clone();
    let on_change = move |value: String| {
        on_change.run(value);
        form.clear_rejection(&change_path);
    };
    let select = match placeholder {
        Some(placeholder) => view! { <Select value on_change options placeholder /> }.into_any(),
        None => view! { <Select value on_change options /> }.into_any(),
    };
    view! {
        <span class="form-control" id=path.element_id()>
            {select}
        </span>
    }
}
