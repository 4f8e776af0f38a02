//! How many processes start at the same time. Projects take turns.

use openstack_types::ProjectId;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// More processes that start at the same time would only delay each other.
const MAX_CONCURRENT_STARTS: usize = 4;

#[derive(Debug)]
pub(crate) struct StartPermits(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// The projects with starts that wait, the next one first.
    waiting: VecDeque<(ProjectId, VecDeque<oneshot::Sender<StartPermit>>)>,
}

impl State {
    /// The next start: of the project that has waited for its turn the longest.
    fn next(&mut self) -> Option<oneshot::Sender<StartPermit>> {
        let (project, mut starts) = self.waiting.pop_front()?;
        let next = starts.pop_front();
        if !starts.is_empty() {
            self.waiting.push_back((project, starts));
        }
        next
    }
}

/// The right to start one process. Dropping it gives it to the next start.
#[derive(Debug)]
pub(crate) struct StartPermit(Option<Arc<Mutex<State>>>);

impl Default for StartPermits {
    fn default() -> Self {
        let state = State { free: MAX_CONCURRENT_STARTS, waiting: VecDeque::new() };
        Self(Arc::new(Mutex::new(state)))
    }
}

impl StartPermits {
    /// Waits for a permit. Whatever number of processes a project starts, another one is next. Cancel safe.
    pub(crate) async fn acquire(&self, project: &ProjectId) -> StartPermit {
        let permit = {
            let mut state = lock(&self.0);
            if state.free > 0 {
                state.free -= 1;
                return StartPermit(Some(self.0.clone()));
            }
            let (sender, permit) = oneshot::channel();
            match state.waiting.iter_mut().find(|(other, _)| other == project) {
                Some((_, starts)) => starts.push_back(sender),
                None => state.waiting.push_back((project.clone(), VecDeque::from([sender]))),
            }
            permit
        };
        // A sender is only dropped after it has sent a permit.
        permit.await.unwrap_or_else(|_| StartPermit(Some(self.0.clone())))
    }
}

impl Drop for StartPermit {
    fn drop(&mut self) {
        let Some(state) = self.0.take() else { return };
        loop {
            let next = {
                let mut state = lock(&state);
                let next = state.next();
                state.free += usize::from(next.is_none());
                next
            };
            let Some(next) = next else { return };
            match next.send(Self(Some(state.clone()))) {
                Ok(()) => return,
                // That start no longer waits. Without its state, the drop of its permit has no effect.
                Err(mut permit) => permit.0 = None,
            }
        }
    }
}

/// Nothing panics while it holds the lock.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::Future, pin::Pin, task::Poll};

    /// Starts that wait, by project.
    type Waiting<'a> = Vec<(&'a str, Pin<Box<dyn Future<Output = StartPermit> + 'a>>)>;

    fn project(name: &str) -> ProjectId {
        ProjectId(name.to_owned())
    }

    /// The starts that have a permit now, which they keep in `held`.
    async fn permitted<'a>(waiting: &mut Waiting<'a>, held: &mut Vec<StartPermit>) -> Vec<&'a str> {
        let mut names = Vec::new();
        for (name, mut start) in std::mem::take(waiting) {
            match std::future::poll_fn(|cx| Poll::Ready(start.as_mut().poll(cx))).await {
                Poll::Ready(permit) => {
                    held.push(permit);
                    names.push(name);
                }
                Poll::Pending => waiting.push((name, start)),
            }
        }
        names
    }

    #[tokio::test]
    async fn a_project_with_many_starts_holds_up_no_other() {
        let permits = StartPermits::default();
        let names = ["busy"; 20].into_iter().chain(["second", "third", "second"]);
        let mut waiting: Waiting<'_> = names
            .map(|name| {
                let permits = &permits;
                let start = async move { permits.acquire(&project(name)).await };
                (name, Box::pin(start) as Pin<Box<dyn Future<Output = StartPermit>>>)
            })
            .collect();
        let mut held = Vec::new();
        let first = permitted(&mut waiting, &mut held).await;
        assert_eq!(first, ["busy"; MAX_CONCURRENT_STARTS]);
        let mut order = Vec::new();
        while !waiting.is_empty() {
            drop(held.pop());
            order.extend(permitted(&mut waiting, &mut held).await);
        }
        assert_eq!(order[..6], ["busy", "second", "third", "busy", "second", "busy"]);
        drop(held);
        assert_eq!(lock(&permits.0).free, MAX_CONCURRENT_STARTS);
    }

    #[tokio::test]
    async fn a_start_that_is_cancelled_keeps_no_permit() {
        let permits = StartPermits::default();
        let mut held = Vec::new();
        for _ in 0..MAX_CONCURRENT_STARTS {
            held.push(permits.acquire(&project("a")).await);
        }
        let mut waiting: Waiting<'_> = Vec::new();
        for name in ["a", "a", "b"] {
            let permits = &permits;
            let start = async move { permits.acquire(&project(name)).await };
            waiting.push((name, Box::pin(start)));
        }
        assert!(permitted(&mut waiting, &mut held).await.is_empty());
        // One before it gets a permit, another one after.
        drop(waiting.remove(0));
        drop(held.pop());
        drop(waiting.remove(0));
        let names = permitted(&mut waiting, &mut held).await;
        assert_eq!(names, ["b"]);
        drop(held);
        assert_eq!(lock(&permits.0).free, MAX_CONCURRENT_STARTS);
    }
}
