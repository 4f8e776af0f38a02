//! The bound on processes that finish the connections of earlier configurations.
//!
//! A process lives as long as its connections, and a change can start one more. So a client that keeps
//! connections open through many changes would use up the memory of the machine.

use openstack_types::LoadBalancerId;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// The most old processes. Above a limit the oldest one is ended, with its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldProcessLimits {
    pub per_load_balancer: usize,
    pub total: usize,
}

impl Default for OldProcessLimits {
    fn default() -> Self {
        Self { per_load_balancer: 8, total: 64 }
    }
}

#[derive(Debug)]
pub(crate) struct OldProcesses {
    limits: OldProcessLimits,
    list: Arc<Mutex<List>>,
}

#[derive(Debug, Default)]
struct List {
    /// The oldest first.
    entries: Vec<Entry>,
    last_number: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    loadbalancer: LoadBalancerId,
    pid: i32,
    end: oneshot::Sender<()>,
}

/// The place of one process in the list, which it leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct OldProcess {
    number: u64,
    list: Arc<Mutex<List>>,
    end: oneshot::Receiver<()>,
}

impl OldProcesses {
    pub(crate) fn new(limits: OldProcessLimits) -> Self {
        Self { limits, list: Arc::default() }
    }

    /// Adds the newest process, and ends the oldest ones as long as there are too many.
    pub(crate) fn add(&self, loadbalancer: LoadBalancerId, pid: i32) -> OldProcess {
        let mut list = lock(&self.list);
        list.last_number += 1;
        let number = list.last_number;
        let (end, must_end) = oneshot::channel();
        list.entries.push(Entry { number, loadbalancer, pid, end });
        let of_same = |entry: &Entry| entry.loadbalancer == loadbalancer;
        while list.entries.iter().filter(|entry| of_same(entry)).count()
            > self.limits.per_load_balancer
        {
            let index = list.entries.iter().position(of_same).unwrap_or_default();
            end_entry(list.entries.remove(index), "per_load_balancer", self.limits);
        }
        while list.entries.len() > self.limits.total {
            end_entry(list.entries.remove(0), "total", self.limits);
        }
        OldProcess { number, list: Arc::clone(&self.list), end: must_end }
    }

    /// Ends the processes of a load balancer that are in the list now and do not exit within `grace`.
    pub(crate) fn end_after(&self, loadbalancer: LoadBalancerId, grace: Duration) {
        let list = Arc::clone(&self.list);
        let last_number = lock(&list).last_number;
        tokio::spawn(async move {
            tokio::time::sleep(grace).await;
            let is_one = |entry: &mut Entry| {
                entry.loadbalancer == loadbalancer && entry.number <= last_number
            };
            for entry in lock(&list).entries.extract_if(.., is_one) {
                tracing::info!(%loadbalancer, pid = entry.pid, "a deleted load balancer is ended");
                let _ = entry.end.send(());
            }
        });
    }
}

fn end_entry(entry: Entry, limit: &'static str, limits: OldProcessLimits) {
    let OldProcessLimits { per_load_balancer, total } = limits;
    tracing::warn!(
        loadbalancer = %entry.loadbalancer, pid = entry.pid, limit, per_load_balancer, total,
        "too many old processes: the oldest is ended, with its connections"
    );
    // Otherwise it has just exited.
    let _ = entry.end.send(());
}

impl OldProcess {
    /// Waits until the process must be ended, which may be never.
    pub(crate) async fn must_end(mut self) {
        if (&mut self.end).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Drop for OldProcess {
    fn drop(&mut self) {
        lock(&self.list).entries.retain(|entry| entry.number != self.number);
    }
}

fn lock(list: &Mutex<List>) -> MutexGuard<'_, List> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn must_end(process: &mut OldProcess) -> bool {
        process.end.try_recv().is_ok()
    }

    #[test]
    fn the_oldest_process_is_ended_first_of_one_load_balancer_then_of_all() {
        let all = OldProcesses::new(OldProcessLimits { per_load_balancer: 2, total: 3 });
        let [one, two] = [1, 2].map(|n| LoadBalancerId(Uuid::from_u128(n)));
        let mut other = all.add(two, 1);
        let mut first = all.add(one, 2);
        let mut second = all.add(one, 3);
        assert!(![&mut other, &mut first, &mut second].into_iter().any(must_end));
        let mut third = all.add(one, 4);
        assert!(must_end(&mut first), "one load balancer has three");
        assert!(![&mut other, &mut second, &mut third].into_iter().any(must_end));
        drop(second);
        let fourth = all.add(one, 5);
        assert!(![&mut other, &mut third].into_iter().any(must_end), "one has exited");
        drop(fourth);
        let mut fifth = all.add(two, 6);
        assert!(![&mut other, &mut third, &mut fifth].into_iter().any(must_end));
        let _sixth = all.add(LoadBalancerId(Uuid::from_u128(3)), 7);
        assert!(must_end(&mut other), "all have four");
        assert!(!must_end(&mut third));
    }
}
