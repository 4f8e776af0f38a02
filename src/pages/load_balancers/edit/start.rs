//! Adds the server or listener that the address asks for, once the form is filled.

use super::{session::EditSession, stage::Stage};
use crate::{
    pages::Location,
    routes::{EditStart, Route},
};
use leptos::prelude::*;
use openstack_types::{PoolId, rules::LbType};
use plan::{Draft, FieldPath, ListenerField, RowKey, ServerField};

/// Follows the address. `navigate` replaces it afterwards, so that a reload adds nothing more.
pub(super) fn follow(
    session: EditSession,
    location: Memo<Location>,
    navigate: Callback<(Route, bool)>,
) {
    Effect::new(move |_| {
        let wanted = location.with(|location| match location.route {
            Some(Route::EditLoadBalancer { id, start, .. }) if id == session.id => {
                Some((location.details_view(), start))
            }
            _ => None,
        });
        let Some((view, start)) = wanted.filter(|(_, start)| *start != EditStart::Form) else {
            return;
        };
        if session.stage() != Stage::Form {
            return;
        }
        let added = untrack(|| match start {
            EditStart::Form => None,
            EditStart::AddServer(pool) => add_server(session, pool),
            EditStart::AddListener => add_listener(session),
        });
        let id = session.id;
        navigate.run((Route::EditLoadBalancer { id, view, start: EditStart::Form }, true));
        if let Some(path) = added {
            session.form.focus(&path);
        }
    });
}

fn add_server(session: EditSession, pool: Option<PoolId>) -> Option<FieldPath> {
    let wanted = session.edit.with(|edit| {
        let edit = edit.as_ref()?;
        let mut groups = edit.base_draft().groups.iter().map(|group| group.key);
        groups.find(|key| edit.pool(*key).is_some_and(|known| Some(known.id) == pool))
    });
    let added = session.form.draft.try_update(|draft| {
        let first = draft.groups.first().map(|group| group.key);
        let group = wanted.or(first).unwrap_or_else(|| add_first_group(draft));
        draft.add_server(group).map(|server| (group, server))
    });
    let (group, server) = added.flatten()?;
    Some(FieldPath::Server { group, server, field: ServerField::Address })
}

/// Adds a server group that serves every listener without one.
pub(super) fn add_first_group(draft: &mut Draft) -> RowKey {
    let group = draft.add_group();
    for listener in &mut draft.listeners {
        listener.group = listener.group.or(Some(group));
    }
    group
}

/// Adds a listener, and selects its server group: the first, which the listeners of an Application load
/// balancer share, or a new one.
pub(super) fn add_listener(session: EditSession) -> Option<FieldPath> {
    let listener = session.form.draft.try_update(|draft| {
        let key = draft.add_listener();
        draft.separate_options();
        // The group of the other listeners, not one that none of them uses.
        let shared = draft.listeners.iter().find_map(|one| one.group.filter(|_| one.key != key));
        if let Some(listener) = draft.listener_mut(key) {
            listener.group = shared.or(listener.group);
        }
        key
    })?;
    let needs_group = session
        .form
        .draft
        .with_untracked(|draft| draft.lb_type == LbType::Network || draft.groups.is_empty());
    if needs_group {
        session.form.add_group_for(listener);
    }
    Some(FieldPath::Listener { listener, field: ListenerField::Protocol })
}
