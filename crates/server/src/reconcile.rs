//! Makes the engine run what the database describes, and stores what the engine reports.
//!
//! A change is committed first and applied afterwards. If the server stops in between, the next
//! start applies every load balancer again, so no change is lost. Changes of one load balancer are
//! applied one after the other, changes of different ones concurrently.

mod apply;
mod parts;
mod reports;
mod traffic;

pub use parts::Parts;
pub use traffic::Traffic;

use crate::store::octavia::{operating_status, provisioning, traffic::Entry};
use engine::report::Report;
use openstack_types::LoadBalancerId;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc},
    task::{self, JoinSet},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;

/// Limit of load balancers that are applied at the same time.
const MAX_CONCURRENT: usize = 8;
/// How often traffic totals are stored.
const FLUSH_INTERVAL: Duration = Duration::from_secs(5);
/// Limit of reports that are stored in one transaction.
const REPORT_BATCH: usize = 512;

/// The handle that request handlers use.
pub struct Reconcile {
    queue: mpsc::UnboundedSender<LoadBalancerId>,
    traffic: Arc<Traffic>,
}

/// Load balancers to apply.
pub struct Queue(mpsc::UnboundedReceiver<LoadBalancerId>);

impl Reconcile {
    /// `totals` is the traffic that was counted before this start.
    pub fn new(totals: Vec<Entry>) -> (Self, Queue) {
        let (queue, receiver) = mpsc::unbounded_channel();
        (Self { queue, traffic: Arc::new(Traffic::new(totals)) }, Queue(receiver))
    }

    /// Applies the load balancer as the database describes it by then. Never blocks.
    pub fn enqueue(&self, id: LoadBalancerId) {
        // An error means that the server is stopping. The next start applies the change.
        let _ = self.queue.send(id);
    }

    pub fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }
}

/// Runs until `shutdown`.
pub async fn run(
    parts: Parts,
    queue: Queue,
    mut reports: mpsc::UnboundedReceiver<Report>,
    shutdown: CancellationToken,
) {
    let mut queue = queue.0;
    let mut workers = Workers::new(parts.clone());
    let Parts { store, traffic, .. } = &parts;
    if let Err(error) = store.write(operating_status::clear_process_failures).await {
        let error: rusqlite::Error = error;
        tracing::error!(%error, "resetting the state of the processes failed");
    }
    match store.read(provisioning::load_balancer_ids).await {
        Ok(ids) => ids.into_iter().for_each(|id| workers.enqueue(id)),
        Err(error) => tracing::error!(%error, "reading the load balancers failed"),
    }
    let mut flush = tokio::time::interval(FLUSH_INTERVAL);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut batch = Vec::new();
    let mut engine_reports = true;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(id) = queue.recv() => workers.enqueue(id),
            Some(finished) = workers.tasks.join_next_with_id() => workers.finish(finished),
            count = reports.recv_many(&mut batch, REPORT_BATCH), if engine_reports => {
                engine_reports = count > 0;
                reports::store(store, traffic, std::mem::take(&mut batch)).await;
            }
            _ = flush.tick() => traffic.flush(store).await,
        }
    }
    workers.tasks.shutdown().await;
    traffic.flush(store).await;
}

/// The tasks that apply load balancers: at most one for each load balancer.
struct Workers {
    parts: Parts,
    tasks: JoinSet<()>,
    task_targets: HashMap<task::Id, LoadBalancerId>,
    /// Load balancers being applied. `true`: changed since, to be applied again.
    active: HashMap<LoadBalancerId, bool>,
    permits: Arc<Semaphore>,
}

impl Workers {
    fn new(parts: Parts) -> Self {
        Self {
            parts,
            tasks: JoinSet::new(),
            task_targets: HashMap::new(),
            active: HashMap::new(),
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT)),
        }
    }

    fn enqueue(&mut self, id: LoadBalancerId) {
        if let Some(changed) = self.active.get_mut(&id) {
            *changed = true;
            return;
        }
        self.active.insert(id, false);
        let (parts, permits) = (self.parts.clone(), self.permits.clone());
        let task = self.tasks.spawn(async move {
            let _permit = permits.acquire_owned().await;
            apply::apply(&parts, id).await;
        });
        self.task_targets.insert(task.id(), id);
    }

    fn finish(&mut self, finished: Result<(task::Id, ()), task::JoinError>) {
        let task = match finished {
            Ok((task, ())) => task,
            Err(error) => {
                tracing::error!(%error, "applying a load balancer ended early");
                error.id()
            }
        };
        let Some(id) = self.task_targets.remove(&task) else { return };
        if self.active.remove(&id) == Some(true) {
            self.enqueue(id);
        }
    }
}
