//! Applies a specification. A listener that can't run affects nothing else.

use super::{Sockets, Supervisor};
use crate::{
    applied::{Applied, ApplyOptions, ListenerFailure, Refusal},
    candidate::{Candidate, part},
    config_check::{self, Verdict},
    error::ProcessError,
    sockets::ListeningSocket,
    spec::{ListenerSpec, LoadBalancerSpec},
};
use openstack_types::ListenerId;
use std::time::Duration;
use tokio::time::sleep;

/// The waits before a start is tried again that failed for a passing reason, such as a process that was killed
/// while it started. If the last one fails too, the caller hears of it.
const RETRY_DELAYS: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(150), Duration::from_millis(450)];

impl Supervisor {
    pub(super) async fn apply(
        &mut self,
        wanted: LoadBalancerSpec,
        options: ApplyOptions,
    ) -> Applied {
        let mut candidate = Candidate::new(wanted, options.unspecified);
        self.fail_without_ping_socket(&mut candidate);
        let mut opened = self.open_new_sockets(&mut candidate);
        let mut delays = RETRY_DELAYS.into_iter();
        let failure = loop {
            let spec = candidate.effective(self.applied.as_ref());
            if self.runs(&spec) && !options.new_process {
                break None;
            }
            if !options.new_process && self.change_at_runtime(&spec).await {
                break None;
            }
            let error = match self.switch_to(spec.clone(), &mut opened).await {
                Ok(()) => break None,
                Err(error) => error,
            };
            tracing::warn!(loadbalancer = %self.id, %error, "a process did not start");
            if let ProcessError::Refused(_) = error {
                if self.isolate_refused(&mut candidate, &spec, &opened).await {
                    continue;
                }
            } else if error.may_pass_at_once()
                && let Some(delay) = delays.next()
            {
                sleep(delay).await;
                continue;
            }
            break Some(error);
        };
        if let Some(error) = failure {
            self.keep_previous(&mut candidate, &error);
        }
        let mut running = candidate.effective(self.applied.as_ref());
        if self.current.is_none() {
            running.listeners.clear();
        }
        Applied { running, failed: candidate.into_failures() }
    }

    /// Opens the sockets of the candidate that are not open yet.
    fn open_new_sockets(&self, candidate: &mut Candidate) -> Sockets {
        let vips: Vec<_> = candidate.wanted().vips().collect();
        let mut opened = Sockets::new();
        let mut failures = Vec::new();
        for listener in candidate.promising() {
            for vip in &vips {
                let key = (*vip, listener.port);
                if self.sockets.contains_key(&key) {
                    continue;
                }
                match ListeningSocket::open(*vip, listener.port) {
                    Ok(socket) => drop(opened.insert(key, socket)),
                    Err(error) => {
                        failures.push((listener.id, error));
                        break;
                    }
                }
            }
        }
        for (listener, error) in failures {
            candidate.fail(listener, error.into());
        }
        opened
    }

    fn fail_without_ping_socket(&self, candidate: &mut Candidate) {
        let mut failures = Vec::new();
        for listener in candidate.promising() {
            if let Err(error) = self.pings.open_sockets(&part(candidate.wanted(), listener.id)) {
                failures.push((listener.id, error));
            }
        }
        for (listener, error) in failures {
            candidate.fail(listener, error.into());
        }
    }

    /// Finds the listeners of `spec` that HAProxy refuses by themselves. Returns whether the candidate has
    /// changed, so that another start makes sense.
    async fn isolate_refused(
        &self,
        candidate: &mut Candidate,
        spec: &LoadBalancerSpec,
        opened: &Sockets,
    ) -> bool {
        let runs_already = |listener: &&ListenerSpec| {
            let running = self.applied.as_ref().map(|running| part(running, listener.id));
            running.is_some_and(|running| running == part(spec, listener.id))
        };
        let (unchanged, changed): (Vec<_>, Vec<_>) = spec.listeners.iter().partition(runs_already);
        for listeners in [changed, unchanged] {
            let mut refused = Vec::new();
            for listener in listeners {
                let part = part(spec, listener.id);
                let sockets = self.sockets_of(&part, opened);
                if let Verdict::Refused(alerts) =
                    config_check::check(&self.context, &part, &sockets).await
                {
                    tracing::warn!(loadbalancer = %self.id, listener = %listener.id, %alerts, "refused");
                    refused.push((listener.id, Refusal::from_alerts(&alerts)));
                }
            }
            if refused.is_empty() {
                continue;
            }
            // If HAProxy refuses even a configuration without listeners, the cause is in the machine.
            let empty =
                LoadBalancerSpec { listeners: Vec::new(), pools: Vec::new(), ..spec.clone() };
            if config_check::check(&self.context, &empty, &[]).await != Verdict::Accepted {
                return false;
            }
            for (listener, refusal) in refused {
                if candidate.has_failed(listener) && self.current.is_some() {
                    // Its last good configuration is no longer accepted, but the current process serves it.
                    return false;
                }
                candidate.fail(listener, refusal.into());
            }
            return true;
        }
        false
    }

    /// The current process goes on, because no other can be started. A listener that was removed stops
    /// accepting connections nevertheless.
    fn keep_previous(&mut self, candidate: &mut Candidate, error: &ProcessError) {
        let wanted = candidate.wanted();
        if let Some(mut applied) = self.applied.take() {
            let before = applied.listeners.len();
            applied.listeners.retain(|listener| candidate.belongs(listener.id));
            self.is_stale |= applied.listeners.len() < before;
            self.close_unused_sockets(&applied);
            self.applied = Some(applied);
        }
        let is_served = |listener: &&ListenerSpec| {
            let running = self.applied.as_ref().filter(|_| self.current.is_some());
            running.is_some_and(|running| part(running, listener.id) == part(wanted, listener.id))
        };
        let failed: Vec<ListenerId> = candidate
            .promising()
            .filter(|listener| !is_served(listener))
            .map(|listener| listener.id)
            .collect();
        for listener in failed {
            candidate.fail(listener, ListenerFailure::Process(error.to_string()));
        }
    }
}
