//! What of a load balancer needs attention, most urgent first. Pure.

use super::group_use::GroupUse;
use crate::{
    pages::load_balancers::labels::{endpoint_label, listener_label},
    store::{Graph, PoolGraph},
};
use openstack_types::{OperatingStatus, PoolId, ProvisioningStatus};

/// Servers that are named; the rest is a count.
const NAMED_SERVERS: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attention {
    /// The last change failed.
    Failed {
        reason: Option<String>,
    },
    /// Listeners that do not serve.
    ListenersFailed {
        listeners: Vec<String>,
        reason: Option<String>,
    },
    ServersDown(ServersDown),
    /// The load balancer is disabled.
    Disabled,
    NoListener,
    /// No listener has a server: the first server group of a listener, if there is one.
    NoServer {
        group: Option<PoolId>,
    },
    /// Servers exist, but none may take traffic, or no listener is enabled.
    NoneServes,
    /// A server group that a listener uses is empty, while others serve.
    EmptyGroup {
        group: PoolId,
        name: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServersDown {
    /// May be empty.
    pub(super) name: String,
    pub(super) down: usize,
    pub(super) total: usize,
    /// Address and reason of the first servers.
    pub(super) examples: Vec<(String, Option<String>)>,
}

impl Attention {
    /// Whether something fails now.
    pub(super) fn is_error(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::ListenersFailed { .. } => true,
            Self::ServersDown(servers) => servers.down == servers.total,
            _ => false,
        }
    }
}

pub(super) fn attention(graph: &Graph, groups: &GroupUse) -> Vec<Attention> {
    let mut found = Vec::new();
    let reason = || graph.reason().map(str::to_owned);
    let failed = graph.balancer.provisioning_status == ProvisioningStatus::Error;
    if failed {
        found.push(Attention::Failed { reason: reason() });
    }
    let in_error = |status: &ProvisioningStatus| *status == ProvisioningStatus::Error;
    let listeners = graph.listeners.iter().filter(|one| in_error(&one.provisioning_status));
    let listeners: Vec<_> =
        listeners.map(|one| listener_label(&one.protocol, one.protocol_port)).collect();
    if !listeners.is_empty() {
        let reason = reason().filter(|_| !failed);
        found.push(Attention::ListenersFailed { listeners, reason });
    }
    let used: Vec<&PoolGraph> = groups.used.iter().filter_map(|id| find(graph, *id)).collect();
    found.extend(used.iter().filter_map(|one| servers_down(one)).map(Attention::ServersDown));
    let is_new = graph.balancer.provisioning_status == ProvisioningStatus::PendingCreate;
    if !graph.balancer.admin_state_up {
        found.push(Attention::Disabled);
    } else if graph.is_idle() {
        let has_servers = used.iter().any(|one| !one.members.is_empty());
        found.push(match () {
            () if graph.listeners.is_empty() => Attention::NoListener,
            () if has_servers => Attention::NoneServes,
            () => Attention::NoServer { group: groups.used.first().copied() },
        });
    } else if !is_new {
        let empty = used.iter().filter(|one| one.members.is_empty());
        found.extend(
            empty.map(|one| Attention::EmptyGroup {
                group: one.pool.id,
                name: one.pool.name.clone(),
            }),
        );
    }
    // Stable: what is equally urgent stays in order.
    found.sort_by_key(|one| !one.is_error());
    found
}

fn find(graph: &Graph, id: PoolId) -> Option<&PoolGraph> {
    graph.pools.iter().find(|one| one.pool.id == id)
}

fn servers_down(group: &PoolGraph) -> Option<ServersDown> {
    let is_down = |status: &OperatingStatus| *status == OperatingStatus::Error;
    let down: Vec<_> = group.members.iter().filter(|one| is_down(&one.operating_status)).collect();
    (!down.is_empty()).then(|| ServersDown {
        name: group.pool.name.clone(),
        down: down.len(),
        total: group.members.len(),
        examples: down
            .iter()
            .take(NAMED_SERVERS)
            .map(|one| (endpoint_label(&one.address, one.protocol_port), one.reason.clone()))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::load_balancers::details::test_graph::graph;
    use serde_json::{Value, json};

    fn of(value: &Value) -> Vec<Attention> {
        let graph = graph(value);
        attention(&graph, &GroupUse::of(&graph, Some(&[])))
    }

    #[test]
    fn what_serves_nothing_is_named_with_its_cause() {
        assert_eq!(of(&json!({})), [Attention::NoListener]);
        assert_eq!(of(&json!({"listeners": [{}]})), [Attention::NoServer { group: None }]);
        let empty = of(&json!({"listeners": [{"default_pool": 0}], "pools": [{}]}));
        assert!(matches!(empty[..], [Attention::NoServer { group: Some(_) }]));
        let drained = json!({"listeners": [{"default_pool": 0}],
            "pools": [{"members": [{"weight": 0}]}]});
        assert_eq!(of(&drained), [Attention::NoneServes]);
        assert_eq!(of(&json!({"admin_state_up": false})), [Attention::Disabled]);
        assert_eq!(of(&json!({"provisioning_status": "PENDING_CREATE"})), []);
    }

    #[test]
    fn failures_come_first() {
        let found = of(&json!({
            "operating_status": "DEGRADED",
            "provisioning_reason": "port 80 is taken",
            "listeners": [{"default_pool": 0}, {"default_pool": 1, "provisioning_status": "ERROR"}],
            "pools": [
                {"name": "a", "members": [{"operating_status": "ERROR", "reason": "timeout"}, {}]},
                {"name": "b"},
            ],
        }));
        assert!(matches!(
            &found[..],
            [
                Attention::ListenersFailed { reason: Some(_), .. },
                Attention::ServersDown(ServersDown { down: 1, total: 2, .. }),
                Attention::EmptyGroup { .. },
            ]
        ));
    }

    #[test]
    fn a_server_group_that_no_listener_uses_needs_none() {
        let found = of(&json!({
            "listeners": [{"default_pool": 0}],
            "pools": [{"members": [{}]}, {}, {"members": [{"operating_status": "ERROR"}]}],
        }));
        assert_eq!(found, []);
    }
}
