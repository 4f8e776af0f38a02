//! The events that tell pages of a difference.

use super::super::object::Object;
use super::table::{Difference, Table};
use openstack_types::{
    LoadBalancerId, ProjectId,
    portal::{Event, EventAction, EventKind},
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// Collects differences. Pages read a load balancer again as a whole, so there is one event for all that has changed in
/// it; statuses alone are in the event.
#[derive(Default)]
pub(in super::super) struct Changes {
    created: Vec<Arc<Object>>,
    deleted: Vec<Arc<Object>>,
    updated: BTreeSet<LoadBalancerId>,
    statuses: Vec<(EventKind, LoadBalancerId, Arc<Object>)>,
}

impl Changes {
    pub(super) fn balancers(&mut self, difference: &Difference) {
        self.created.extend(difference.created.iter().cloned());
        self.deleted.extend(difference.deleted.iter().cloned());
        self.updated.extend(difference.changed.iter().map(|one| LoadBalancerId(one.id)));
        for one in &difference.status {
            let id = LoadBalancerId(one.id);
            self.statuses.push((EventKind::LoadBalancer, id, one.clone()));
        }
    }

    pub(super) fn listeners(&mut self, difference: &Difference) {
        self.parts(&EventKind::Listener, difference);
    }

    pub(super) fn pools(&mut self, difference: &Difference) {
        self.parts(&EventKind::Pool, difference);
    }

    fn parts(&mut self, kind: &EventKind, difference: &Difference) {
        let Difference { created, deleted, changed, status } = difference;
        for part in created.iter().chain(deleted).chain(changed) {
            self.updated.extend(part.balancers.first());
        }
        for part in status {
            if let Some(balancer) = part.balancers.first() {
                self.statuses.push((kind.clone(), *balancer, part.clone()));
            }
        }
    }

    pub(super) fn members(&mut self, balancer: LoadBalancerId, difference: &Difference) {
        let Difference { created, deleted, changed, status } = difference;
        if !(created.is_empty() && deleted.is_empty() && changed.is_empty()) {
            self.updated.insert(balancer);
        }
        for member in status {
            self.statuses.push((EventKind::Member, balancer, member.clone()));
        }
    }

    pub(super) fn events(self, balancers: &Table, project: &ProjectId) -> Vec<Event> {
        let event = |kind: EventKind, action, balancer, object: &Object| Event {
            kind,
            action,
            id: object.id,
            loadbalancer_id: Some(balancer),
            project_id: project.clone(),
            provisioning_status: Some(object.provisioning.clone()),
            operating_status: Some(object.operating.clone()),
            updated_at: object.updated_at.as_deref().map(str::to_owned),
            reason: None,
            since: None,
        };
        let whole = |action, object: &Arc<Object>| {
            event(EventKind::LoadBalancer, action, LoadBalancerId(object.id), object)
        };
        let ids = self.created.iter().chain(&self.deleted).map(|one| LoadBalancerId(one.id));
        let mut reported: HashSet<LoadBalancerId> = ids.collect();
        let mut events: Vec<Event> =
            self.created.iter().map(|one| whole(EventAction::Created, one)).collect();
        events.extend(self.deleted.iter().map(|one| whole(EventAction::Deleted, one)));
        let updated = self.updated.iter().filter(|id| !reported.contains(id));
        let updated: Vec<LoadBalancerId> = updated.copied().collect();
        let rows = updated.iter().filter_map(|id| balancers.get(id.0));
        events.extend(rows.map(|one| whole(EventAction::Updated, one)));
        reported.extend(updated);
        let statuses = self.statuses.into_iter().filter(|(_, of, _)| !reported.contains(of));
        events.extend(
            statuses.map(|(kind, of, object)| event(kind, EventAction::Status, of, &object)),
        );
        events
    }
}
