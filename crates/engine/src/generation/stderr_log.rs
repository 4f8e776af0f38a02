//! The last lines that a HAProxy process wrote to standard error.

use crate::alerts::alerts;
use openstack_types::LoadBalancerId;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::ChildStderr,
    task::JoinHandle,
};

const MAX_LINES: usize = 20;

#[derive(Clone, Debug, Default)]
pub(super) struct StderrLog(Arc<Mutex<VecDeque<String>>>);

impl StderrLog {
    /// Starts a task that reads until the process closes its standard error.
    pub(super) fn read_from(&self, id: LoadBalancerId, stderr: ChildStderr) -> JoinHandle<()> {
        let last_lines = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                tracing::debug!(loadbalancer = %id, %line, "haproxy");
                let mut last_lines = last_lines.lock().unwrap_or_else(PoisonError::into_inner);
                if last_lines.len() == MAX_LINES {
                    last_lines.pop_front();
                }
                last_lines.push_back(line);
            }
        })
    }

    /// The messages of the `[ALERT]` lines.
    pub(super) fn alerts(&self) -> Option<String> {
        let last_lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        alerts(last_lines.iter().map(String::as_str))
    }
}
