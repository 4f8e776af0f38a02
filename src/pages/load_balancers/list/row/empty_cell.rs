//! Cells without content.

use crate::{
    i18n::{TextFn, use_i18n},
    store::row::Row as Known,
};
use leptos::prelude::*;
use std::sync::Arc;

/// What a cell shows without content; `…` while the details are not loaded yet.
pub(super) fn empty_cell(known: Memo<Option<Arc<Known>>>, text: TextFn) -> AnyView {
    let i18n = use_i18n();
    let whole = move || known.with(|row| row.as_deref().is_some_and(|row| row.whole));
    let shown = move || if whole() { text(i18n) } else { "…" };
    view! { <span class="muted">{shown}</span> }.into_any()
}
