//! The notice of a conflict: somebody else has changed the load balancer while it is edited.

use super::conflict_label::conflict_label;
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::limited_list::limited_list,
    ui::{Banner, Tone},
};
use leptos::prelude::*;
use plan::edit::Conflict;

/// Conflicts that are listed; the rest is a count.
const MAX_CONFLICTS: usize = 12;

/// When the conflict was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::load_balancers) enum FoundWhen {
    /// The stored draft was applied to a newer version.
    FillingForm,
    BeforeFirstStep,
    BetweenSteps,
}

/// What somebody else changed meanwhile; collisions with the user's own changes come first.
#[component]
pub(in crate::pages::load_balancers) fn ConflictNotice(
    mut conflicts: Vec<Conflict>,
    found: FoundWhen,
) -> impl IntoView {
    let i18n = use_i18n();
    conflicts.sort_by_key(|conflict| !conflict.is_collision());
    let has_collision = conflicts.iter().any(Conflict::is_collision);
    view! {
        <Banner tone=if has_collision { Tone::Warning } else { Tone::Info }>
            <p>
                <strong>{t!(i18n, edit.conflict_title)}</strong>
                " "
                {move || match (found, has_collision) {
                    (FoundWhen::FillingForm, _) => t_string!(i18n, edit.no_conflict_text_while_editing),
                    (FoundWhen::BeforeFirstStep, true) => t_string!(i18n, edit.conflict_text),
                    (FoundWhen::BeforeFirstStep, false) => t_string!(i18n, edit.no_conflict_text),
                    (FoundWhen::BetweenSteps, true) => t_string!(i18n, edit.conflict_text_between_steps),
                    (FoundWhen::BetweenSteps, false) => t_string!(i18n, edit.no_conflict_text_between_steps),
                }}
            </p>
            {move || {
                let texts = conflicts.iter().map(|conflict| conflict_label(i18n, conflict));
                limited_list(i18n, texts.collect(), MAX_CONFLICTS)
            }}
        </Banner>
    }
}
