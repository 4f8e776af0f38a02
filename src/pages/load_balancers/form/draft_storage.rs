//! Keeps drafts in the session storage of the browser, so that they survive a reload, the back button and
//! an expired session. A draft is removed when it has been carried out or discarded.

use crate::store::Store;
use leptos::prelude::*;
use openstack_types::LoadBalancerId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use web_sys::Storage;

/// The storage of one form. A load balancer that is edited or cloned has an entry of its own.
#[derive(Clone, Copy)]
pub struct DraftStorage(pub &'static str);

#[derive(Serialize, Deserialize)]
struct StoredDraft<T> {
    /// User and project: a draft is not shown to the next user of the same browser.
    owner: String,
    draft: T,
}

impl DraftStorage {
    /// The draft of the same user and project.
    pub fn load<T: DeserializeOwned>(self, store: Store, id: Option<LoadBalancerId>) -> Option<T> {
        let text = storage()?.get_item(&self.key(id)).ok()??;
        let stored: StoredDraft<T> = serde_json::from_str(&text).ok()?;
        (stored.owner == owner(store)).then_some(stored.draft)
    }

    pub fn save<T: Serialize>(self, store: Store, id: Option<LoadBalancerId>, draft: T) {
        let stored = StoredDraft { owner: owner(store), draft };
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&stored)) {
            // With a full or forbidden storage the draft is only lost on reload.
            let _ = storage.set_item(&self.key(id), &text);
        }
    }

    pub fn clear(self, id: Option<LoadBalancerId>) {
        if let Some(storage) = storage() {
            // Fails only if the storage is forbidden, and then it is empty.
            let _ = storage.remove_item(&self.key(id));
        }
    }

    fn key(self, id: Option<LoadBalancerId>) -> String {
        id.map_or_else(|| self.0.to_owned(), |id| format!("{} {id}", self.0))
    }
}

fn owner(store: Store) -> String {
    let session = store.session.who_untracked();
    session.map(|session| format!("{} {}", session.user.id, session.project.id)).unwrap_or_default()
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
