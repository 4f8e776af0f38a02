//! A process that accepts no new connections and finishes the open ones.

use crate::{
    admin::AdminSession,
    stats::{ProcessCounters, Stats},
    stick_tables::{Exported, Source, StickTable},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{io, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

/// How often [`OldGeneration::wait_for_responses`] looks.
const RESPONSES_INTERVAL: Duration = Duration::from_millis(1);
/// A connection that was just accepted has no request yet.
const QUIET_READINGS: u32 = 3;

#[derive(Debug)]
pub(crate) struct OldGeneration {
    pid: Pid,
    /// For [`crate::old_processes::OldProcesses::count`].
    number: u64,
    admin: AdminSession,
    tables: Vec<StickTable>,
    exported: Exported,
    counters: ProcessCounters,
    /// Ends when the process has exited.
    exit: JoinHandle<()>,
}

impl OldGeneration {
    pub(crate) fn new(
        pid: Pid,
        number: u64,
        admin: AdminSession,
        tables: Vec<StickTable>,
        exported: Exported,
        counters: ProcessCounters,
        exit: JoinHandle<()>,
    ) -> Self {
        Self { pid, number, admin, tables, exported, counters, exit }
    }

    /// The statistics, and the difference of the counters to the last call.
    pub(crate) async fn stats(&mut self) -> io::Result<(Stats, ProcessCounters)> {
        Stats::read(&mut self.admin, &mut self.counters).await
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether it can learn to which server a session belongs.
    pub(crate) fn learns_sessions(&self) -> bool {
        !self.tables.is_empty()
    }

    /// Waits until the open HTTP requests of pools with session persistence are answered, but not longer than
    /// `limit`: until then the process can learn sessions whose next request another process gets.
    pub(crate) async fn wait_for_responses(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let http = self.tables.iter().filter(|table| table.is_http());
        let pools: Vec<_> = http.map(|table| table.backend().pool).collect();
        let mut quiet = 0;
        while !pools.is_empty() && quiet < QUIET_READINGS && Instant::now() < deadline {
            // Type 2 is backends.
            let Ok(text) = self.admin.execute("show stat -1 2 -1").await else { return };
            match Stats::parse_open_requests(&text, &pools) {
                Ok(0) => quiet += 1,
                Ok(_) => quiet = 0,
                Err(_) => return,
            }
            sleep(RESPONSES_INTERVAL).await;
        }
    }

    /// What the process has learned about sessions, without what was copied already.
    pub(crate) fn sessions(&mut self) -> Source<'_> {
        Source { process: &mut self.admin, tables: &self.tables, exported: &mut self.exported }
    }

    /// Closes the admin session and lets the process exit when it is idle. The returned task ends with the
    /// process.
    pub(crate) fn release(self) -> JoinHandle<()> {
        // It has received the signal already if it has no tables.
        let _ = kill_process(self.pid, Signal::USR1);
        self.exit
    }
}
