//! Radio buttons as cards, each with an explanation.

use leptos::prelude::*;

use super::{Glyph, Icon, Text, dom::unique_id};

/// One card of [`RadioCards`].
#[derive(Clone)]
pub struct Choice {
    /// The argument of `on_change`.
    pub value: &'static str,
    pub label: Text,
    pub hint: Text,
}

impl Choice {
    /// A card; `label` and `hint` may be closures, so that they follow the language.
    pub fn new<M, N>(
        value: &'static str,
        label: impl IntoReactiveValue<Text, M>,
        hint: impl IntoReactiveValue<Text, N>,
    ) -> Self {
        Self { value, label: label.into_reactive_value(), hint: hint.into_reactive_value() }
    }
}

/// Radio buttons as cards, in a fieldset named by `legend`.
#[component]
pub fn RadioCards(
    #[prop(into)] legend: Text,
    #[prop(into)] value: Text,
    #[prop(into)] on_change: Callback<String>,
    choices: Vec<Choice>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let group = unique_id("choice");
    let error_id = format!("{group}-error");
    let described_by = error_id.clone();
    let invalid = move || error.with(Option::is_some);
    let cards = choices.into_iter().map(|choice| card(&group, choice, value, on_change));
    view! {
        <fieldset
            class="choices"
            aria-describedby=move || invalid().then(|| described_by.clone())
        >
            <legend class="field-label">{move || legend.get()}</legend>
            <div class="choice-cards">{cards.collect_view()}</div>
            <p class="field-error" id=error_id hidden=move || !invalid()>
                <Icon glyph=Glyph::Warning />
                <span>{move || error.get()}</span>
            </p>
        </fieldset>
    }
}

/// A card: the label names the radio button, the hint describes it.
fn card(group: &str, choice: Choice, value: Text, on_change: Callback<String>) -> AnyView {
    let Choice { value: own, label, hint } = choice;
    let id = format!("{group}-{own}");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="choice">
            <input
                type="radio"
                class="radio"
                id=id.clone()
                name=group.to_owned()
                value=own
                aria-describedby=hint_id.clone()
                prop:checked=move || value.with(|value| value == own)
                on:change=move |_| on_change.run(own.to_owned())
            />
            <label for=id class="choice-label">{move || label.get()}</label>
            <p class="choice-hint" id=hint_id>{move || hint.get()}</p>
        </div>
    }
    .into_any()
}
