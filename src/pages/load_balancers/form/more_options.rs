//! The rarely needed settings of a part of the form, folded.

use super::state::Form;
use crate::{
    i18n::{t, use_i18n},
    ui::{Glyph, Icon, Text},
};
use leptos::prelude::*;
use plan::FieldPath;

/// `More options`: closed unless something in it differs from its default or has a visible error.
/// The content is drawn while it is open.
#[component]
pub fn MoreOptions(
    form: Form,
    /// What differs from the defaults, in one line; empty if nothing does.
    summary: Text,
    /// What is named beside the summary and alone opens nothing.
    #[prop(optional, into)]
    aside: Text,
    /// Whether a field is among the options.
    has_field: fn(&FieldPath, plan::RowKey) -> bool,
    /// The row that the options belong to, an argument of `has_field`.
    row: plan::RowKey,
    children: ChildrenFn,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_unfolded = RwSignal::new(summary.with_untracked(|summary| !summary.is_empty()));
    let has_errors = Memo::new(move |_| form.has_visible_error(|path| has_field(path, row)));
    let is_open = Memo::new(move |_| is_unfolded.get() || has_errors.get());
    view! {
        <div class="form-more">
            <button
                type="button"
                class="form-more-button"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                on:click=move |_| is_unfolded.set(!is_open.get_untracked())
            >
                <Icon glyph=Glyph::ChevronRight />
                <span>{t!(i18n, form.more_options)}</span>
                <span class="form-more-note">
                    {move || {
                        let parts = [summary.get(), aside.get()];
                        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
                    }}
                </span>
            </button>
            <Show when=move || is_open.get()>
                <div class="form-options">{children()}</div>
            </Show>
        </div>
    }
}
