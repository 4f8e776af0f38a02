//! A load balancer with every field of all that hangs on it, as a clone or an export needs it. What
//! the store keeps for its lists knows less of the servers.

use super::LoadBalancers;
use crate::client::{self, Result};
use futures::future::try_join_all;
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, error::ApiError};

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
        Ok(plan::Graph {
            members: try_join_all(members).await?.into_iter().collect(),
            loadbalancer: graph.balancer.clone(),
            listeners: graph.listeners.clone(),
            pools: graph.pools.iter().map(|pool| pool.pool.clone()).collect(),
            monitors: graph.pools.iter().filter_map(|pool| pool.monitor.clone()).collect(),
        })
    }
}
