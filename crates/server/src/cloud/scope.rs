//! Who shares what is read of a cloud: sessions in the same project and region with the same roles.
//!
//! Octavia's policy sees the project and the roles of a token, and its objects have no user. So what it answers one
//! session, it answers every other one of the same scope.

use super::{
    backoff::backoff,
    error::CloudError,
    keystone,
    object::Object,
    session::{CloudSession, SignedIn},
    snapshot::Snapshot,
    upstream::UpstreamAnswer,
};
use crate::{config::CloudService, random, token::TokenHash};
use axum::{body::Bytes, http::StatusCode};
use openstack_types::{LoadBalancerId, ProjectId, portal::Event};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast, watch},
    time::Instant,
};
use uuid::Uuid;

/// Events that a page may be behind. Then it lists everything again.
const EVENTS: usize = 512;
/// How long a snapshot is kept without a page. A page that is reloaded continues with it.
const KEEP: Duration = Duration::from_secs(60);
/// Answers about parts of load balancers that are kept.
const DETAILS: usize = 20_000;

/// What answers depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ScopeKey {
    project: ProjectId,
    region: String,
    /// Sorted, each once.
    roles: Vec<String>,
    /// A catalog is a user's own: Octavia may have another URL in it.
    octavia: String,
    /// Of a session that shares nothing.
    alone: Option<TokenHash>,
}

impl ScopeKey {
    /// `None`: the session has no load balancers.
    pub(super) fn of(signed_in: &SignedIn, share: bool) -> Option<Self> {
        let session = &signed_in.session;
        let octavia = session.endpoints.get(CloudService::LoadBalancer)?.to_string();
        let roles: BTreeSet<String> = session.roles.iter().cloned().collect();
        Some(Self {
            project: session.project.id.clone(),
            region: session.region.clone(),
            roles: roles.into_iter().collect(),
            octavia,
            alone: (!share).then_some(signed_in.id),
        })
    }
}

/// Why a read of the cloud failed.
#[derive(Clone)]
pub(super) enum ReadFailure {
    /// In the cloud's own words.
    Refused(Arc<UpstreamAnswer>),
    Failed(CloudError),
}

impl ReadFailure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(answer) => answer.status,
            Self::Failed(error) => error.status(),
        }
    }

    /// How long the cloud wants to be left alone.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(answer) => keystone::retry_after(&answer.headers),
            Self::Failed(error) => error.wait(),
        }
    }
}

impl From<CloudError> for ReadFailure {
    fn from(error: CloudError) -> Self {
        Self::Failed(error)
    }
}

/// What pages have changed since the last read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dirty {
    pub(super) all: bool,
    /// With their parts.
    pub(super) balancers: BTreeSet<LoadBalancerId>,
    /// Without their parts.
    pub(super) rows: BTreeSet<LoadBalancerId>,
    /// By a page, so that a change is expected.
    pub(super) written: bool,
}

impl Dirty {
    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.balancers.is_empty() && self.rows.is_empty()
    }

    /// Adds what was not read after all.
    pub(super) fn put_back(&mut self, other: &Self) {
        self.all |= other.all;
        self.written |= other.written;
        self.balancers.extend(&other.balancers);
        self.rows.extend(&other.rows);
    }
}

/// An answer about a part of a load balancer: valid while the load balancer is what it was.
pub(super) struct Detail {
    pub(super) body: Bytes,
    pub(super) balancer: Option<Arc<Object>>,
    pub(super) read_at: Instant,
}

/// One request at a time: others wait for its answer.
pub(super) type DetailSlot = Arc<tokio::sync::Mutex<Option<Detail>>>;

