//! Finds the cloud when the server starts.

use super::{
    discover::{self, DiscoverError},
    endpoint_policy::EndpointPolicy,
    keystone::Keystone,
    scope::Scopes,
    session::Sessions,
    state::Cloud,
    upstream::{ClientError, Upstream},
};
use crate::{
    address_policy::AddressPolicy,
    config::{Config, ServiceUrl},
    sign_in::throttle::SignInThrottle,
    user_limit::UserLimit,
};
use std::{net::SocketAddr, sync::Arc};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Reads of members at the same time, for all projects.
const MEMBER_REQUESTS: usize = 16;

/// Why the portal can't stand in front of the cloud. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Discover(#[from] DiscoverError),
}

/// Looks for Keystone v3 at a URL. `listen` is where the portal itself listens.
///
/// # Errors
/// It is not there, or can't be trusted.
pub async fn connect(
    url: &str,
    config: Arc<Config>,
    listen: SocketAddr,
) -> Result<Arc<Cloud>, StartError> {
    let base = discover::keystone_url(url)?;
    let addresses = AddressPolicy::new(&config.members, vec![listen]);
    let policy = Arc::new(EndpointPolicy::new(
        addresses,
        is_on_this_machine(&base).await,
        base.is_https(),
        &config.cloud.endpoint_hosts,
    ));
    let upstream = Upstream::new(policy.clone(), config.cloud.ca_file.as_deref())?;
    let root = discover::discover(&upstream, &base).await?;
    let limits = &config.limits;
    Ok(Arc::new(Cloud {
        event_streams: UserLimit::new(limits.event_streams, limits.event_streams_per_user),
        shutdown: CancellationToken::new(),
        upstream,
        policy,
        keystone: Keystone::new(root),
        sessions: Sessions::default(),
        scopes: Scopes::default(),
        member_slots: Semaphore::new(MEMBER_REQUESTS),
        throttle: SignInThrottle::default(),
        config,
    }))
}

/// Whether Keystone is on this machine, so that its services may be too. A name that can't be resolved is reported
/// by the request that follows.
async fn is_on_this_machine(base: &ServiceUrl) -> bool {
    let found = tokio::net::lookup_host((base.host(), base.port())).await;
    found.is_ok_and(|mut addresses| {
        addresses.any(|address| address.ip().to_canonical().is_loopback())
    })
}
