//! What a table shows in place of rows.

use leptos::prelude::*;

use super::{Labels, Skeleton};

/// Placeholder rows while the first rows load.
#[component]
pub fn SkeletonRows(columns: usize, #[prop(default = 6)] rows: usize) -> impl IntoView {
    let labels = Labels::from_context();
    let row = move || {
        let cells = (0..columns).map(|_| view! { <td role="cell"><Skeleton /></td> });
        view! { <tr role="row" aria-hidden="true">{cells.collect_view()}</tr> }
    };
    view! {
        <tbody role="rowgroup" class="table-skeleton">
            <tr role="row" class="visually-hidden">
                <td role="cell">{move || labels.loading.get()}</td>
            </tr>
            {(0..rows).map(|_| row()).collect_view()}
        </tbody>
    }
}

/// One cell across all columns, for an [`EmptyState`](super::EmptyState).
#[component]
pub fn TableMessage(columns: usize, children: Children) -> impl IntoView {
    view! {
        <tbody role="rowgroup" class="table-message">
            <tr role="row">
                <td role="cell" colspan=columns>
                    {children()}
                </td>
            </tr>
        </tbody>
    }
}