#[derive(Default)]
pub(super) struct Inner {
    pub(super) snapshot: Snapshot,
    pages: BTreeMap<u64, SignedIn>,
    next_page: u64,
    is_polling: bool,
    /// When the last page closed.
    idle_since: Option<Instant>,
    /// How many refreshes pages have asked for, and up to which one they are done.
    pub(super) asked: u64,
    pub(super) done: u64,
    pub(super) dirty: Dirty,
    /// Of the last read, where it failed.
    pub(super) failure: Option<ReadFailure>,
    /// In a row.
    pub(super) failures: u32,
    pub(super) blocked_until: Option<Instant>,
    /// Whether a page has asked for members.
    pub(super) members_wanted: bool,
    /// Pools whose members a page waits for.
    pub(super) first: BTreeSet<Uuid>,
    /// Counts the reads of the pools.
    pub(super) cycle: u64,
    /// Sessions whose own right to read was confirmed, and when.
    proven: HashMap<TokenHash, Instant>,
    details: HashMap<String, DetailSlot>,
}

/// What sessions of one key share.
pub(super) struct Scope {
    pub(super) project: ProjectId,
    inner: Mutex<Inner>,
    /// Counts publications.
    version: watch::Sender<u64>,
    events: broadcast::Sender<Arc<Event>>,
    /// Notifies the reader of lists, and that of members.
    pub(super) wake: Notify,
    pub(super) wake_members: Notify,
}

