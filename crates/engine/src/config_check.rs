//! Asks HAProxy whether it accepts a configuration (`haproxy -c`), without starting to serve it.

use crate::{
    alerts::alerts, context::Context, launch::prepare, server_ids::ServerIds,
    sockets::ListeningSocket, spec::LoadBalancerSpec,
};
use std::time::Duration;
use tokio::time::timeout;

/// A check takes some milliseconds, more on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The exit status for a configuration that is valid and has no listener.
const NO_LISTENER: i32 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// With the messages of the `[ALERT]` lines.
    Refused(String),
    /// The check itself failed, for a reason that says nothing about the configuration.
    Unknown,
}

pub(crate) async fn check(
    context: &Context,
    spec: &LoadBalancerSpec,
    sockets: &[&ListeningSocket],
) -> Verdict {
    let _permit = context.start_permits.acquire(&spec.project).await;
    let mut ids = ServerIds::default();
    ids.assign(spec);
    let Ok(mut prepared) = prepare(context, spec, &ids, sockets, None) else {
        return Verdict::Unknown;
    };
    prepared.launch.check_only = true;
    let child = match context.spawner.spawn(prepared.launch).await {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(%error, "a configuration could not be checked");
            return Verdict::Unknown;
        }
    };
    let Ok(Ok(output)) = timeout(TIMEOUT, child.wait_with_output()).await else {
        return Verdict::Unknown;
    };
    let text = String::from_utf8_lossy(&output.stderr);
    match (output.status.code(), alerts(text.lines())) {
        (Some(0 | NO_LISTENER), _) => Verdict::Accepted,
        (Some(_), Some(alerts)) => Verdict::Refused(alerts),
        _ => Verdict::Unknown,
    }
}
