//! Checkboxes for the members of a set.

use crate::ui::{Checkbox, Text, text};
use leptos::prelude::*;

/// A fieldset of checkboxes. `choices` are values with their labels.
#[component]
pub fn CheckList(
    #[prop(into)] legend: Text,
    #[prop(into)] choices: Signal<Vec<(String, String)>>,
    #[prop(into)] is_checked: Callback<String, bool>,
    /// Called with the value and whether it is checked now.
    #[prop(into)]
    on_change: Callback<(String, bool)>,
    #[prop(optional, into)] hint: Text,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// The id of the control.
    id: String,
) -> impl IntoView {
    let boxes = move || {
        let choices = choices.get().into_iter().map(|(value, label)| {
            let (checked, changed) = (value.clone(), value);
            view! {
                <Checkbox
                    label=text(move || label.clone())
                    checked=Signal::derive(move || is_checked.run(checked.clone()))
                    on_change=move |on: bool| on_change.run((changed.clone(), on))
                />
            }
        });
        choices.collect_view()
    };
    view! {
        <fieldset class="form-checks" id=id>
            <legend class="field-label">{move || legend.get()}</legend>
            <div class="form-check-boxes">{boxes}</div>
            <p class="field-hint" hidden=move || hint.with(String::is_empty)>
                {move || hint.get()}
            </p>
            <p class="field-error" hidden=move || error.with(Option::is_none)>
                {move || error.get()}
            </p>
        </fieldset>
    }
}
