//! One of several, from a list that the browser draws.

use leptos::prelude::*;

use super::{Glyph, Icon, Labels, Text, field::FieldLinks};

/// One entry of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What is handed to `on_change`.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// There to be seen, not to be chosen.
    pub disabled: bool,
}

impl SelectOption {
    /// An entry.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }

    /// There to be seen, not to be chosen; its label says why.
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }
}

/// A native `<select>` inside a [`Field`](super::Field).
///
/// With nothing to choose from it says so. With a `placeholder`, nothing is chosen at first.
#[component]
pub fn Select(
    #[prop(into)] value: Text,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(optional, into)] placeholder: Option<Text>,
    #[prop(optional)] name: &'static str,
) -> impl IntoView {
    let links = FieldLinks::take();
    let labels = Labels::from_context();
    let first = move || match placeholder {
        _ if options.with(Vec::is_empty) => Some(labels.no_data.get()),
        Some(placeholder) => Some(placeholder.get()),
        None => None,
    };
    view! {
        <span class="select">
            <select
                class="input"
                id=links.control
                name=(!name.is_empty()).then_some(name)
                aria-required=links.required.then_some("true")
                aria-invalid=move || links.invalid.get().then_some("true")
                aria-describedby=move || links.described_by.get()
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {move || {
                    first()
                        .map(|label| {
                            let chosen = move || {
                                value.with(|value| {
                                    options.with(|all| all.iter().all(|one| one.value != *value))
                                })
                            };
                            view! {
                                <option value="" disabled=true prop:selected=chosen>
                                    {label}
                                </option>
                            }
                        })
                }}
                {move || options_view(options.get(), value)}
            </select>
            <Icon glyph=Glyph::ChevronDown />
        </span>
    }
}

/// The entries, each selected while `value` is its value.
pub(super) fn options_view(options: Vec<SelectOption>, value: Text) -> Vec<AnyView> {
    options
        .into_iter()
        .map(|SelectOption { value: own, label, disabled }| {
            let given = own.clone();
            view! {
                <option value=given disabled=disabled prop:selected=move || value.with(|value| *value == own)>
                    {label}
                </option>
            }
            .into_any()
        })
        .collect()
}
