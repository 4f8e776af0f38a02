//! The tasks that apply load balancers: at most one for each load balancer.

use super::{
    request::Request,
    retries::{Next, Retries},
};
use crate::fair_queue::FairQueue;
use futures_util::future::BoxFuture;
use openstack_types::{LoadBalancerId, ProjectId};
use std::{collections::HashMap, sync::Arc};
use tokio::{
    task::{self, JoinSet},
    time::Instant,
};

/// Limit of load balancers that are applied at the same time. Nothing waits for its next try inside the limit.
const MAX_CONCURRENT: usize = 8;
/// Limit of load balancers of one project that are applied at the same time. No more processes start at the same time,
/// so that one of another project is the next.
const MAX_CONCURRENT_OF_PROJECT: usize = 4;

/// Applies one load balancer.
pub(super) type Apply = Arc<dyn Fn(Request) -> BoxFuture<'static, Next> + Send + Sync>;
/// Reads the project of a load balancer; `None` if that is not known.
pub(super) type FindProject =
    Arc<dyn Fn(LoadBalancerId) -> BoxFuture<'static, Option<ProjectId>> + Send + Sync>;

pub(super) struct Workers {
    apply: Apply,
    find_project: FindProject,
    tasks: JoinSet<Next>,
    task_targets: HashMap<task::Id, LoadBalancerId>,
    /// Load balancers being applied, with the request that came since.
    active: HashMap<LoadBalancerId, Option<Request>>,
    retries: Retries,
    turns: FairQueue<Option<ProjectId>>,
}

impl Workers {
    pub(super) fn new(apply: Apply, find_project: FindProject) -> Self {
        Self {
            apply,
            find_project,
            tasks: JoinSet::new(),
            task_targets: HashMap::new(),
            active: HashMap::new(),
            retries: Retries::default(),
            turns: FairQueue::unbounded(MAX_CONCURRENT, MAX_CONCURRENT_OF_PROJECT),
        }
    }

    /// Applies a load balancer because of a change.
    pub(super) fn enqueue(&mut self, request: Request) {
        self.start(request, true);
    }

    fn start(&mut self, request: Request, is_change: bool) {
        if let Some(waiting) = self.active.get_mut(&request.id) {
            let new_process = waiting.is_some_and(|waiting| waiting.new_process);
            *waiting = Some(Request { new_process: new_process || request.new_process, ..request });
            return;
        }
        self.retries.begin(request.id, is_change);
        self.active.insert(request.id, None);
        let (apply, turns) = (self.apply.clone(), self.turns.clone());
        let project = (self.find_project)(request.id);
        let task = self.tasks.spawn(async move {
            let _turn = turns.turn(project.await, false).await;
            apply(request).await
        });
        self.task_targets.insert(task.id(), request.id);
    }

    /// Starts the tries that are due, and collects the tasks that have ended. Never returns. Cancel safe.
    pub(super) async fn run(&mut self) {
        loop {
            tokio::select! {
                Some(ended) = self.tasks.join_next_with_id() => self.finish(ended),
                id = self.retries.due() => self.start(Request { id, new_process: false }, false),
            }
        }
    }

