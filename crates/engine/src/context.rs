//! What the supervisors of all load balancers share.

use crate::{
    old_processes::OldProcesses, ping::PingSockets, process::Spawner, program::Program,
    report::Report, run_dir::RunDir, start_permits::StartPermits,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) run_dir: RunDir,
    pub(crate) program: Arc<Program>,
    pub(crate) spawner: Spawner,
    pub(crate) ping_sockets: Arc<PingSockets>,
    pub(crate) start_permits: StartPermits,
    pub(crate) old_processes: OldProcesses,
    /// A process that doesn't answer for this long is down.
    pub(crate) hang_timeout: Duration,
    last_generation: AtomicU64,
    reports: mpsc::UnboundedSender<Report>,
}

impl Context {
    /// `last_generation` is the highest generation number that an earlier engine used.
    pub(crate) fn new(
        run_dir: RunDir,
        program: Arc<Program>,
        spawner: Spawner,
        hang_timeout: Duration,
        last_generation: u64,
        old_processes: OldProcesses,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self {
            run_dir,
            program,
            spawner,
            ping_sockets: Arc::default(),
            start_permits: StartPermits::default(),
            old_processes,
            hang_timeout,
            last_generation: AtomicU64::new(last_generation),
            reports,
        }
    }

    pub(crate) fn next_generation(&self) -> u64 {
        self.last_generation.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn report(&self, report: Report) {
        // The receiver is gone while the server shuts down.
        let _ = self.reports.send(report);
    }
}
