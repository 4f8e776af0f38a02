//! Requests without a pause.

use crate::client::Client;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};
use tokio::task::JoinSet;

/// Clients that send one request after the other until they are stopped.
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

/// What a load came to.
pub struct Counted {
    /// Good answers.
    pub answered: u64,
    /// All else.
    pub failed: u64,
}

impl Load {
    /// Starts them, all at one address.
    pub fn start(address: &str, connections: usize) -> Self {
        let (stop, counts) = (Arc::<AtomicBool>::default(), Arc::<Counts>::default());
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            let (stop, counts) = (stop.clone(), counts.clone());
            let mut client = Client::new(address);
            clients.spawn(async move {
                while !stop.load(Relaxed) {
                    let answer = client.get("/", "").await;
                    let good = answer.is_ok_and(|answer| answer.status.is_success());
                    let count = if good { &counts.answered } else { &counts.failed };
                    count.fetch_add(1, Relaxed);
                }
            });
        }
        Self { stop, counts, clients }
    }

    /// Ends them, and counts.
    pub async fn stop(self) -> Counted {
        self.stop.store(true, Relaxed);
        self.clients.join_all().await;
        Counted {
            answered: self.counts.answered.load(Relaxed),
            failed: self.counts.failed.load(Relaxed),
        }
    }
}
