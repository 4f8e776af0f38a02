//! Names of users. A load balancer has only the id of its creator.

use crate::client::{self, Result};
use futures::{FutureExt, future::LocalBoxFuture};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::UserId;
use std::collections::HashMap;

/// The names; a handle.
#[derive(Clone, Copy)]
pub struct Users {
    /// `None` is being read, or may not be read by the user.
    names: RwSignal<HashMap<UserId, Option<String>>>,
    /// Set by a chunk: the first download doesn't contain how to read a name.
    read: RwSignal<Option<ReadName>>,
}

type ReadName = fn(UserId) -> LocalBoxFuture<'static, Result<String>>;

impl Users {
    pub(super) fn new() -> Self {
        Self { names: RwSignal::default(), read: RwSignal::default() }
    }

    pub(super) fn insert(self, id: UserId, name: String) {
        self.names.update(|names| {
            names.insert(id, Some(name));
        });
    }

    pub(super) fn forget(self) {
        self.names.update(HashMap::clear);
    }

    /// Reads names from now on.
    pub fn read_names(self) {
        self.read
            .set(Some(|id| async move { client::keystone::user_name(&id).await }.boxed_local()));
    }

    /// The name, or the id if the user may not read it. Asks Keystone once.
    pub fn name(self, id: &UserId) -> String {
        if let Some(known) = self.names.with(|names| names.get(id).cloned()) {
            return known.unwrap_or_else(|| id.to_string());
        }
        let Some(read) = self.read.get() else { return id.to_string() };
        let asked = id.clone();
        spawn_local(async move {
            let known = self.names.with_untracked(|names| names.contains_key(&asked));
            if known {
                return;
            }
            self.names.update_untracked(|names| {
                names.insert(asked.clone(), None);
            });
            if let Ok(name) = read(asked.clone()).await {
                self.insert(asked, name);
            }
        });
        id.to_string()
    }
}
