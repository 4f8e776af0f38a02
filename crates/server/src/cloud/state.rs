//! The state that all handlers of a portal in front of a cloud share.

use super::{
    endpoint_policy::EndpointPolicy, keystone::Keystone, scope::Scopes, session::Sessions,
    upstream::Upstream,
};
use crate::{config::Config, sign_in::throttle::SignInThrottle, user_limit::UserLimit};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub struct Cloud {
    pub config: Arc<Config>,
    /// Cancelled when the server stops, so that event streams end.
    pub shutdown: CancellationToken,
    pub(super) upstream: Upstream,
    pub(super) policy: Arc<EndpointPolicy>,
    pub(super) keystone: Keystone,
    pub(super) sessions: Sessions,
    pub(super) throttle: SignInThrottle,
    pub(super) event_streams: UserLimit,
    pub(super) scopes: Scopes,
    /// Reads of members at the same time, for all projects.
    pub(super) member_slots: Semaphore,
}
