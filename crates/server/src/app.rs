//! What every request can reach.

use crate::{
    config::Config, events::Events, networks::Networks, password::Checker, reconcile::Reconcile,
    sign_in::Attempts, store::Store, vault::Vault,
};
use engine::Engine;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// The running server's parts. Handlers take it as `State<Arc<App>>`.
pub struct App {
    /// What is known.
    pub store: Store,
    /// Seals the payloads of secrets and opens them.
    pub vault: Vault,
    /// What moves the traffic.
    pub engine: Engine,
    /// What changed.
    pub events: Events,
    /// Has the engine run what is known, and counts.
    pub reconcile: Reconcile,
    /// Checks passwords.
    pub passwords: Checker,
    /// Who has failed to sign in lately.
    pub attempts: Attempts,
    /// The virtual networks that VIPs are taken from.
    pub networks: Networks,
    /// What the operator decided.
    pub config: Config,
    /// How many more pages may listen to events.
    pub event_places: Arc<Semaphore>,
    /// Changes whenever tokens were ended before their time; see [`App::tokens_ended`].
    pub token_changes: watch::Sender<()>,
    /// Cancelled when the server stops: long answers end.
    pub stopping: CancellationToken,
}

impl App {
    /// Has everything that lives as long as a token look at its token again.
    pub fn tokens_ended(&self) {
        self.token_changes.send_replace(());
    }
}
