//! Threads for one kind of blocking work.
//!
//! Work of one kind cannot take the threads of another, and the process ends without waiting for it.

use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of threads. They end when this is dropped and their work is done.
pub struct Workers {
    jobs: Sender<Job>,
}

/// The work cannot be done, because its thread has ended.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the thread for this work has ended")]
pub struct WorkerEnded;

impl Workers {
    /// Starts `count` threads with a name of at most 15 characters.
    ///
    /// # Errors
    /// The system starts no further thread.
    pub fn start(name: &str, count: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..count {
            let queue = queue.clone();
            thread::Builder::new().name(name.to_owned()).spawn(move || {
                while let Some(job) = next(&queue) {
                    job();
                }
            })?;
        }
        Ok(Self { jobs })
    }

    /// Runs `work` on the next free thread, to its end even if the returned future is dropped. A panic
    /// continues in the caller.
    pub fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, WorkerEnded>> + Send + use<T, F> {
        let (sender, result) = oneshot::channel::<Result<T, Box<dyn Any + Send>>>();
        let job = Box::new(move || {
            // Nobody may wait for the result any more.
            let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
        });
        // Without a thread, the job is dropped and with it the sender of the result.
        let _ = self.jobs.send(job);
        async {
            match result.await {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(panic)) => resume_unwind(panic),
                Err(_) => Err(WorkerEnded),
            }
        }
    }
}

fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_waits_for_a_thread_and_survives_a_panic() {
        let workers = Arc::new(Workers::start("test", 1).unwrap());
        let (release, held) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(move || held.recv()).await }
        });
        let second = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(|| 2).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        release.send(()).unwrap();
        assert!(first.await.unwrap().is_ok());
        assert_eq!(second.await.unwrap().unwrap(), 2);
        let panicking = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(|| panic!("on purpose")).await }
        });
        assert!(panicking.await.unwrap_err().is_panic());
        assert_eq!(workers.run(|| 3).await.unwrap(), 3);
    }
}
