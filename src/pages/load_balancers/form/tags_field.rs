//! Tags of an object.

use super::state::Form;
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Field, Text, TextInput},
};
use leptos::prelude::*;
use plan::FieldPath;

/// Tags, separated by commas.
#[component]
pub fn TagsField(
    #[prop(into)] tags: Signal<Vec<String>>,
    #[prop(into)] on_change: Callback<Vec<String>>,
    form: Form,
    path: FieldPath,
    /// `Tags`, where a part has no tags of another object beside it.
    #[prop(optional)]
    label: Option<Text>,
) -> impl IntoView {
    let i18n = use_i18n();
    // As typed: a comma at the end is the beginning of another tag.
    let typed = RwSignal::new(tags.with_untracked(|tags| tags.join(", ")));
    let value = move || {
        let typed = typed.get();
        if tags.with(|tags| *tags == parse(&typed)) {
            typed
        } else {
            tags.with(|tags| tags.join(", "))
        }
    };
    let on_input = move |text: String| {
        let tags = parse(&text);
        typed.set(text);
        on_change.run(tags);
    };
    let blur_path = path.clone();
    let on_blur = move || form.on_blur(&blur_path, None);
    view! {
        <Field
            label=move || match label {
                Some(label) => label.get(),
                None => t_string!(i18n, fields.tags).to_owned(),
            }
            hint=move || t_string!(i18n, form.tags_hint).to_owned()
            error=form.error(&path)
            optional=true
        >
            <span class="form-control" id=path.element_id()>
                <TextInput value on_input on_blur />
            </span>
        </Field>
    }
}

fn parse(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', '，']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if tags.iter().all(|known| known != tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}
