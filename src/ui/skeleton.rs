//! Placeholders while content loads.

use leptos::prelude::*;

use super::Labels;

/// One grey line.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! { <span class="skeleton" aria-hidden="true"></span> }
}

/// Several grey lines; screen readers get "Loading".
#[component]
pub fn SkeletonLines(#[prop(default = 3)] lines: usize) -> impl IntoView {
    let labels = Labels::from_context();
    view! {
        <div class="skeleton-lines">
            <span class="visually-hidden">{move || labels.loading.get()}</span>
            {(0..lines).map(|_| view! { <Skeleton /> }).collect_view()}
        </div>
    }
}
