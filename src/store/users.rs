//! Names of users: a load balancer tells only the id of who created it.

use crate::client;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::UserId;
use std::collections::HashMap;

/// The names known; a handle.
#[derive(Clone, Copy)]
pub struct Users {
    /// `None` is being asked for, or not for the caller to know.
    names: RwSignal<HashMap<UserId, Option<String>>>,
}

impl Users {
    pub(super) fn new() -> Self {
        Self { names: RwSignal::default() }
    }

    pub(super) fn know(self, id: UserId, name: String) {
        self.names.update(|names| {
            names.insert(id, Some(name));
        });
    }

    pub(super) fn forget(self) {
        self.names.update(HashMap::clear);
    }

    /// The name, or the id for whoever may not know it. Asks Keystone once.
    pub fn name(self, id: &UserId) -> String {
        if let Some(known) = self.names.with(|names| names.get(id).cloned()) {
            return known.unwrap_or_else(|| id.to_string());
        }
        let asked = id.clone();
        spawn_local(async move {
            let known = self.names.with_untracked(|names| names.contains_key(&asked));
            if known {
                return;
            }
            self.names.update_untracked(|names| {
                names.insert(asked.clone(), None);
            });
            if let Ok(name) = client::keystone::user_name(&asked).await {
                self.know(asked, name);
            }
        });
        id.to_string()
    }
}
