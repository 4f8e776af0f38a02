//! Answers reads of the page from what is known of its scope, so that ten thousand pages ask the cloud no more often
//! than one.

use super::{
    allowed_requests::Match,
    error::CloudError,
    object::Object,
    scope::{Detail, DetailSlot, Dirty, Inner, ReadFailure, Scope, ScopeKey},
    session::SignedIn,
    snapshot::{Progress, Table},
    state::Cloud,
    upstream::UpstreamAnswer,
};
use crate::config::CloudService;
use axum::{
    body::Bytes,
    http::{Method, StatusCode},
};
use openstack_types::LoadBalancerId;
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

const SERVICE: &str = "load balancing service";
/// How long a read waits for the first lists, or for a change that a page has made. Shorter than the page's own limit:
/// it asks again.
const WAIT: Duration = Duration::from_secs(20);
/// How long a session's own right to read counts as confirmed.
const PROOF: Duration = Duration::from_secs(300);
/// Objects on a page of a list.
const MAX_LIMIT: usize = 1000;
/// How long answers about parts of load balancers are kept, even if nothing seems to have changed.
const DETAIL_AGE: Duration = Duration::from_secs(60);
/// Octavia updates its counters no more often.
const COUNTERS_AGE: Duration = Duration::from_secs(10);

/// How a request is answered.
pub(super) enum Answered {
    /// By the cloud.
    Forward,
    /// By the cloud, and the answer is kept for others.
    ForwardAndKeep(Keep),
    Json(Bytes),
    Failed(ReadFailure),
}

/// The place of an answer, held until it is there: others wait.
pub(super) struct Keep {
    slot: OwnedMutexGuard<Option<Detail>>,
    balancer: Option<Arc<Object>>,
}

impl Keep {
    pub(super) fn answer(mut self, body: Bytes) {
        let balancer = self.balancer.take();
        *self.slot = Some(Detail { body, balancer, read_at: Instant::now() });
    }
}

/// The scope of a session, if the cloud is being read for it and the session may see what was read.
pub(super) async fn scope(
    cloud: &Cloud,
    signed_in: &SignedIn,
) -> Result<Option<Arc<Scope>>, ReadFailure> {
    let key = ScopeKey::of(signed_in, cloud.config.cloud.share);
    let Some(scope) = key.and_then(|key| cloud.scopes.polled(&key)) else { return Ok(None) };
    prove(cloud, signed_in, &scope).await?;
    Ok(Some(scope))
}

/// Confirms that a session may read by a small request of its own, so that it never gets what the cloud would refuse.
pub(super) async fn prove(
    cloud: &Cloud,
    signed_in: &SignedIn,
    scope: &Scope,
) -> Result<(), ReadFailure> {
    if scope.is_proven(&signed_in.id, PROOF) {
        return Ok(());
    }
    let service = CloudService::LoadBalancer;
    let root = signed_in.session.endpoints.get(service).ok_or(CloudError::NoService(service))?;
    let mut url = root.join("/v2.0/lbaas/loadbalancers");
    let project = signed_in.session.project.id.as_str();
    url.query_pairs_mut().extend_pairs([("limit", "1"), ("fields", "id"), ("project_id", project)]);
    let answer = cloud.ask(signed_in, Method::GET, url, None, SERVICE).await?;
    if answer.status != StatusCode::OK {
        return Err(ReadFailure::Refused(Arc::new(answer)));
    }
    scope.record_proof(signed_in.id);
    Ok(())
}

