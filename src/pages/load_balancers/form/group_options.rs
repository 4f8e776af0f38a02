//! `More options` of a server group.

use super::{more_options::MoreOptions, session_persistence::SessionPersistence, state::Form};
use crate::ui::text;
use leptos::prelude::*;
use plan::{FieldPath, RowKey};

/// The rarely needed settings of a server group.
#[component]
pub fn GroupMoreOptions(form: Form, group: RowKey) -> impl IntoView {
    let summary = text(move || options_summary(form, group));
    view! {
        <MoreOptions form summary has_field=is_group_option row=group>
            <SessionPersistence form group />
        </MoreOptions>
    }
}

fn is_group_option(path: &FieldPath, group: RowKey) -> bool {
    match path {
        FieldPath::Persistence { group: of } | FieldPath::CookieName { group: of } => *of == group,
        _ => false,
    }
}

fn options_summary(form: Form, group: RowKey) -> String {
    form.draft.with(|draft| {
        let Some(group) = draft.group(group) else { return String::new() };
        let persistence = group.persistence.kind.as_ref().map(ToString::to_string);
        persistence.unwrap_or_default()
    })
}
