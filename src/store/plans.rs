//! A load balancer with every field of all that hangs on it, as a clone or an export needs it. What
//! the store keeps for its lists knows less of the servers.

use super::LoadBalancers;
use crate::client::{self, Result};
use futures::future::try_join_all;
use leptos::prelude::*;
use openstack_types::{ListenerId, LoadBalancerId, error::ApiError};

impl LoadBalancers {
    /// Reads all of a load balancer.
    ///
    /// # Errors
    /// What the service says; 404 where it is gone.
    pub async fn plan_graph(self, id: LoadBalancerId) -> Result<plan::Graph> {
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
        Ok(plan::Graph {
            policies: policies.await?.into_iter().flatten().collect(),
            members: try_join_all(members).await?.into_iter().collect(),
            loadbalancer: graph.balancer.clone(),
            listeners: graph.listeners.clone(),
            pools: graph.pools.iter().map(|pool| pool.pool.clone()).collect(),
            monitors: graph.pools.iter().filter_map(|pool| pool.monitor.clone()).collect(),
        })
    }

    /// Where a listener sends everything, if it does.
    ///
    /// # Errors
    /// What the service says.
    pub async fn redirect(self, listener: ListenerId) -> Result<Option<String>> {
        let policies = client::octavia::policies(listener).await?;
        let mut redirects = policies.iter().filter(|policy| !policy.rules.is_empty());
        Ok(redirects.find_map(|policy| policy.redirects_to_https()).map(str::to_owned))
    }
}
