//! A native select.

use leptos::prelude::*;

use super::{Glyph, Icon, Labels, Text, field::FieldLinks};

/// An option of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// The argument of `on_change`.
    pub value: String,
    pub label: String,
    /// It cannot be chosen.
    pub disabled: bool,
}

impl SelectOption {
    /// An option.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }

    /// An option that cannot be chosen; its label says why.
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }
}

/// A native `<select>` inside a [`Field`](super::Field).
///
/// Without options it says so. With a `placeholder`, nothing is chosen at first.
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

/// A native `<select>` outside a form: a filter, or an order. It has no visible label, so its options say
/// what they are.
#[component]
pub fn ToolSelect(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    #[prop(into)] value: Text,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(into)] on_change: Callback<String>,
) -> impl IntoView {
    view! {
        <span class="select">
            <select
                class="input"
                aria-label=move || label.get()
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {move || options_view(options.get(), value)}
            </select>
            <Icon glyph=Glyph::ChevronDown />
        </span>
    }
}

/// The options; the one with `value` is selected.
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
