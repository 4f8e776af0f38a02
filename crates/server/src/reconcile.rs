//! Makes the engine run what the database says, and writes down what the engine tells.
//!
//! A change is committed first and carried out afterwards; when the server ends between the two,
//! the next start carries out everything anew, so nothing is lost. One load balancer's changes run
//! one after the other, different ones side by side.

mod reports;
mod traffic;

use traffic::Shape;
pub use traffic::Traffic;

use crate::{
    app::App,
    certificates,
    secrets::{self, NoPayload},
    store::octavia::{
        health,
        lifecycle::{self, Settled},
        specs::{self, Down, Wanted},
        traffic::Entry,
    },
};
use engine::{report::Report, spec::CertificatePem};
use openstack_types::{LoadBalancerId, SecretId};
use rusqlite::Connection;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc},
    task::{self, JoinSet},
    time::MissedTickBehavior,
};

/// Load balancers that the engine changes at a time.
const SIDE_BY_SIDE: usize = 8;
/// How often totals are written down.
const FLUSH: Duration = Duration::from_secs(5);
/// Until the database is asked again after it failed.
const RETRY: Duration = Duration::from_secs(1);
/// Reports written down in one transaction.
const BATCH: usize = 512;

/// What the rest of the server reaches.
pub struct Reconcile {
    queue: mpsc::UnboundedSender<LoadBalancerId>,
    traffic: Traffic,
}

/// Load balancers that somebody has changed.
pub struct Inbox(mpsc::UnboundedReceiver<LoadBalancerId>);

impl Reconcile {
    /// With what was counted before.
    pub fn new(counted: Vec<Entry>) -> (Self, Inbox) {
        let (queue, inbox) = mpsc::unbounded_channel();
        (Self { queue, traffic: Traffic::new(counted) }, Inbox(inbox))
    }

    /// Has a load balancer made as the database says now. Never blocks.
    pub fn wake(&self, id: LoadBalancerId) {
        // An error means that the server is stopping; the next start carries it out.
        let _ = self.queue.send(id);
    }

    /// What has been counted.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}

/// Runs until the server stops.
pub async fn run(app: Arc<App>, inbox: Inbox, mut reports: mpsc::UnboundedReceiver<Report>) {
    let mut inbox = inbox.0;
    let mut lanes = Lanes::new(app.clone());
    if let Err(error) = app.store.write(health::processes_begin).await {
        let error: rusqlite::Error = error;
        tracing::error!(%error, "writing down that processes begin anew failed");
    }
    match app.store.read(lifecycle::all_ids).await {
        Ok(ids) => ids.into_iter().for_each(|id| lanes.wake(id)),
        Err(error) => tracing::error!(%error, "reading the load balancers failed"),
    }
    let mut flush = tokio::time::interval(FLUSH);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut batch = Vec::new();
    let mut engine_tells = true;
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            Some(id) = inbox.recv() => lanes.wake(id),
            Some(done) = lanes.tasks.join_next_with_id() => lanes.done(done),
            count = reports.recv_many(&mut batch, BATCH), if engine_tells => {
                engine_tells = count > 0;
                reports::write(&app, std::mem::take(&mut batch)).await;
            }
            _ = flush.tick() => app.reconcile.traffic.flush(&app.store).await,
        }
    }
    lanes.tasks.shutdown().await;
    app.reconcile.traffic.flush(&app.store).await;
}

/// One task a load balancer at most.
struct Lanes {
    app: Arc<App>,
    tasks: JoinSet<()>,
    of_task: HashMap<task::Id, LoadBalancerId>,
    /// Those under way; true when they have been changed since.
    under_way: HashMap<LoadBalancerId, bool>,
    permits: Arc<Semaphore>,
}

impl Lanes {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            tasks: JoinSet::new(),
            of_task: HashMap::new(),
            under_way: HashMap::new(),
            permits: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
        }
    }

    fn wake(&mut self, id: LoadBalancerId) {
        if let Some(again) = self.under_way.get_mut(&id) {
            *again = true;
            return;
        }
        self.under_way.insert(id, false);
        let (app, permits) = (self.app.clone(), self.permits.clone());
        let task = self.tasks.spawn(async move {
            let _permit = permits.acquire_owned().await;
            carry_out(&app, id).await;
        });
        self.of_task.insert(task.id(), id);
    }

    fn done(&mut self, done: Result<(task::Id, ()), task::JoinError>) {
        let task = match done {
            Ok((task, ())) => task,
            Err(failed) => {
                tracing::error!(%failed, "carrying out a change ended early");
                failed.id()
            }
        };
        let Some(id) = self.of_task.remove(&task) else { return };
        if self.under_way.remove(&id) == Some(true) {
            self.wake(id);
        }
    }
}

