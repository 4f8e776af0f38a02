//! The folded sections for health checks and session persistence.

use super::{
    health_check::{HealthChecks, health_check_note},
    section::FoldedSection,
    session_persistence::{SessionPersistence, persistence_note},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::text,
};
use leptos::prelude::*;
use plan::Section;

#[component]
pub fn HealthAndPersistenceSections(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FoldedSection form section=Section::Health
            summary=text(move || t_string!(i18n, create.health_check).to_owned())
            note=text(move || health_check_note(form))
        >
            <HealthChecks form />
        </FoldedSection>
        <FoldedSection form section=Section::Persistence
            summary=text(move || t_string!(i18n, create.persistence).to_owned())
            note=text(move || persistence_note(form))
        >
            <SessionPersistence form />
        </FoldedSection>
    }
}
