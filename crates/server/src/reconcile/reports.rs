//! Stores what the engine reports: member health, process state, traffic and checks.

use super::traffic::Traffic;
use crate::store::{Store, Tx, octavia::operating_status};
use engine::report::{Health, Report};
use openstack_types::{LoadBalancerId, MemberId};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// Delay before another try after the database failed.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The last state of everything that was reported and is not stored yet.
#[derive(Clone, Debug, Default)]
struct Unstored {
    members: HashMap<MemberId, (LoadBalancerId, Health)>,
    /// Why the process is down; `None` if it runs.
    processes: HashMap<LoadBalancerId, Option<String>>,
}

impl Unstored {
    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.processes.is_empty()
    }

    /// Adds what was reported earlier.
    fn add_older(&mut self, older: &Self) {
        for (id, health) in &older.members {
            self.members.entry(*id).or_insert_with(|| health.clone());
        }
        for (id, down) in &older.processes {
            self.processes.entry(*id).or_insert_with(|| down.clone());
        }
    }

    fn store(&self, tx: &Tx<'_>) -> rusqlite::Result<()> {
        for (id, (_, health)) in &self.members {
            operating_status::record_member_health(tx, *id, health)?;
        }
        for (id, down) in &self.processes {
            operating_status::record_process_state(tx, *id, down.as_deref())?;
        }
        let members = self.members.values().map(|(loadbalancer, _)| *loadbalancer);
        let changed: BTreeSet<LoadBalancerId> =
            members.chain(self.processes.keys().copied()).collect();
        changed.iter().try_for_each(|id| operating_status::update(tx, &id.to_string()))
    }
}

type Write = JoinHandle<rusqlite::Result<()>>;

/// Keeps reported statuses until the database has them.
pub(super) struct ReportWriter {
    store: Store,
    traffic: Arc<Traffic>,
    unstored: Unstored,
    /// The transaction that runs, and what it stores.
    writing: Option<(Arc<Unstored>, Write)>,
    retry_at: Option<Instant>,
}

impl ReportWriter {
    pub(super) fn new(store: Store, traffic: Arc<Traffic>) -> Self {
        Self { store, traffic, unstored: Unstored::default(), writing: None, retry_at: None }
    }

    /// Returns the load balancer that the report asks to be applied again, if any.
    pub(super) fn add(&mut self, report: Report) -> Option<LoadBalancerId> {
        match report {
            Report::MemberHealth { loadbalancer, member, health, .. } => {
                self.unstored.members.insert(member, (loadbalancer, health));
            }
            Report::ProcessDown { loadbalancer, reason } => {
                tracing::warn!(%loadbalancer, %reason, "the process is down");
                self.traffic.idle(loadbalancer);
                self.unstored.processes.insert(loadbalancer, Some(reason));
            }
            Report::ProcessUp { loadbalancer } => {
                self.unstored.processes.insert(loadbalancer, None);
            }
            Report::Traffic { loadbalancer, listeners, members } => {
                self.traffic.add(loadbalancer, &listeners, &members);
            }
            Report::Checks { loadbalancer, checks } => {
                self.traffic.record_checks(loadbalancer, checks);
            }
            Report::ApplyNeeded { loadbalancer } => return Some(loadbalancer),
        }
        None
    }

    /// Stores what was added, in one transaction at a time. Never returns. Cancel safe.
    pub(super) async fn run(&mut self) {
        loop {
            if let Some((written, write)) = &mut self.writing {
                let result = write.await;
                let written = written.clone();
                self.writing = None;
                self.retry_at = None;
                let error: Box<dyn std::error::Error + Send> = match result {
                    Ok(Ok(())) => continue,
                    Ok(Err(error)) => Box::new(error),
                    Err(error) => Box::new(error),
                };
                tracing::error!(%error, "storing reports of the engine failed; trying again");
                self.unstored.add_older(&written);
                self.retry_at = Some(Instant::now() + RETRY_DELAY);
            } else if self.unstored.is_empty() {
                return std::future::pending().await;
            } else {
                if let Some(retry_at) = self.retry_at {
                    sleep_until(retry_at).await;
                }
                self.start_write();
            }
        }
    }

    fn start_write(&mut self) {
        let unstored = Arc::new(std::mem::take(&mut self.unstored));
        let (store, batch) = (self.store.clone(), unstored.clone());
        let write = tokio::spawn(async move { store.write(move |tx| batch.store(tx)).await });
        self.writing = Some((unstored, write));
    }

    /// Stores what is left, if the database works.
    pub(super) async fn finish(mut self) {
        if let Some((written, write)) = self.writing.take()
            && !matches!(write.await, Ok(Ok(())))
        {
            self.unstored.add_older(&written);
        }
        if !self.unstored.is_empty() {
            self.start_write();
            if let Some((_, write)) = self.writing.take() {
                let _ = write.await;
            }
        }
    }
}
