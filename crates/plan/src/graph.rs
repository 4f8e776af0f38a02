//! An existing load balancer, and the form values of its parts.

use crate::{HealthDraft, ListenerOptions, draft::RedirectPolicy, request::seconds};
use openstack_types::{
    ListenerId, PoolId,
    octavia::{HealthMonitor, L7Policy, Listener, LoadBalancer, Member, Pool},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr};

/// A load balancer with all of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    pub loadbalancer: LoadBalancer,
    pub listeners: Vec<Listener>,
    pub pools: Vec<Pool>,
    pub members: BTreeMap<PoolId, Vec<Member>>,
    pub monitors: Vec<HealthMonitor>,
    #[serde(default)]
    pub policies: Vec<L7Policy>,
}

impl Graph {
    /// The members of a pool in the order of the form: by address as a number, then by port.
    pub(crate) fn members_in_order(&self, pool: PoolId) -> Vec<&Member> {
        let mut members: Vec<_> = self.members.get(&pool).into_iter().flatten().collect();
        members.sort_by_cached_key(|one| (one.address.parse::<IpAddr>().ok(), one.protocol_port));
        members
    }

    pub(crate) fn health_monitor(&self, pool: &Pool) -> Option<&HealthMonitor> {
        self.monitors.iter().find(|monitor| {
            Some(monitor.id) == pool.healthmonitor_id
                || monitor.pools.iter().any(|reference| reference.id == pool.id)
        })
    }

    /// The policy that redirects every request of a listener to HTTPS. Without rules it is not active
    /// yet.
    pub(crate) fn redirect_policy(&self, listener: ListenerId) -> Option<&L7Policy> {
        let redirects = self.policies.iter().filter(|policy| {
            policy.listener_id == listener && policy.redirects_to_https().is_some()
        });
        redirects.min_by_key(|policy| (policy.rules.is_empty(), policy.position))
    }

    /// The URL that a listener redirects every request to.
    pub(crate) fn redirect_url(&self, listener: ListenerId) -> Option<String> {
        let policy = self.redirect_policy(listener).filter(|policy| !policy.rules.is_empty())?;
        policy.redirects_to_https().map(str::to_owned)
    }

    /// The fields of the redirect policy that no form shows. Octavia's default code counts as unset.
    pub(crate) fn redirect_policy_draft(&self, listener: ListenerId) -> RedirectPolicy {
        const DEFAULT_CODE: u16 = 302;
        let draft = self.redirect_policy(listener).map(|policy| RedirectPolicy {
            http_code: policy.redirect_http_code.filter(|code| *code != DEFAULT_CODE),
            description: policy.description.clone(),
            tags: policy.tags.clone(),
        });
        draft.unwrap_or_default()
    }
}

pub(crate) fn health_draft(monitor: &HealthMonitor) -> HealthDraft {
    let defaults = HealthDraft::default();
    HealthDraft {
        name: monitor.name.clone(),
        kind: Some(monitor.kind.clone()),
        delay: monitor.delay.to_string(),
        timeout: monitor.timeout.to_string(),
        rise: monitor.max_retries.to_string(),
        fall: monitor.max_retries_down.to_string(),
        method: monitor.http_method.clone().unwrap_or(defaults.method),
        path: monitor.url_path.clone().unwrap_or(defaults.path),
        codes: monitor.expected_codes.clone().unwrap_or(defaults.codes),
        domain: monitor.domain_name.clone().unwrap_or_default(),
        tags: monitor.tags.clone(),
    }
}

/// Listener options as typed. Timeouts are in milliseconds; Octavia's defaults count as unset.
pub(crate) fn options_draft(
    allowed_cidrs: Option<&[String]>,
    client_data: Option<u64>,
    member_connect: Option<u64>,
    member_data: Option<u64>,
) -> ListenerOptions {
    let typed = |ms: Option<u64>, default: u64| {
        ms.filter(|ms| *ms != default).map(seconds).unwrap_or_default()
    };
    ListenerOptions {
        allowed_cidrs: allowed_cidrs.unwrap_or_default().join("\n"),
        timeout_client_data: typed(client_data, 50_000),
        timeout_member_connect: typed(member_connect, 5_000),
        timeout_member_data: typed(member_data, 50_000),
    }
}

/// The options of an existing listener, as typed.
pub(crate) fn listener_options(listener: &Listener) -> ListenerOptions {
    options_draft(
        listener.allowed_cidrs.as_deref(),
        listener.timeout_client_data,
        listener.timeout_member_connect,
        listener.timeout_member_data,
    )
}

/// Milliseconds that a listener waits for content inspection. Octavia's default of 0 counts as unset.
pub(crate) fn tcp_inspect_timeout(listener: &Listener) -> Option<u64> {
    listener.timeout_tcp_inspect.filter(|milliseconds| *milliseconds != 0)
}
