//! The steps of a wizard.

use leptos::prelude::*;

use super::{Glyph, Icon, Text};

/// The steps; `current` is an index.
#[component]
pub fn Stepper(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    steps: Vec<Text>,
    #[prop(into)] current: Signal<usize>,
) -> impl IntoView {
    let items = steps.into_iter().enumerate().map(|(index, text)| {
        let done = move || current.get() > index;
        view! {
            <li
                class="step"
                class:step-done=done
                aria-current=move || (current.get() == index).then_some("step")
            >
                <span class="step-mark num" aria-hidden="true">
                    {move || {
                        if done() {
                            view! { <Icon glyph=Glyph::Check /> }.into_any()
                        } else {
                            (index + 1).into_any()
                        }
                    }}
                </span>
                <span>{move || text.get()}</span>
            </li>
        }
    });
    view! {
        <ol class="stepper" aria-label=move || label.get()>
            {items.collect_view()}
        </ol>
    }
}
