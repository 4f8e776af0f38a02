//! A section of the review.

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Button, ButtonKind, Card, Definition, Glyph, Text},
};
use leptos::prelude::*;

/// A section of the review, with a button that leads back to it.
#[component]
pub(super) fn ReviewSection(
    /// The id of the card in the form.
    card: String,
    on_edit: Callback<String>,
    title: Text,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let card = StoredValue::new(card);
    view! {
        <Card
            title
            actions=move || {
                view! {
                    <Button
                        kind=ButtonKind::Quiet
                        icon=Glyph::Pencil
                        label=move || {
                            t_string!(i18n, create.edit_part, part = title.get()).to_string()
                        }
                        on_press=move || on_edit.run(card.get_value())
                    >
                        {t!(i18n, common.edit)}
                    </Button>
                }
            }
        >
            {children()}
        </Card>
    }
}

/// Labels and values of settings that differ from their defaults.
pub(super) fn difference_items(differences: Vec<(String, String)>) -> impl IntoView {
    let items = differences.into_iter().map(|(label, value)| {
        view! {
            <Definition term=move || label.clone()>
                <span class="form-value">{value}</span>
            </Definition>
        }
    });
    items.collect_view()
}
