//! Reads the members of pools, a few pools at the same time.

use super::requests::{POOLS, Read, Requests};
use crate::cloud::{
    object::Object, scope::Scope, session::SignedIn, snapshot::Progress, state::Cloud,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use openstack_types::LoadBalancerId;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// Requests at the same time.
const PARALLEL: usize = 4;
/// Pools after which the order is judged again.
const BATCH: usize = 16;

enum Work {
    /// Until then, or until something happens.
    Wait(Option<Instant>),
    Pools(Vec<Arc<Object>>),
}

/// Never ends.
pub(super) async fn read(cloud: &Cloud, scope: &Scope) {
    loop {
        match next_work(scope) {
            Work::Wait(until) => {
                let until = async {
                    match until {
                        Some(until) => sleep_until(until).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = until => {}
                    () = scope.wake_members.notified() => {}
                }
            }
            Work::Pools(pools) => {
                let Some(reader) = scope.any_page(|page| cloud.sessions.has(&page.id)) else {
                    scope.wake_members.notified().await;
                    continue;
                };
                read_some(cloud, scope, &reader, pools).await;
            }
        }
    }
}

fn next_work(scope: &Scope) -> Work {
    let now = Instant::now();
    let mut inner = scope.lock();
    if !inner.members_wanted || inner.snapshot.progress < Progress::Lists {
        return Work::Wait(None);
    }
    if let Some(until) = inner.blocked_until.filter(|until| now < *until) {
        return Work::Wait(Some(until));
    }
    let (cycle, first) = (inner.cycle, &inner.first);
    let mut due = inner.snapshot.due_pools(&|pool| first.contains(&pool), cycle, now);
    if due.is_empty() {
        let check = inner.snapshot.next_member_check();
        inner.first.clear();
        return Work::Wait(check);
    }
    due.truncate(BATCH);
    Work::Pools(due)
}

async fn read_some(cloud: &Cloud, scope: &Scope, reader: &SignedIn, pools: Vec<Arc<Object>>) {
    let requests = Requests { cloud, reader };
    let read = stream::iter(pools.into_iter().map(Ok)).try_for_each_concurrent(
        PARALLEL,
        |pool| async move {
            let members = read_members(cloud, requests, &pool).await?;
            scope.publish(|inner| {
                let (cycle, now) = (inner.cycle, Instant::now());
                let events =
                    inner.snapshot.apply_members(&pool, members, cycle, now, &scope.project);
                ((), events)
            });
            Ok(())
        },
    );
    if let Err(failure) = read.await {
        let asked = scope.lock().done;
        scope.record_failure(failure, asked);
    }
}

/// The pools with their members, as the cloud has them now: for a session that shares nothing.
pub(in super::super) async fn members_now(
    cloud: &Cloud,
    reader: &SignedIn,
    of: Option<LoadBalancerId>,
) -> Read<Vec<(Object, Vec<Object>)>> {
    let requests = Requests { cloud, reader };
    let pools = match of {
        Some(balancer) => requests.all_of(POOLS, balancer).await?,
        None => requests.all(POOLS).await?,
    };
    let with_members = |pool: Object| async move {
        let members = read_members(cloud, requests, &pool).await?;
        Ok((pool, members))
    };
    stream::iter(pools).map(with_members).buffered(PARALLEL).try_collect().await
}

async fn read_members(cloud: &Cloud, requests: Requests<'_>, pool: &Object) -> Read<Vec<Object>> {
    if pool.members.is_empty() {
        return Ok(Vec::new());
    }
    // The semaphore is never closed.
    let _slot = cloud.member_slots.acquire().await;
    requests.members(pool).await
}
