//! Names of users. A load balancer has only the id of its creator.

use crate::client;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::UserId;
use std::collections::HashMap;

/// The names; a handle.
#[derive(Clone, Copy)]
pub struct Users {
    /// `None` is being read, or may not be read by the user.
    names: RwSignal<HashMap<UserId, Option<String>>>,
}

impl Users {
    pub(super) fn new() -> Self {
        Self { names: RwSignal::default() }
    }

    pub(super) fn insert(self, id: UserId, name: String) {
        self.names.update(|names| {
            names.insert(id, Some(name));
        });
    }

    pub(super) fn forget(self) {
        self.names.update(HashMap::clear);
    }

    /// The name, or the id if the user may not read it. Asks Keystone once.
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
                self.insert(asked, name);
            }
        });
        id.to_string()
    }
}
