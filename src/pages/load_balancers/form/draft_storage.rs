//! What is typed, in the browser's session storage, so that a reload, the back button and a session
//! that ended lose nothing of it. It is dropped when it has been carried out or given up.

use crate::store::Store;
use leptos::prelude::*;
use openstack_types::LoadBalancerId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use web_sys::Storage;

/// A place for one form, by its key; each load balancer has one of its own.
#[derive(Clone, Copy)]
pub struct DraftStorage(pub &'static str);

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    /// Whose it is: user and project. What one typed is not for the next at the same browser.
    who: String,
    what: T,
}

impl DraftStorage {
    /// What was put aside by the same person, in the same project, of the same load balancer.
    pub fn load<T: DeserializeOwned>(self, store: Store, of: Option<LoadBalancerId>) -> Option<T> {
        let text = storage()?.get_item(&self.key(of)).ok()??;
        let kept: Kept<T> = serde_json::from_str(&text).ok()?;
        (kept.who == who(store)).then_some(kept.what)
    }

    /// Puts it aside.
    pub fn save<T: Serialize>(self, store: Store, of: Option<LoadBalancerId>, what: T) {
        let kept = Kept { who: who(store), what };
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&kept)) {
            // A full or forbidden storage only forgets.
            let _ = storage.set_item(&self.key(of), &text);
        }
    }

    /// Forgets it.
    pub fn clear(self, of: Option<LoadBalancerId>) {
        if let Some(storage) = storage() {
            // Fails only where there is no storage.
            let _ = storage.remove_item(&self.key(of));
        }
    }

    fn key(self, of: Option<LoadBalancerId>) -> String {
        of.map_or_else(|| self.0.to_owned(), |id| format!("{} {id}", self.0))
    }
}

fn who(store: Store) -> String {
    let who = store.session.who_untracked();
    who.map(|who| format!("{} {}", who.user.id, who.project.id)).unwrap_or_default()
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