/// How a request of the page is answered.
pub(super) async fn find(cloud: &Cloud, signed_in: &SignedIn, found: &Match) -> Answered {
    let Some(wanted) = Wanted::of(found) else { return Answered::Forward };
    let scope = match scope(cloud, signed_in).await {
        Ok(Some(scope)) => scope,
        Ok(None) => return Answered::Forward,
        Err(failure) => return Answered::Failed(failure),
    };
    if let Err(failure) = wait(&scope, wanted.progress(), &|_| true).await {
        return Answered::Failed(failure);
    }
    match wanted {
        Wanted::Kept { about, age } => kept(&scope, found, about, age).await,
        Wanted::Members(pool) => match pool_members(&scope, pool).await {
            Ok(Some(body)) => Answered::Json(body),
            Ok(None) => Answered::Forward,
            Err(failure) => Answered::Failed(failure),
        },
        Wanted::One { kind, id } => {
            let inner = scope.lock();
            // One that isn't known may have been created since.
            kind.table(&inner).get(id).map_or(Answered::Forward, |object| {
                Answered::Json(format!("{{\"{}\":{}}}", kind.singular(), object.json).into())
            })
        }
        Wanted::List { kind, of: Some(balancer), .. } => {
            let inner = scope.lock();
            let objects: Vec<&Arc<Object>> = kind.table(&inner).of(balancer).collect();
            Answered::Json(list(kind, &objects, false))
        }
        Wanted::List { kind, of: None, marker, limit } => {
            let inner = scope.lock();
            let table = kind.table(&inner);
            let Some((objects, more)) = table.page(marker, limit) else { return Answered::Forward };
            let more = more || inner.snapshot.progress < kind.progress();
            Answered::Json(list(kind, &objects, more))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Balancer,
    Listener,
    Pool,
}

impl Kind {
    fn table(self, inner: &Inner) -> &Table {
        match self {
            Self::Balancer => &inner.snapshot.balancers,
            Self::Listener => &inner.snapshot.listeners,
            Self::Pool => &inner.snapshot.pools,
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Self::Balancer => "loadbalancer",
            Self::Listener => "listener",
            Self::Pool => "pool",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Balancer => "loadbalancers",
            Self::Listener => "listeners",
            Self::Pool => "pools",
        }
    }

    /// When its list is complete.
    fn progress(self) -> Progress {
        match self {
            Self::Balancer => Progress::Balancers,
            Self::Listener | Self::Pool => Progress::Lists,
        }
    }
}

/// What a request asks for.
enum Wanted {
    List {
        kind: Kind,
        of: Option<LoadBalancerId>,
        marker: Option<Uuid>,
        limit: usize,
    },
    One {
        kind: Kind,
        id: Uuid,
    },
    Members(Uuid),
    /// An answer that is kept while the load balancer of an object stays what it is.
    Kept {
        about: Option<Uuid>,
        age: Duration,
    },
}

impl Wanted {
    /// `None`: only the cloud can answer.
    fn of(found: &Match) -> Option<Self> {
        if !found.is_octavia_read() {
            return None;
        }
        let id = || found.ids().next();
        let list = |kind| Self::list(kind, found);
        let one = |kind| Some(Self::One { kind, id: id()? });
        match found.template() {
            "/loadbalancers" => list(Kind::Balancer),
            "/listeners" => list(Kind::Listener),
            "/pools" => list(Kind::Pool),
            "/loadbalancers/{id}" => one(Kind::Balancer),
            "/listeners/{id}" => one(Kind::Listener),
            "/pools/{id}" => one(Kind::Pool),
            "/pools/{id}/members" if found.value("marker").is_none() => Some(Self::Members(id()?)),
            "/healthmonitors/{id}" | "/l7policies/{id}/rules" => {
                Some(Self::Kept { about: Some(id()?), age: DETAIL_AGE })
            }
            "/l7policies" => {
                let listener = found.value("listener_id")?.parse().ok()?;
                Some(Self::Kept { about: Some(listener), age: DETAIL_AGE })
            }
            "/loadbalancers/{id}/stats" | "/listeners/{id}/stats" => {
                Some(Self::Kept { about: None, age: COUNTERS_AGE })
            }
            _ => None,
        }
    }

    fn list(kind: Kind, found: &Match) -> Option<Self> {
        let sorted = match found.value("sort") {
            None => true,
            Some(sort) => kind == Kind::Balancer && sort == "created_at:desc",
        };
        if !sorted {
            return None;
        }
        let id = |name| match found.value(name) {
            None => Some(None),
            Some(text) => text.parse::<Uuid>().ok().map(Some),
        };
        let limit = match found.value("limit") {
            None => MAX_LIMIT,
            Some(text) => text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit))?,
        };
        let of = id("loadbalancer_id")?.map(LoadBalancerId);
        if of.is_some() && kind == Kind::Balancer {
            return None;
        }
        Some(Self::List { kind, of, marker: id("marker")?, limit })
    }

    fn progress(&self) -> Progress {
        match self {
            // The first page of the newest ones.
            Self::List { kind: Kind::Balancer, marker: None, limit: 1..=100, .. } => {
                Progress::FirstPage
            }
            Self::List { kind, .. } => kind.progress(),
            Self::One { kind: Kind::Balancer, .. } => Progress::Balancers,
            Self::One { .. } | Self::Members(_) | Self::Kept { .. } => Progress::Lists,
        }
    }
}

fn list(kind: Kind, objects: &[&Arc<Object>], more: bool) -> Bytes {
    let length: usize = objects.iter().map(|object| object.json.len() + 1).sum();
    let mut body = String::with_capacity(length + 200);
    body.push_str(&format!("{{\"{}\":[", kind.plural()));
    for (at, object) in objects.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(&object.json);
    }
    body.push_str(&format!("],\"{}_links\":[", kind.plural()));
    if let Some(last) = objects.last().filter(|_| more) {
        let path = format!("/load-balancer/v2/lbaas/{}?marker={}", kind.plural(), last.id);
        body.push_str(&format!("{{\"rel\":\"next\",\"href\":\"{path}\"}}"));
    }
    body.push_str("]}");
    body.into()
}

/// Waits until so much is known, and what pages have changed was read again.
pub(super) async fn wait(
    scope: &Scope,
    progress: Progress,
    is_there: &(dyn Fn(&Inner) -> bool + Sync),
) -> Result<(), ReadFailure> {
    let deadline = Instant::now() + WAIT;
    let mut versions = scope.versions();
    let asked = scope.lock().asked;
    loop {
        versions.mark_unchanged();
        {
            let inner = scope.lock();
            let is_known = inner.snapshot.progress >= progress;
            let is_first = inner.snapshot.progress < Progress::Lists;
            // The first lists are newer than what was asked for.
            if is_known && (inner.done >= asked || is_first) && is_there(&inner) {
                return Ok(());
            }
            if let Some(failure) = inner.failure.clone() {
                // What was known before is better than an error.
                return if is_known && is_there(&inner) { Ok(()) } else { Err(failure) };
            }
        }
        if !scope.is_polling() || timeout_at(deadline, versions.changed()).await.is_err() {
            return Err(CloudError::Busy.into());
        }
    }
}

