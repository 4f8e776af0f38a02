//! The draft in the browser's session storage, so that a reload, the back button and a session that
//! ended lose nothing of it. It is dropped when the load balancer is there or the draft given up.

use super::form::Form;
use crate::store::Store;
use leptos::prelude::*;
use openstack_types::LoadBalancerId;
use plan::Draft;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

const KEY: &str = "create-load-balancer";

#[derive(Serialize, Deserialize)]
struct Aside {
    /// Whose it is: user and project. What one typed is not for the next at the same browser.
    who: String,
    from: Option<LoadBalancerId>,
    draft: Draft,
}

/// What was put aside by the same person, in the same project, from the same original.
pub(super) fn take(store: Store, from: Option<LoadBalancerId>) -> Option<Draft> {
    let text = storage()?.get_item(KEY).ok()??;
    let aside: Aside = serde_json::from_str(&text).ok()?;
    (aside.who == who(store) && aside.from == from).then_some(aside.draft)
}

/// Puts the draft aside with every change.
pub(super) fn keep(store: Store, from: Option<LoadBalancerId>, form: Form, changed: Memo<bool>) {
    Effect::new(move |_| {
        if !changed.get() {
            return;
        }
        let aside = Aside { who: who(store), from, draft: form.draft.get() };
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&aside)) {
            // A full or forbidden storage only forgets.
            let _ = storage.set_item(KEY, &text);
        }
    });
}

/// Forgets it.
pub(super) fn drop_it() {
    if let Some(storage) = storage() {
        // Fails only where there is no storage.
        let _ = storage.remove_item(KEY);
    }
}

fn who(store: Store) -> String {
    let who = store.session.who_untracked();
    who.map(|who| format!("{} {}", who.user.id, who.project.id)).unwrap_or_default()
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
