//! The state that all request handlers share.

use crate::{
    address_policy::AddressPolicy, certificate_reader::CertificateReader, config::Config,
    events::Events, networks::Networks, password::PasswordVerifier, reconcile::Reconcile,
    sign_in::throttle::SignInThrottle, store::Store, user_limit::UserLimit, vault::Vault,
};
use engine::Engine;
use std::sync::Arc;
use tokio::sync::watch;
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
    pub config: Arc<Config>,
    pub event_streams: UserLimit,
    /// Requests in progress.
    pub requests: UserLimit,
    /// Handshakes with listeners.
    pub handshakes: UserLimit,
    /// Notifies open event streams that a token was revoked.
    pub token_revocations: watch::Sender<()>,
    /// Cancelled when the server stops, so that event streams end.
    pub shutdown: CancellationToken,
}

impl App {
    /// Makes every open event stream check its token again.
    pub fn notify_token_revocation(&self) {
        self.token_revocations.send_replace(());
    }
}