/// An answer that somebody got a moment ago, or the place for it.
async fn kept(scope: &Scope, found: &Match, about: Option<Uuid>, age: Duration) -> Answered {
    let slot: DetailSlot = scope.detail(&found.request());
    let slot = slot.lock_owned().await;
    let balancer = match about {
        None => None,
        Some(id) => {
            let inner = scope.lock();
            let owner = inner.snapshot.owner(id);
            let balancer = owner.and_then(|id| inner.snapshot.balancers.get(id.0)).cloned();
            if balancer.is_none() {
                return Answered::Forward;
            }
            balancer
        }
    };
    if let Some(detail) = &*slot {
        let is_same = match (&detail.balancer, &balancer) {
            (Some(then), Some(now)) => Arc::ptr_eq(then, now),
            (then, now) => then.is_none() && now.is_none(),
        };
        if is_same && detail.read_at.elapsed() < age {
            return Answered::Json(detail.body.clone());
        }
    }
    Answered::ForwardAndKeep(Keep { slot, balancer })
}

async fn pool_members(scope: &Scope, pool: Uuid) -> Result<Option<Bytes>, ReadFailure> {
    if scope.lock().snapshot.pools.get(pool).is_none() {
        return Ok(None);
    }
    want_members(scope, &[pool]);
    wait(scope, Progress::Lists, &|inner| knows_members(inner, pool)).await?;
    let inner = scope.lock();
    let Some(known) = inner.snapshot.members.get(&pool) else { return Ok(None) };
    let members: Vec<&str> = known.table.iter().map(|member| &*member.json).collect();
    Ok(Some(format!("{{\"members\":[{}]}}", members.join(",")).into()))
}

/// Has the members of pools read before others.
pub(super) fn want_members(scope: &Scope, pools: &[Uuid]) {
    let mut inner = scope.lock();
    inner.members_wanted = true;
    inner.first.extend(pools);
    drop(inner);
    scope.wake_members.notify_one();
}

/// Whether the members of a pool are known as of its last change. A pool that no longer exists has none.
pub(super) fn knows_members(inner: &Inner, pool: Uuid) -> bool {
    let pool = inner.snapshot.pools.get(pool);
    pool.is_none_or(|pool| inner.snapshot.knows_members_of(pool))
}

/// After a change of a page: has what it belongs to read again, for everybody who sees it.
pub(super) fn record_write(
    cloud: &Cloud,
    signed_in: &SignedIn,
    found: &Match,
    body: Option<&Bytes>,
    answer: Option<&UpstreamAnswer>,
) {
    if !found.is_octavia() {
        return;
    }
    let mut ids: Vec<Uuid> = found.ids().collect();
    ids.extend(body.map(|body| ids_in(body)).unwrap_or_default());
    let created = answer.filter(|answer| answer.status.is_success());
    let created = created.map(|answer| balancers_in(&answer.body)).unwrap_or_default();
    // A change of the load balancer alone changes none of its parts.
    let is_row = found.template() == "/loadbalancers/{id}";
    for scope in cloud.scopes.affected(&signed_in.session) {
        let mut balancers: BTreeSet<LoadBalancerId> = created.iter().copied().collect();
        balancers.extend({
            let inner = scope.lock();
            ids.iter().filter_map(|id| inner.snapshot.owner(*id)).collect::<Vec<_>>()
        });
        let all = balancers.is_empty();
        let (balancers, rows) =
            if is_row { (BTreeSet::new(), balancers) } else { (balancers, BTreeSet::new()) };
        scope.mark_written(Dirty { all, balancers, rows, written: true });
    }
}

/// The ids that the object of a body refers to: `loadbalancer_id` and the like.
fn ids_in(body: &[u8]) -> Vec<Uuid> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let objects = body.as_object().into_iter().flat_map(|body| body.values());
    let fields = objects.filter_map(Value::as_object).flatten();
    let ids = fields.filter(|(name, _)| name.ends_with("_id"));
    ids.filter_map(|(_, value)| value.as_str()?.parse().ok()).collect()
}

/// The load balancers that an answer is about.
fn balancers_in(body: &[u8]) -> Vec<LoadBalancerId> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = |value: &Value| value["id"].as_str()?.parse().ok();
    let mut found: Vec<LoadBalancerId> =
        body.get("loadbalancer").and_then(id).into_iter().collect();
    let objects = body.as_object().into_iter().flat_map(|body| body.values());
    let lists = objects.filter_map(|object| object.get("loadbalancers")?.as_array());
    found.extend(lists.flatten().filter_map(id));
    found
}
