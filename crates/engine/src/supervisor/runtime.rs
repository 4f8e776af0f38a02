//! Changes that the current process makes without being replaced.

use super::{FIRST_POLL_DELAY, Supervisor};
use crate::{runtime_change::runtime_change, spec::LoadBalancerSpec};

impl Supervisor {
    /// Makes the current process run `spec` by admin commands. Returns false if another process is needed: the
    /// current one then runs what it ran before.
    pub(super) async fn change_at_runtime(&mut self, spec: &LoadBalancerSpec) -> bool {
        if self.restart_at.is_some() || self.is_stale {
            return false;
        }
        let Some(current) = &mut self.current else { return false };
        self.server_ids.assign(spec);
        let open_files = self.context.program.open_files;
        let change = runtime_change(current.spec(), spec, &self.server_ids, open_files)
            .filter(|change| current.has_room_for(change));
        let Some(change) = change else { return false };
        let commands = change.commands.len();
        if let Err(error) = current.make_change(change, spec.clone()).await {
            tracing::warn!(
                loadbalancer = %self.id, %error,
                "a change at run time failed, and needs another process"
            );
            return false;
        }
        tracing::debug!(loadbalancer = %self.id, commands, "changed at run time");
        self.pings.update_targets(spec);
        self.applied = Some(spec.clone());
        self.servers.clear();
        self.reporter.forget_health();
        self.save_state().await;
        self.schedule_poll(FIRST_POLL_DELAY);
        self.report_health();
        true
    }
}
