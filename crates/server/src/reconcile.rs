//! Makes the engine run what the database describes, and stores what the engine reports.
//!
//! A change is committed first and applied afterwards. If the server stops in between, the next
//! start applies every load balancer again, so no change is lost. Changes of one load balancer are
//! applied one after the other, changes of different ones concurrently. What does not run as wanted
//! is tried again by itself, with growing delays.

mod apply;
mod desired;
mod parts;
mod portal_members;
mod reports;
mod request;
mod retries;
mod traffic;
mod workers;

pub use parts::Parts;
pub use traffic::Traffic;

use crate::store::{
    Store,
    octavia::{operating_status, provisioning, traffic::Entry},
};
use engine::report::Report;
use openstack_types::{LoadBalancerId, ProjectId};
use portal_members::PortalMembers;
use reports::ReportWriter;
use request::Request;
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use workers::Workers;

/// How often traffic totals are stored.
const FLUSH_INTERVAL: Duration = Duration::from_secs(5);
/// How often to look whether a member has become the portal.
const PORTAL_MEMBERS_INTERVAL: Duration = Duration::from_secs(15);
/// Limit of reports that are taken at once.
const REPORT_BATCH: usize = 512;

/// The handle that request handlers use.
pub struct Reconcile {
    queue: mpsc::UnboundedSender<Request>,
    traffic: Arc<Traffic>,
}

/// Load balancers to apply.
pub struct Queue(mpsc::UnboundedReceiver<Request>);

impl Reconcile {
    /// `totals` is the traffic that was counted before this start.
    pub fn new(totals: Vec<Entry>) -> (Self, Queue) {
        let (queue, receiver) = mpsc::unbounded_channel();
        (Self { queue, traffic: Arc::new(Traffic::new(totals)) }, Queue(receiver))
    }

    /// Applies the load balancer as the database describes it by then. Never blocks.
    pub fn enqueue(&self, id: LoadBalancerId) {
        self.send(Request { id, new_process: false });
    }

    /// [`Self::enqueue`], with a new process in any case.
    pub fn enqueue_failover(&self, id: LoadBalancerId) {
        self.send(Request { id, new_process: true });
    }

    fn send(&self, request: Request) {
        // An error means that the server is stopping. The next start applies the change.
        let _ = self.queue.send(request);
    }

    pub fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }
}

/// An error shows when the load balancer is applied.
async fn project_of(store: &Store, id: LoadBalancerId) -> Option<ProjectId> {
    let project: rusqlite::Result<_> = store.read(move |db| provisioning::project_of(db, id)).await;
    project.ok().flatten()
}

/// Runs until `shutdown`.
pub async fn run(
    parts: Parts,
    queue: Queue,
    mut reports: mpsc::UnboundedReceiver<Report>,
    shutdown: CancellationToken,
) {
    let mut queue = queue.0;
    let Parts { store, traffic, .. } = parts.clone();
    let mut writer = ReportWriter::new(store.clone(), traffic.clone());
    let mut workers = Workers::new(
        {
            let parts = parts.clone();
            Arc::new(move |request| {
                let parts = parts.clone();
                Box::pin(async move { apply::apply(&parts, request).await })
            })
        },
        {
            let store = store.clone();
            Arc::new(move |id| {
                let store = store.clone();
                Box::pin(async move { project_of(&store, id).await })
            })
        },
    );
    if let Err(error) = store.write(operating_status::clear_process_failures).await {
        let error: rusqlite::Error = error;
        tracing::error!(%error, "resetting the state of the processes failed");
    }
    match store.read(provisioning::load_balancer_ids).await {
        Ok(ids) => {
            ids.into_iter().for_each(|id| workers.enqueue(Request { id, new_process: false }));
        }
        Err(error) => tracing::error!(%error, "reading the load balancers failed"),
    }
    let mut flush = tokio::time::interval(FLUSH_INTERVAL);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut look = tokio::time::interval(PORTAL_MEMBERS_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut portal_members = PortalMembers::default();
    let mut batch = Vec::new();
    let mut engine_reports = true;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(request) = queue.recv() => workers.enqueue(request),
            () = workers.run() => {}
            count = reports.recv_many(&mut batch, REPORT_BATCH), if engine_reports => {
                engine_reports = count > 0;
                for id in batch.drain(..).filter_map(|report| writer.add(report)) {
                    workers.enqueue(Request { id, new_process: false });
                }
            }
            () = writer.run() => {}
            _ = flush.tick() => traffic.flush(&store).await,
            _ = look.tick() => match portal_members.changed(&store, &parts.address_policy).await {
                Ok(changed) => changed
                    .into_iter()
                    .for_each(|id| workers.enqueue(Request { id, new_process: false })),
                Err(error) => tracing::error!(%error, "looking for members of the portal failed"),
            },
        }
    }
    workers.shut_down().await;
    writer.finish().await;
    traffic.flush(&store).await;
}
