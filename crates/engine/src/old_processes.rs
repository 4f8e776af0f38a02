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
    counts: bool,
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

    /// Adds the newest process. It does not count yet: most processes exit at once.
    pub(crate) fn add(&self, loadbalancer: LoadBalancerId, pid: i32) -> OldProcess {
        let mut list = lock(&self.list);
        list.last_number += 1;
        let number = list.last_number;
        let (end, must_end) = oneshot::channel();
        list.entries.push(Entry { number, loadbalancer, pid, counts: false, end });
        OldProcess { number, list: Arc::clone(&self.list), end: must_end }
    }

    /// The process has open connections, so it counts from now on. Ends the oldest ones as long as there are too
    /// many.
    pub(crate) fn count(&self, number: u64) {
        let mut list = lock(&self.list);
        let Some(entry) = list.entries.iter_mut().find(|entry| entry.number == number) else {
            return;
        };
        if std::mem::replace(&mut entry.counts, true) {
            return;
        }
        let loadbalancer = entry.loadbalancer;
        let OldProcessLimits { per_load_balancer, total } = self.limits;
        list.end_above(per_load_balancer, "per_load_balancer", self.limits, |entry| {
            entry.loadbalancer == loadbalancer
        });
        list.end_above(total, "total", self.limits, |_| true);
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

impl List {
    fn end_above(
        &mut self,
        most: usize,
        limit: &'static str,
        limits: OldProcessLimits,
        select: impl Fn(&Entry) -> bool,
    ) {
        let counted: Vec<u64> = self
            .entries
            .iter()
            .filter(|entry| entry.counts && select(entry))
            .map(|entry| entry.number)
            .collect();
        let excess = counted.len().saturating_sub(most);
        for entry in self.entries.extract_if(.., |entry| counted[..excess].contains(&entry.number))
        {
            tracing::warn!(
                loadbalancer = %entry.loadbalancer, pid = entry.pid, limit,
                per_load_balancer = limits.per_load_balancer, total = limits.total,
                "too many old processes: the oldest is ended, with its connections"
            );
            // Otherwise it has just exited.
            let _ = entry.end.send(());
        }
    }
}

impl OldProcess {
    /// For [`OldProcesses::count`].
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

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
        let add = |id| {
            let process = all.add(id, 1);
            all.count(process.number());
            process
        };
        let mut idle = all.add(one, 1);
        let mut other = add(two);
        let mut first = add(one);
        let mut second = add(one);
        assert!(![&mut other, &mut first, &mut second].into_iter().any(must_end));
        let mut third = add(one);
        assert!(must_end(&mut first), "one load balancer has three");
        assert!(![&mut other, &mut second, &mut third].into_iter().any(must_end));
        drop(second);
        let fourth = add(one);
        assert!(![&mut other, &mut third].into_iter().any(must_end), "one has exited");
        drop(fourth);
        let mut fifth = add(two);
        assert!(![&mut other, &mut third, &mut fifth].into_iter().any(must_end));
        let _sixth = add(LoadBalancerId(Uuid::from_u128(3)));
        assert!(must_end(&mut other), "all have four");
        assert!(!must_end(&mut third) && !must_end(&mut idle));
    }
}
