//! What the processes of a load balancer report, read every second.

use super::{POLL_INTERVAL, Supervisor, health_commands::health_commands};
use crate::{report::Health, stats::ProcessCounters};
use openstack_types::PoolId;
use std::mem;
use tokio::time::Instant;

impl Supervisor {
    /// Reads the statistics of all processes, reports changes, and releases old processes that are idle.
    pub(super) async fn poll(&mut self) {
        let mut delta = ProcessCounters::default();
        if let Some(current) = &mut self.current {
            match current.stats().await {
                Ok((stats, since_last)) => {
                    self.answered_at = Instant::now();
                    delta.add(&since_last);
                    self.servers = stats.servers;
                    if self.report_health() {
                        self.save_state().await;
                    }
                    self.report_checks();
                }
                // If the process has exited, `wait_for_exit` notices it.
                Err(error) => tracing::debug!(loadbalancer = %self.id, %error, "no statistics"),
            }
        }
        self.end_if_it_hangs().await;
        if let Some(current) = &mut self.current {
            current.delete_retired_servers().await;
        }
        for mut old in mem::take(&mut self.draining) {
            match old.stats().await {
                Ok((stats, since_last)) => {
                    delta.add(&since_last);
                    if stats.is_idle() {
                        old.release();
                    } else {
                        self.context.old_processes.count(old.number());
                        self.draining.push(old);
                    }
                }
                Err(_) => drop(old.release()),
            }
        }
        self.reporter.report_traffic(delta);
        self.schedule_poll(POLL_INTERVAL);
    }

    async fn end_if_it_hangs(&mut self) {
        let silence = self.answered_at.elapsed();
        if silence < self.context.hang_timeout {
            return;
        }
        if let Some(hung) = self.current.take() {
            hung.kill().await;
            self.on_crash(format!("HAProxy did not answer for {} seconds", silence.as_secs()));
        }
    }

    /// Returns whether any member's health changed.
    pub(super) fn report_health(&mut self) -> bool {
        let Some(spec) = &self.applied else { return false };
        self.reporter.report_health(spec, &self.servers, self.pings.health())
    }

    fn report_checks(&mut self) {
        let Some(spec) = &self.applied else { return };
        self.reporter.report_checks(spec, &self.servers, &self.pings.outcomes());
    }

    pub(super) async fn save_state(&mut self) {
        self.last_state = match &mut self.current {
            Some(current) => current.server_state().await.ok(),
            None => None,
        };
    }

    /// Passes the health that a PING monitor found to the process.
    pub(super) async fn push_ping_health(&mut self, pool: PoolId, member: &str, health: &Health) {
        let (Some(current), Some(spec)) = (&mut self.current, &self.applied) else { return };
        for command in health_commands(spec, pool, member, health) {
            if let Err(error) = current.execute(&command).await {
                tracing::warn!(loadbalancer = %self.id, %error, "HAProxy rejected a member's health");
            }
        }
        self.save_state().await;
    }
}
