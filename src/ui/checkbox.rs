//! A tick box.

use leptos::prelude::*;

use super::{Text, dom::unique_id};

/// A tick box with its label; in a table the label is for screen readers alone.
///
/// `indeterminate` is the dash of a box that stands for several, some of them ticked.
#[component]
pub fn Checkbox(
    #[prop(into)] label: Text,
    #[prop(into)] checked: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
    #[prop(optional, into)] indeterminate: Signal<bool>,
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