    fn finish(&mut self, ended: Result<(task::Id, Next), task::JoinError>) {
        let (task, next) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(%error, "applying a load balancer ended early; trying again");
                (error.id(), Next::RetrySoon)
            }
        };
        let Some(id) = self.task_targets.remove(&task) else { return };
        match self.active.remove(&id).flatten() {
            Some(request) => self.start(request, true),
            None => self.retries.note(id, next, Instant::now()),
        }
    }

    /// Cancels all tasks. The next start of the server applies what is left.
    pub(super) async fn shut_down(mut self) {
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };
    use tokio::time::timeout;

    fn request() -> Request {
        Request { id: crate::ids::uuid().into(), new_process: false }
    }

    /// Every load balancer has a project of its own.
    fn workers(apply: Apply) -> Workers {
        let project = |id: LoadBalancerId| Some(ProjectId(id.to_string()));
        Workers::new(apply, Arc::new(move |id| Box::pin(async move { project(id) })))
    }

    async fn run(workers: &mut Workers, until: impl Fn() -> bool) {
        while !until() {
            // The clock is paused: it moves only when every task waits.
            let _ = timeout(Duration::from_millis(100), workers.run()).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_one_failed_try() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let mut workers = workers(Arc::new(move |_| {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                assert!(number > 1, "one of the tries that panic");
                Next::Settled
            })
        }));
        workers.enqueue(request());
        run(&mut workers, || tries.load(Ordering::Relaxed) == 3).await;
        run(&mut workers, || true).await;
        assert!(timeout(Duration::from_secs(10_000), workers.run()).await.is_err());
        assert_eq!(tries.load(Ordering::Relaxed), 3, "it is settled");
    }

    #[tokio::test(start_paused = true)]
    async fn load_balancers_that_wait_for_their_next_try_hold_up_no_other() {
        let applied = Arc::new(Mutex::new(Vec::new()));
        let seen = applied.clone();
        let stuck: Vec<Request> = (0..MAX_CONCURRENT * 2).map(|_| request()).collect();
        let failing: Vec<_> = stuck.iter().map(|request| request.id).collect();
        let mut workers = workers(Arc::new(move |request: Request| {
            seen.lock().unwrap().push(request.id);
            let next = if failing.contains(&request.id) { Next::RetrySoon } else { Next::Settled };
            Box::pin(async move { next })
        }));
        stuck.iter().for_each(|request| workers.enqueue(*request));
        run(&mut workers, || applied.lock().unwrap().len() == stuck.len()).await;
        let other = request();
        let before = Instant::now();
        workers.enqueue(other);
        run(&mut workers, || applied.lock().unwrap().contains(&other.id)).await;
        assert!(before.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_for_one_load_balancer_are_applied_one_after_the_other() {
        let running = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (counter, log) = (running.clone(), seen.clone());
        let mut workers = workers(Arc::new(move |request: Request| {
            let (counter, log) = (counter.clone(), log.clone());
            Box::pin(async move {
                assert_eq!(counter.fetch_add(1, Ordering::Relaxed), 0);
                tokio::time::sleep(Duration::from_millis(10)).await;
                log.lock().unwrap().push(request.new_process);
                counter.fetch_sub(1, Ordering::Relaxed);
                Next::Settled
            })
        }));
        let request = request();
        workers.enqueue(request);
        workers.enqueue(Request { new_process: true, ..request });
        workers.enqueue(request);
        run(&mut workers, || seen.lock().unwrap().len() == 2).await;
        assert_eq!(*seen.lock().unwrap(), [false, true], "those that wait become one");
    }

    #[tokio::test(start_paused = true)]
    async fn a_project_with_many_changes_holds_up_no_other() {
        let applied = Arc::new(Mutex::new(Vec::new()));
        let log = applied.clone();
        let other = request();
        let apply: Apply = Arc::new(move |request: Request| {
            let log = log.clone();
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                log.lock().unwrap().push(request.id);
                Next::Settled
            })
        });
        let find_project: FindProject = Arc::new(move |id| {
            let project = if id == other.id { "other" } else { "busy" };
            Box::pin(async move { Some(ProjectId(project.to_owned())) })
        });
        let mut workers = Workers::new(apply, find_project);
        (0..100).for_each(|_| workers.enqueue(request()));
        run(&mut workers, || applied.lock().unwrap().len() >= MAX_CONCURRENT_OF_PROJECT).await;
        let before = applied.lock().unwrap().len();
        workers.enqueue(other);
        run(&mut workers, || applied.lock().unwrap().contains(&other.id)).await;
        let applied = applied.lock().unwrap();
        let earlier = applied.iter().position(|id| *id == other.id).unwrap() - before;
        assert!(earlier <= 2 * MAX_CONCURRENT_OF_PROJECT, "{earlier} of 100 came before it");
    }
}
