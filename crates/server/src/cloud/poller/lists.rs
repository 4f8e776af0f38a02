//! Reads the lists: all of them at first, then what may have changed.

use super::{
    requests::{BALANCERS, LISTENERS, POOLS, Read, Requests},
    rhythm::{Rhythm, Task},
};
use crate::cloud::{
    object::{Object, Page},
    scope::{Dirty, Scope},
    session::SignedIn,
    snapshot::{Lists, Parts, Progress, Snapshot},
    state::Cloud,
};
use futures_util::future::try_join_all;
use openstack_types::LoadBalancerId;
use std::collections::{BTreeSet, HashSet};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

/// The first page is small: pages show it before the rest.
const FIRST_PAGE: &str = "100";
/// Load balancers that are read one by one; for more, lists take fewer requests.
const ONE_BY_ONE: usize = 4;
/// Pages of the list of pools that a cycle reads; of a longer list the others are read in the next cycles. A load
/// balancer that has changed is read with its pools at once.
const POOL_PAGES: usize = 2;
/// Load balancers that a read of statuses has.
const LATEST: usize = 50;

enum Work {
    Wait(Instant),
    First,
    Changed(Dirty),
    Task(Task),
}

/// Reads until no page is left.
pub(super) async fn read(cloud: &Cloud, scope: &Scope) {
    let mut rhythm = Rhythm::new(Instant::now());
    let mut pool_marker = None;
    while let Some(reader) = scope.reader(|page| cloud.sessions.has(&page.id)) {
        let requests = Requests { cloud, reader: &reader };
        let (work, asked) = next_work(scope, &rhythm);
        let started = Instant::now();
        let read = match &work {
            Work::Wait(until) => {
                tokio::select! {
                    () = sleep_until(*until) => {}
                    () = scope.wake.notified() => {}
                }
                continue;
            }
            Work::First => first(requests, scope).await,
            Work::Changed(dirty) => changed(requests, scope, dirty, &mut rhythm).await,
            Work::Task(Task::Full) => full(requests, scope).await,
            Work::Task(Task::Cycle) => cycle(requests, scope, &mut pool_marker).await,
            Work::Task(Task::Statuses) => statuses(requests, scope).await,
        };
        let now = Instant::now();
        match read {
            Ok(()) => {
                let task = match work {
                    Work::First => Some(Task::Full),
                    Work::Task(task @ (Task::Full | Task::Cycle)) => Some(task),
                    _ => None,
                };
                if let Some(task) = task {
                    rhythm.listed(task, now, now - started, crate::random::fraction());
                }
                succeeded(scope, &reader, task.is_some(), asked);
            }
            Err(failure) => {
                if let Work::Changed(dirty) = &work {
                    scope.lock().dirty.put_back(dirty);
                }
                pool_marker = None;
                scope.record_failure(failure, asked);
            }
        }
        let is_pending = scope.lock().snapshot.pending().next().is_some();
        rhythm.changing(is_pending, matches!(work, Work::Task(Task::Statuses)), now);
    }
}

/// What to do next, and the refreshes that it covers.
fn next_work(scope: &Scope, rhythm: &Rhythm) -> (Work, u64) {
    let now = Instant::now();
    let mut inner = scope.lock();
    let asked = inner.asked;
    let work = if let Some(until) = inner.blocked_until.filter(|until| now < *until) {
        Work::Wait(until)
    } else if inner.snapshot.progress < Progress::Lists {
        inner.dirty = Dirty::default();
        Work::First
    } else if !inner.dirty.is_empty() {
        Work::Changed(std::mem::take(&mut inner.dirty))
    } else {
        match rhythm.next(now) {
            Ok(task) => Work::Task(task),
            Err(at) => Work::Wait(at),
        }
    };
    (work, asked)
}

fn succeeded(scope: &Scope, reader: &SignedIn, is_cycle: bool, asked: u64) {
    scope.record_proof(reader.id);
    scope.publish(|inner| {
        inner.done = inner.done.max(asked);
        inner.failure = None;
        inner.failures = 0;
        inner.blocked_until = None;
        inner.cycle += u64::from(is_cycle);
        ((), Vec::new())
    });
    scope.wake_members.notify_one();
}

/// Takes lists, and sends events of what differs.
fn apply(scope: &Scope, progress: Progress, lists: Lists) {
    scope.publish(|inner| {
        let snapshot = &mut inner.snapshot;
        let is_first = snapshot.progress < Progress::Lists;
        let events = snapshot.apply(lists, &scope.project);
        snapshot.progress = snapshot.progress.max(progress);
        // Pages wait for the first lists.
        ((), if is_first { Vec::new() } else { events })
    });
}

/// Each list is published when it has been read.
async fn first(requests: Requests<'_>, scope: &Scope) -> Read<()> {
    let Page { mut objects, next } = requests.page(BALANCERS, FIRST_PAGE, None, None).await?;
    let lists = Lists { balancers: Some(objects.clone()), ..Lists::default() };
    apply(scope, Progress::FirstPage, lists);
    scope.record_proof(requests.reader.id);
    if next.is_some() {
        objects.extend(requests.rest(BALANCERS, next, &|_| false).await?);
    }
    apply(scope, Progress::Balancers, Lists { balancers: Some(objects), ..Lists::default() });
    let (listeners, pools) = tokio::try_join!(requests.all(LISTENERS), requests.all(POOLS))?;
    let lists = Lists { listeners: Some(listeners), pools: Some(pools), ..Lists::default() };
    apply(scope, Progress::Lists, lists);
    Ok(())
}

