//! A load balancer with every field of all its parts, as an edit, a clone or an export needs it. The
//! lists of the store hold fewer fields of servers.

use super::LoadBalancers;
use crate::client::{self, Result};
use futures::future::try_join_all;
use leptos::prelude::*;
use openstack_types::{
    ListenerId, LoadBalancerId,
    error::ApiError,
    octavia::{L7Policy, L7PolicyAction},
};

impl LoadBalancers {
    /// # Errors
    /// Those of the service; 404 if the load balancer does not exist.
    pub async fn read_full_graph(self, id: LoadBalancerId) -> Result<plan::Graph> {
        self.read(id).await?;
        let graph = untrack(|| self.graph(id)).ok_or_else(|| ApiError {
            status: 404,
            message: "not found".to_owned(),
            field: None,
        })?;
        let members = graph.pools.iter().map(|pool| async {
            let members = client::octavia::members(pool.pool.id).await?;
            Ok::<_, ApiError>((pool.pool.id, members))
        });
        let redirecting = graph.listeners.iter().filter(|one| !one.l7policies.is_empty());
        let policies = try_join_all(redirecting.map(|one| client::octavia::policies(one.id)));
        let policies: Vec<_> = policies.await?.into_iter().flatten().collect();
        let rules = policies.iter().filter(|policy| !policy.rules.is_empty()).map(|one| async {
            Ok::<_, ApiError>((one.id, client::octavia::rules(one.id).await?))
        });
        Ok(plan::Graph {
            rules: try_join_all(rules).await?.into_iter().collect(),
            policies,
            members: try_join_all(members).await?.into_iter().collect(),
            loadbalancer: graph.balancer.clone(),
            listeners: graph.listeners.clone(),
            pools: graph.pools.iter().map(|pool| pool.pool.clone()).collect(),
            monitors: graph.pools.iter().filter_map(|pool| pool.monitor.clone()).collect(),
        })
    }

    /// The L7 policies of some listeners.
    ///
    /// # Errors
    /// Those of the service.
    pub async fn policies(self, listeners: &[ListenerId]) -> Result<Vec<L7Policy>> {
        let read = listeners.iter().map(|one| client::octavia::policies(*one));
        Ok(try_join_all(read).await?.into_iter().flatten().collect())
    }

    /// Replaces what serves the load balancer.
    ///
    /// # Errors
    /// Those of the service: only administrators may do it.
    pub async fn failover(self, id: LoadBalancerId) -> Result<()> {
        client::octavia::failover(id).await
    }

    /// The URL that a listener redirects every request to.
    ///
    /// # Errors
    /// Those of the service.
    pub async fn redirect(self, listener: ListenerId) -> Result<Option<String>> {
        let policies = client::octavia::policies(listener).await?;
        let is_redirect = |policy: &&L7Policy| policy.action == L7PolicyAction::RedirectPrefix;
        for policy in policies.iter().filter(is_redirect) {
            let rules = client::octavia::rules(policy.id).await?;
            if let Some(url) = policy.redirects_to_https(&rules) {
                return Ok(Some(url.to_owned()));
            }
        }
        Ok(None)
    }
}
