//! Requests while something else is broken.

use crate::common::octavia::poll_until;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

/// Requests to a listener that must all succeed.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

pub(super) async fn get(to: SocketAddr) -> std::io::Result<String> {
    timeout(Duration::from_secs(60), async {
        let mut stream = TcpStream::connect(to).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    })
    .await?
}

impl Load {
    pub(super) fn on(to: SocketAddr) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let task = tokio::spawn({
            let (stop, answered) = (stop.clone(), answered.clone());
            async move {
                while !stop.load(Ordering::Relaxed) {
                    let answer = get(to).await.unwrap();
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { stop, answered, task }
    }

    /// Whether a request has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) async fn finish(self) {
        let soon = self.answered.load(Ordering::Relaxed) + 3;
        poll_until(async |_| {
            let done = self.answered.load(Ordering::Relaxed) > soon || self.task.is_finished();
            done.then_some(())
        })
        .await;
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}