async fn full(requests: Requests<'_>, scope: &Scope) -> Read<()> {
    let (balancers, listeners, pools) =
        tokio::try_join!(requests.all(BALANCERS), requests.all(LISTENERS), requests.all(POOLS))?;
    let lists = Lists {
        balancers: Some(balancers),
        listeners: Some(listeners),
        pools: Some(pools),
        parts: Vec::new(),
    };
    apply(scope, Progress::Lists, lists);
    Ok(())
}

async fn cycle(
    requests: Requests<'_>,
    scope: &Scope,
    pool_marker: &mut Option<String>,
) -> Read<()> {
    let oldest = scope.lock().snapshot.balancers.iter().last().map(|one| one.id);
    // The newest come first: behind the oldest one that is known there is nothing new.
    let is_last = |page: &Page| oldest.is_some() && page.objects.last().map(|one| one.id) == oldest;
    let balancers = requests.rest(BALANCERS, None, &is_last).await?;
    let moved = moved(&scope.lock().snapshot, &balancers);
    if moved.len() > ONE_BY_ONE {
        let (listeners, pools) = tokio::try_join!(requests.all(LISTENERS), requests.all(POOLS))?;
        let lists = Lists {
            balancers: Some(balancers),
            listeners: Some(listeners),
            pools: Some(pools),
            parts: Vec::new(),
        };
        apply(scope, Progress::Lists, lists);
        return Ok(());
    }
    let (pools, is_whole) = some_pools(requests, pool_marker).await?;
    let parts = moved.into_iter().map(|id| async move {
        let listeners = requests.all_of(LISTENERS, id).await?;
        let pools = if is_whole { None } else { Some(requests.all_of(POOLS, id).await?) };
        Read::Ok((id, Parts { listeners, pools }))
    });
    let mut lists =
        Lists { parts: try_join_all(parts).await?, balancers: Some(balancers), ..Lists::default() };
    if is_whole {
        lists.pools = Some(pools);
    } else {
        scope.publish(|inner| ((), inner.snapshot.apply_some_pools(pools, &scope.project)));
    }
    apply(scope, Progress::Lists, lists);
    Ok(())
}

/// Those that are new, or whose statuses or time have changed.
fn moved(snapshot: &Snapshot, balancers: &[Object]) -> Vec<LoadBalancerId> {
    let moved = balancers.iter().filter(|one| {
        let known = snapshot.balancers.get(one.id);
        one.provisioning.as_str() != "DELETED"
            && known.is_none_or(|known| !known.has_status_of(one))
    });
    moved.map(|one| LoadBalancerId(one.id)).collect()
}

/// The next pages of the list of pools, and whether they are all of it.
async fn some_pools(
    requests: Requests<'_>,
    marker: &mut Option<String>,
) -> Read<(Vec<Object>, bool)> {
    let from_start = marker.is_none();
    let mut pools = Vec::new();
    for _ in 0..POOL_PAGES {
        let page = requests.long_page(POOLS, marker.as_deref()).await?;
        pools.extend(page.objects);
        *marker = page.next;
        if marker.is_none() {
            return Ok((pools, from_start));
        }
    }
    Ok((pools, false))
}

/// Reads what a page has changed, or what is no longer being changed.
async fn changed(
    requests: Requests<'_>,
    scope: &Scope,
    dirty: &Dirty,
    rhythm: &mut Rhythm,
) -> Read<()> {
    let ids: BTreeSet<LoadBalancerId> = dirty.balancers.union(&dirty.rows).copied().collect();
    if dirty.all || ids.len() > ONE_BY_ONE {
        if dirty.written {
            rhythm.watch(Instant::now());
        }
        return full(requests, scope).await;
    }
    let mut has_changed = false;
    for id in ids {
        let balancer = requests.balancer(id).await?;
        let known = scope.lock().snapshot.balancers.get(id.0).cloned();
        let is_known = match (&balancer, &known) {
            (Some(now), Some(known)) => now.json == known.json,
            (now, known) => now.is_none() && known.is_none(),
        };
        if is_known && !dirty.written {
            continue;
        }
        let read = match balancer {
            None => None,
            Some(balancer) if dirty.balancers.contains(&id) || known.is_none() => {
                let (listeners, pools) =
                    tokio::try_join!(requests.all_of(LISTENERS, id), requests.all_of(POOLS, id))?;
                Some((balancer, Some(Parts { listeners, pools: Some(pools) })))
            }
            Some(balancer) => Some((balancer, None)),
        };
        has_changed |= scope.publish(|inner| {
            let events = inner.snapshot.apply_one(id, read, &scope.project);
            (!events.is_empty(), events)
        });
    }
    if dirty.written {
        if has_changed {
            rhythm.seen();
        } else {
            rhythm.watch(Instant::now());
        }
    }
    Ok(())
}

/// Reads the statuses of those that changed last. What has ended is read as a whole next.
async fn statuses(requests: Requests<'_>, scope: &Scope) -> Read<()> {
    let rows = requests.latest_statuses(LATEST).await?;
    scope.publish(|inner| {
        let ids: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut pending = Vec::new();
        let mut ended: Vec<LoadBalancerId> = Vec::new();
        for row in rows {
            let known = inner.snapshot.balancers.get(row.id);
            if known.is_some_and(|known| known.has_status_of(&row)) {
                continue;
            }
            if known.is_some() && row.provisioning.is_pending() {
                pending.push(row);
            } else if known.is_some() || row.provisioning.as_str() != "DELETED" {
                ended.push(LoadBalancerId(row.id));
            }
        }
        let missing = inner.snapshot.pending().filter(|one| !ids.contains(&one.id));
        ended.extend(missing.map(|one| LoadBalancerId(one.id)));
        let events = inner.snapshot.apply_statuses(&pending, &scope.project);
        inner.dirty.balancers.extend(ended);
        ((), events)
    });
    Ok(())
}
