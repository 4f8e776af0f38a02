//! What every request can reach.

use crate::{
    config::Config, events::Events, networks::Networks, password::Checker, sign_in::Attempts,
    store::Store,
};
use engine::Engine;
use tokio_util::sync::CancellationToken;

/// The running server's parts. Handlers take it as `State<Arc<App>>`.
pub struct App {
    /// What is known.
    pub store: Store,
    /// What moves the traffic.
    pub engine: Engine,
    /// What changed.
    pub events: Events,
    /// Checks passwords.
    pub passwords: Checker,
    /// Who has failed to sign in lately.
    pub attempts: Attempts,
    /// The virtual networks that VIPs are taken from.
    pub networks: Networks,
    /// What the operator decided.
    pub config: Config,
    /// Cancelled when the server stops: long answers end.
    pub stopping: CancellationToken,
}
