//! The bound on processes that finish the connections of earlier configurations.
//!
//! A process lives as long as its connections, and a change can start one more. So a client that keeps
//! connections open through many changes would use up the memory of the machine.

use openstack_types::{LoadBalancerId, ProjectId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// The most old processes. Above a limit one is ended, with its connections: the oldest of the load balancer, or the
/// oldest of the project that has the most.
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
    /// `None` for a process of an earlier engine, until its load balancer is known.
    project: Option<ProjectId>,
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
    pub(crate) fn add(
        &self,
        loadbalancer: LoadBalancerId,
        project: Option<&ProjectId>,
        pid: i32,
    ) -> OldProcess {
        let mut list = lock(&self.list);
        let project = project.cloned();
        if project.is_some() {
            for entry in list.entries.iter_mut().filter(|entry| entry.loadbalancer == loadbalancer)
            {
                entry.project.clone_from(&project);
            }
        }
        list.last_number += 1;
        let number = list.last_number;
        let (end, must_end) = oneshot::channel();
        list.entries.push(Entry { number, loadbalancer, project, pid, counts: false, end });
        OldProcess { number, list: Arc::clone(&self.list), end: must_end }
    }

    /// The process has open connections, so it counts from now on. Ends others as long as there are too many.
    pub(crate) fn count(&self, number: u64) {
        let mut list = lock(&self.list);
        let Some(entry) = list.entries.iter_mut().find(|entry| entry.number == number) else {
            return;
        };
        if std::mem::replace(&mut entry.counts, true) {
            return;
        }
        let (loadbalancer, project) = (entry.loadbalancer, entry.project.clone());
        let OldProcessLimits { per_load_balancer, total } = self.limits;
        while list.counted().filter(|entry| entry.loadbalancer == loadbalancer).count()
            > per_load_balancer
        {
            list.end_oldest("per_load_balancer", |entry| entry.loadbalancer == loadbalancer);
        }
        while list.counted().count() > total {
            let largest = list.largest_project(&project);
            list.end_oldest("total", |entry| entry.project == largest);
        }
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
    fn counted(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.counts)
    }

    /// The project with the most processes that count, so that nobody's changes close the connections of others.
    /// Among equals it is `newest`, whose process came last.
    fn largest_project(&self, newest: &Option<ProjectId>) -> Option<ProjectId> {
        let mut counts: HashMap<&Option<ProjectId>, usize> = HashMap::new();
        for entry in self.counted() {
            *counts.entry(&entry.project).or_default() += 1;
        }
        let largest = counts.into_iter().max_by_key(|&(project, count)| (count, project == newest));
        largest.and_then(|(project, _)| project.clone())
    }

    fn end_oldest(&mut self, limit: &'static str, select: impl Fn(&Entry) -> bool) {
        let oldest = self.entries.iter().position(|entry| entry.counts && select(entry));
        // The caller has just counted one.
        let Some(oldest) = oldest else { return };
        let entry = self.entries.remove(oldest);
        tracing::warn!(
            loadbalancer = %entry.loadbalancer, pid = entry.pid, limit,
            "too many old processes: the oldest is ended, with its connections"
        );
        // Otherwise it has just exited.
        let _ = entry.end.send(());
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
        let add = |id: LoadBalancerId| {
            let process = all.add(id, Some(&ProjectId(id.to_string())), 1);
            all.count(process.number());
            process
        };
        let mut idle = all.add(one, None, 1);
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
        assert!(must_end(&mut other), "all have four, and its project the most");
        assert!(!must_end(&mut third) && !must_end(&mut idle));
    }

    #[test]
    fn a_project_that_changes_much_ends_its_own_processes() {
        let all = OldProcesses::new(OldProcessLimits { per_load_balancer: 8, total: 4 });
        let (mei, eve) = (ProjectId::from("mei"), ProjectId::from("eve"));
        let add = |number, project: Option<&ProjectId>| {
            let process = all.add(LoadBalancerId(Uuid::from_u128(number)), project, 1);
            all.count(process.number());
            process
        };
        // Of an earlier engine; its project is known with the next process.
        let mut orphan = add(1, None);
        let mut of_mei = add(1, Some(&mei));
        let mut of_eve: Vec<_> = (10..30).map(|number| add(number, Some(&eve))).collect();
        assert!(!must_end(&mut orphan) && !must_end(&mut of_mei));
        let ended = of_eve.iter_mut().map(must_end).filter(|ended| *ended).count();
        assert_eq!(ended, 18, "two of eve's are left, of as many load balancers");
    }
}