/// Makes a load balancer as the database says, until it is.
async fn carry_out(app: &Arc<App>, id: LoadBalancerId) {
    loop {
        match carry_out_once(app, id).await {
            Ok(Settled::Done) => return,
            Ok(Settled::Outdated) => {}
            Err(error) => {
                tracing::error!(%error, loadbalancer = %id, "writing down a change failed; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn carry_out_once(app: &Arc<App>, id: LoadBalancerId) -> rusqlite::Result<Settled> {
    let Some(wanted) = wanted(app, id).await? else {
        app.engine.remove(id).await;
        return Ok(Settled::Done);
    };
    if wanted.going {
        app.engine.remove(id).await;
        app.store.write(move |tx| lifecycle::forget(tx, id)).await?;
        app.reconcile.traffic.forget(id);
        tracing::info!(loadbalancer = %id, "deleted");
        return Ok(Settled::Done);
    }
    let Wanted { revision, spec, down, .. } = wanted;
    let spec = match lost(app, id, &down).await {
        Some(down) => Err((Some(down.listener), down.reason)),
        None => spec.map_err(|reason| (None, reason)),
    };
    let (listener, reason) = match spec {
        Ok(spec) => {
            let shape = Shape::of(&spec);
            app.reconcile.traffic.expect(id, &shape);
            match app.engine.apply(spec).await {
                Ok(()) => {
                    app.reconcile.traffic.keep(id, &shape);
                    for Down { listener, reason } in &down {
                        tracing::warn!(loadbalancer = %id, %listener, %reason, "serves without it");
                    }
                    let settled = app
                        .store
                        .write(move |tx| lifecycle::settle(tx, id, revision, &down))
                        .await?;
                    tracing::info!(loadbalancer = %id, revision, ?settled, "serves as asked");
                    return Ok(settled);
                }
                Err(error) => (error.listener, error.reason),
            }
        }
        Err(cause) => cause,
    };
    tracing::warn!(loadbalancer = %id, revision, %reason, "cannot be made as asked");
    app.store.write(move |tx| lifecycle::fail(tx, id, revision, listener, &reason)).await
}

/// A listener that serves now and would not any more: rather than that, nothing is changed.
async fn lost(app: &App, id: LoadBalancerId, down: &[Down]) -> Option<Down> {
    if down.is_empty() {
        return None;
    }
    let serving = app.engine.listeners(id).await;
    down.iter().find(|down| serving.contains(&down.listener)).cloned()
}

async fn wanted(app: &Arc<App>, id: LoadBalancerId) -> rusqlite::Result<Option<Wanted>> {
    let inner = app.clone();
    app.store
        .read(move |db| {
            let certificate = |db: &Connection, reference: &str| certificate(db, &inner, reference);
            let versions = &inner.config.tls.versions;
            specs::read(db, id, &specs::Tls { versions, certificate: &certificate })
        })
        .await
}

/// The certificate that a listener was given. Whoever sees the listener may read the reason: it
/// says nothing of the secret.
fn certificate(db: &Connection, app: &App, reference: &str) -> Result<CertificatePem, String> {
    const BEFORE: &str = "a certificate of this listener cannot be used";
    let id = SecretId::of_ref(reference).ok_or_else(|| format!("{BEFORE}: it is not there"))?;
    let payload = secrets::payload(db, &app.vault, id).map_err(|why| match why {
        NoPayload::NotThere => format!("{BEFORE}: it is not there"),
        NoPayload::Broken => format!("{BEFORE}: what is stored does not open"),
        NoPayload::Database(error) => {
            tracing::error!(%error, "reading a certificate failed");
            format!("{BEFORE}: the database failed")
        }
    })?;
    let bundle = certificates::open(&payload).map_err(|why| format!("{BEFORE}: {why}"))?;
    Ok(certificates::pem(&bundle))
}
