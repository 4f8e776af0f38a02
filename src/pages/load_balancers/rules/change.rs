//! Whether a rule differs from the saved one.

use super::super::edit::session::EditSession;
use leptos::prelude::*;
use plan::{Edit, ListenerDraft, PolicyDraft, RowKey};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Changed,
}

/// How a rule of the draft differs from the saved version. Tracked.
pub(super) fn change(session: EditSession, listener: RowKey, policy: RowKey) -> Option<Change> {
    session.edit.with(|edit| {
        let saved = saved_policy(edit.as_ref()?, listener, policy);
        session.form.draft.with(|draft| {
            let current = draft.policy(listener, policy)?;
            match saved {
                None => Some(Change::New),
                Some(saved) => (saved != current).then_some(Change::Changed),
            }
        })
    })
}

fn saved_policy(edit: &Edit, listener: RowKey, policy: RowKey) -> Option<&PolicyDraft> {
    edit.base_draft().listener(listener).and_then(|saved: &ListenerDraft| saved.policy(policy))
}
