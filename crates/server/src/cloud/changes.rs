//! What has changed in a cloud since a list was read. A cloud sends no events.

use super::{auth::SignedIn, error::CloudError, reading::octavia_list, state::Cloud};
use openstack_types::{
    LoadBalancerId, OperatingStatus, ProjectId, ProvisioningStatus,
    portal::{Event, EventAction, EventKind},
};
use serde::Deserialize;
use std::collections::HashMap;

/// A load balancer, as far as a list needs to know whether it has changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Observed {
    id: LoadBalancerId,
    provisioning_status: ProvisioningStatus,
    operating_status: OperatingStatus,
    #[serde(default)]
    updated_at: Option<String>,
}

/// The load balancers of a project at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot(HashMap<LoadBalancerId, Observed>);

impl Snapshot {
    /// One light request for each thousand load balancers.
    pub(super) async fn read(cloud: &Cloud, signed_in: &SignedIn) -> Result<Self, CloudError> {
        let project = signed_in.session.project.id.clone();
        let query = [
            ("project_id", project.as_str()),
            ("fields", "id"),
            ("fields", "provisioning_status"),
            ("fields", "operating_status"),
            ("fields", "updated_at"),
        ];
        let listed =
            octavia_list(cloud, signed_in, "/loadbalancers", "loadbalancers", &query).await?;
        let observed = listed.into_iter().filter_map(|one| serde_json::from_value(one).ok());
        Ok(observed.collect())
    }

    /// Whether something is being changed, so that the next change is near.
    pub(super) fn is_pending(&self) -> bool {
        self.0.values().any(|one| one.provisioning_status.is_pending())
    }

    /// The events that lead from this snapshot to a later one.
    pub(super) fn changes_to(&self, later: &Self, project: &ProjectId) -> Vec<Event> {
        let changed = later.0.values().filter_map(|now| match self.0.get(&now.id) {
            None => Some(event(now, EventAction::Created, project)),
            Some(before) if before != now => Some(event(now, EventAction::Updated, project)),
            Some(_) => None,
        });
        let deleted = self.0.values().filter(|one| !later.0.contains_key(&one.id));
        changed.chain(deleted.map(|one| event(one, EventAction::Deleted, project))).collect()
    }
}

impl FromIterator<Observed> for Snapshot {
    fn from_iter<I: IntoIterator<Item = Observed>>(all: I) -> Self {
        let exists = |one: &Observed| one.provisioning_status.as_str() != "DELETED";
        Self(all.into_iter().filter(exists).map(|one| (one.id, one)).collect())
    }
}

fn event(of: &Observed, action: EventAction, project: &ProjectId) -> Event {
    Event {
        kind: EventKind::LoadBalancer,
        action,
        id: of.id.0,
        loadbalancer_id: Some(of.id),
        project_id: project.clone(),
        provisioning_status: Some(of.provisioning_status.clone()),
        operating_status: Some(of.operating_status.clone()),
        updated_at: of.updated_at.clone(),
        reason: None,
        since: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn snapshot(rows: &[(u128, &str, &str)]) -> Snapshot {
        rows.iter()
            .map(|(id, status, updated)| {
                let id = uuid::Uuid::from_u128(*id);
                let row = json!({"id": id, "provisioning_status": status,
                    "operating_status": "ONLINE", "updated_at": updated});
                serde_json::from_value::<Observed>(row).unwrap()
            })
            .collect()
    }

    #[test]
    fn created_changed_and_deleted_load_balancers_are_found() {
        let before = snapshot(&[
            (1, "ACTIVE", "1"),
            (2, "ACTIVE", "1"),
            (3, "PENDING_DELETE", "1"),
            (4, "ACTIVE", "1"),
        ]);
        let after = snapshot(&[
            (1, "ACTIVE", "1"),
            (2, "ACTIVE", "2"),
            (3, "DELETED", "2"),
            (5, "PENDING_CREATE", "1"),
        ]);
        let project = ProjectId("p".to_owned());
        let mut found: Vec<(u128, EventAction)> = before
            .changes_to(&after, &project)
            .into_iter()
            .map(|event| (event.id.as_u128(), event.action))
            .collect();
        found.sort_by_key(|(id, _)| *id);
        let expected = [
            (2, EventAction::Updated),
            (3, EventAction::Deleted),
            (4, EventAction::Deleted),
            (5, EventAction::Created),
        ];
        assert_eq!(found, expected);
        assert!(before.is_pending() && after.is_pending());
        assert!(after.changes_to(&after, &project).is_empty());
        assert!(!snapshot(&[(1, "ACTIVE", "1"), (2, "ERROR", "1")]).is_pending());
    }
}
