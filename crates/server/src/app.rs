//! The state that all request handlers share.

use crate::{
    address_policy::AddressPolicy, certificate_reader::CertificateReader, config::Config,
    disk_reserve::DiskReserve, events::Events, networks::Networks, password::PasswordVerifier,
    reconcile::Reconcile, response_cache::ResponseCache, revocations::Revocations,
    sign_in::throttle::SignInThrottle, store::Store, user_limit::UserLimit, vault::Vault,
};
use engine::Engine;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Handlers take it as `State<Arc<App>>`.
pub struct App {
    pub store: Store,
    pub vault: Arc<Vault>,
    pub engine: Engine,
    pub events: Events,
    pub reconcile: Reconcile,
    pub password_verifier: PasswordVerifier,
    pub certificate_reader: CertificateReader,
    pub sign_in_throttle: SignInThrottle,
    /// What may be connected to.
    pub address_policy: Arc<AddressPolicy>,
    /// The networks that VIPs are allocated from.
    pub networks: Networks,
    pub disk_reserve: DiskReserve,
    pub config: Arc<Config>,
    pub event_streams: UserLimit,
    /// Requests in progress.
    pub requests: UserLimit,
    /// Handshakes with listeners.
    pub handshakes: UserLimit,
    pub revocations: Revocations,
    /// Lists of Octavia.
    pub lists: ResponseCache,
    /// Cancelled when the server stops, so that event streams end.
    pub shutdown: CancellationToken,
}
