//! A checkbox.

use leptos::prelude::*;

use super::{Text, dom::unique_id};

/// A checkbox with its label; with `hide_label`, the label is for screen readers only.
///
/// `indeterminate` shows a dash, for a box that selects several of which some are selected.
#[component]
pub fn Checkbox(
    #[prop(into)] label: Text,
    #[prop(into)] checked: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(optional, into)] indeterminate: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] hide_label: bool,
    #[prop(optional, into)] hint: Option<Text>,
) -> impl IntoView {
    let id = unique_id("tick");
    let hint_id = format!("{id}-hint");
    let described_by = hint.is_some().then(|| hint_id.clone());
    view! {
        <span class="tick" class:tick-alone=hide_label>
            <input
                type="checkbox"
                class="checkbox"
                id=id.clone()
                aria-describedby=described_by
                prop:disabled=move || disabled.get()
                prop:checked=move || checked.get()
                prop:indeterminate=move || indeterminate.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <label for=id>
                <span class:visually-hidden=hide_label>{move || label.get()}</span>
            </label>
            {hint.map(|hint| view! { <p class="tick-hint" id=hint_id>{move || hint.get()}</p> })}
        </span>
    }
}