impl Scope {
    fn new(project: ProjectId) -> Self {
        Self {
            project,
            inner: Mutex::default(),
            version: watch::Sender::new(0),
            events: broadcast::Sender::new(EVENTS),
            wake: Notify::new(),
            wake_members: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known; then notifies those who wait, and sends events to the pages.
    pub(super) fn publish<T>(&self, change: impl FnOnce(&mut Inner) -> (T, Vec<Event>)) -> T {
        let (value, events) = change(&mut self.lock());
        for event in events {
            // Without a page there is no receiver.
            let _ = self.events.send(Arc::new(event));
        }
        self.notify();
        value
    }

    /// To wait for publications.
    pub(super) fn versions(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// How many pages receive events.
    pub(super) fn pages(&self) -> usize {
        self.lock().pages.len()
    }

    /// Whether its reader is to be started, which the caller then has to do.
    pub(super) fn begin_polling(&self) -> bool {
        let mut inner = self.lock();
        if inner.is_polling {
            return false;
        }
        inner.is_polling = true;
        inner.asked += 1;
        // Reads wait for the first read of the new reader, unless the cloud is left alone.
        if inner.blocked_until.is_none_or(|until| until <= Instant::now()) {
            inner.failure = None;
        }
        true
    }

    /// A session to read with, other than those that `is_valid` rejects. `None` ends the polling.
    pub(super) fn reader(&self, is_valid: impl Fn(&SignedIn) -> bool) -> Option<SignedIn> {
        let mut inner = self.lock();
        let found = inner.pages.values().find(|page| is_valid(page)).cloned();
        inner.is_polling = found.is_some();
        found
    }

    /// A session of a page.
    pub(super) fn any_page(&self, is_valid: impl Fn(&SignedIn) -> bool) -> Option<SignedIn> {
        self.lock().pages.values().find(|page| is_valid(page)).cloned()
    }

    /// Has those who wait look again.
    pub(super) fn notify(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Ends the polling: readers no longer wait for it.
    pub(super) fn end_polling(&self) {
        self.lock().is_polling = false;
        self.notify();
    }

    fn is_abandoned(&self) -> bool {
        self.lock().idle_since.is_some_and(|since| since.elapsed() >= KEEP)
    }

    pub(super) fn is_polling(&self) -> bool {
        self.lock().is_polling
    }

    /// A read of the cloud has failed: what is known stays, and the cloud is left alone for a while.
    pub(super) fn record_failure(&self, failure: ReadFailure, asked: u64) {
        match failure.status() {
            // The session has ended; the next one reads.
            StatusCode::UNAUTHORIZED => return,
            StatusCode::FORBIDDEN => self.lock().proven.clear(),
            _ => {}
        }
        self.publish(|inner| {
            inner.failures += 1;
            let jitter = random::fraction();
            let wait = backoff(inner.failures, failure.retry_after(), jitter);
            tracing::warn!(failures = inner.failures, ?wait, "a cloud is left alone for a while");
            inner.blocked_until = Some(Instant::now() + wait);
            inner.failure = Some(failure);
            inner.done = inner.done.max(asked);
            ((), Vec::new())
        });
    }

    /// Has read again what a page has changed.
    pub(super) fn mark_written(&self, mut written: Dirty) {
        let mut inner = self.lock();
        if !inner.is_polling {
            return;
        }
        inner.asked += 1;
        written.written = true;
        inner.dirty.put_back(&written);
        drop(inner);
        self.wake.notify_one();
    }

    pub(super) fn is_proven(&self, id: &TokenHash, within: Duration) -> bool {
        self.lock().proven.get(id).is_some_and(|at| at.elapsed() < within)
    }

    pub(super) fn record_proof(&self, id: TokenHash) {
        let mut inner = self.lock();
        inner.proven.insert(id, Instant::now());
        if inner.proven.len() > 2 * inner.pages.len() + 100 {
            inner.proven.retain(|_, at| at.elapsed() < KEEP * 5);
        }
    }

    /// The place of an answer.
    pub(super) fn detail(&self, request: &str) -> DetailSlot {
        let mut inner = self.lock();
        if inner.details.len() >= DETAILS {
            inner.details.clear();
        }
        inner.details.entry(request.to_owned()).or_default().clone()
    }
}

/// A page that receives events. While there is one, the cloud is read.
pub(super) struct Page {
    scope: Arc<Scope>,
    number: u64,
    events: broadcast::Receiver<Arc<Event>>,
}

/// What a page receives.
pub(super) enum Received {
    Event(Arc<Event>),
    /// Events were missed.
    Missed,
}

impl Page {
    pub(super) fn open(scope: Arc<Scope>, signed_in: SignedIn) -> Self {
        let events = scope.events.subscribe();
        let mut inner = scope.lock();
        let number = inner.next_page;
        inner.next_page += 1;
        inner.pages.insert(number, signed_in);
        inner.idle_since = None;
        drop(inner);
        Self { scope, number, events }
    }

    pub(super) async fn next(&mut self) -> Received {
        match self.events.recv().await {
            Ok(event) => Received::Event(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Received::Missed,
            // The scope holds the sender.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    pub(super) fn scope(&self) -> &Arc<Scope> {
        &self.scope
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let mut inner = self.scope.lock();
        inner.pages.remove(&self.number);
        if inner.pages.is_empty() {
            inner.idle_since = Some(Instant::now());
        }
        drop(inner);
        self.scope.wake.notify_one();
    }
}

/// All scopes.
#[derive(Default)]
pub(super) struct Scopes(Mutex<HashMap<ScopeKey, Arc<Scope>>>);

impl Scopes {
    fn lock(&self) -> MutexGuard<'_, HashMap<ScopeKey, Arc<Scope>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scope of a key, which may be a new one.
    pub(super) fn enter(&self, key: ScopeKey) -> Arc<Scope> {
        let mut all = self.lock();
        all.retain(|_, scope| !scope.is_abandoned());
        let project = key.project.clone();
        all.entry(key).or_insert_with(|| Arc::new(Scope::new(project))).clone()
    }

    /// Removes snapshots that no page has needed for a while, after that while.
    pub(super) async fn sweep_later(&self) {
        tokio::time::sleep(KEEP + Duration::from_secs(1)).await;
        self.lock().retain(|_, scope| !scope.is_abandoned());
    }

    /// The scope of a key, if the cloud is being read for it.
    pub(super) fn polled(&self, key: &ScopeKey) -> Option<Arc<Scope>> {
        let found = self.lock().get(key).cloned();
        found.filter(|scope| scope.is_polling())
    }

    /// Those that see what a session changes: of its project and region, with whatever roles.
    pub(super) fn affected(&self, session: &CloudSession) -> Vec<Arc<Scope>> {
        let all = self.lock();
        let same = all
            .iter()
            .filter(|(key, _)| key.project == session.project.id && key.region == session.region);
        same.map(|(_, scope)| scope.clone()).collect()
    }
}
