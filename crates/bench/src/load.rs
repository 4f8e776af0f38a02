//! A load generator: requests without a pause.

use crate::client::Client;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};
use tokio::task::JoinSet;

/// Clients that send one request after another until they are stopped.
pub struct Load {
    stop: Arc<AtomicBool>,
    counts: Arc<Counts>,
    clients: JoinSet<()>,
}

#[derive(Default)]
struct Counts {
    answered: AtomicU64,
    failed: AtomicU64,
}

pub struct RequestCounts {
    /// Responses with a success status.
    pub answered: u64,
    /// Errors and responses with another status.
    pub failed: u64,
}

impl Load {
    pub fn start(address: &str, connections: usize) -> Self {
        let (stop, counts) = (Arc::<AtomicBool>::default(), Arc::<Counts>::default());
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            let (stop, counts) = (stop.clone(), counts.clone());
            let mut client = Client::new(address);
            clients.spawn(async move {
                while !stop.load(Relaxed) {
                    let response = client.get("/", "").await;
                    let is_success = response.is_ok_and(|response| response.status.is_success());
                    let count = if is_success { &counts.answered } else { &counts.failed };
                    count.fetch_add(1, Relaxed);
                }
            });
        }
        Self { stop, counts, clients }
    }

    pub async fn stop(self) -> RequestCounts {
        self.stop.store(true, Relaxed);
        self.clients.join_all().await;
        RequestCounts {
            answered: self.counts.answered.load(Relaxed),
            failed: self.counts.failed.load(Relaxed),
        }
    }
}
