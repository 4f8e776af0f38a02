//! The L7 policies of the load balancer that the page shows.

use super::shown_graph::{ShownGraph, select};
use crate::store::use_store;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ProvisioningStatus, octavia::L7Policy};
use std::sync::Arc;

/// The policies of all listeners; `None` until they have been read.
pub(super) type Policies = ReadSignal<Option<Arc<Vec<L7Policy>>>>;

/// Reads them, and again after each change of the load balancer.
pub(super) fn follow(shown: ShownGraph) -> Policies {
    let balancers = use_store().load_balancers;
    let (policies, set_policies) = signal(None);
    let turn = StoredValue::new(0_u32);
    let wanted = select(shown, |graph| {
        let status = &graph.balancer.provisioning_status;
        let has_policies = graph.listeners.iter().filter(|one| !one.l7policies.is_empty());
        (*status == ProvisioningStatus::Active, has_policies.map(|one| one.id).collect::<Vec<_>>())
    });
    Effect::new(move |_| {
        let Some((is_active, listeners)) = wanted.get() else { return };
        if listeners.is_empty() {
            set_policies.set(Some(Arc::default()));
            return;
        }
        // They are about to change.
        if !is_active && policies.with_untracked(Option::is_some) {
            return;
        }
        let this = turn.get_value() + 1;
        turn.set_value(this);
        spawn_local(async move {
            // After a failure, the next change or `Refresh` reads them again.
            if let Ok(read) = balancers.policies(&listeners).await
                && turn.try_get_value() == Some(this)
            {
                set_policies.try_set(Some(Arc::new(read)));
            }
        });
    });
    policies
}
