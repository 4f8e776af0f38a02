//! Transfers the state of the members from one generation to the next, in HAProxy's server-state format.

use crate::{
    render::backends,
    spec::{LoadBalancerSpec, MemberSpec, MonitorSpec},
};
use std::collections::HashMap;

/// Positions in a line of `show servers state`, version 1.
mod column {
    pub(super) const BACKEND: usize = 1;
    pub(super) const SERVER: usize = 3;
    pub(super) const OP_STATE: usize = 5;
    pub(super) const USER_WEIGHT: usize = 7;
    pub(super) const INITIAL_WEIGHT: usize = 8;
    pub(super) const COUNT: usize = 25;
}

/// The operational state of a member that is down.
const STATE_STOPPED: &str = "0";

/// The lines of `state` (the answer to `show servers state` of a process that ran `old`) that are still valid
/// for `new`.
///
/// A line overrides the configuration, including the weight, the admin state and the health check. So it is
/// kept only for a member that is the same in both specifications.
pub(crate) fn carry_over(
    state: &str,
    old: &LoadBalancerSpec,
    new: &LoadBalancerSpec,
) -> Option<String> {
    let (before, after) = (servers(old), servers(new));
    let mut lines = state.trim_start().lines();
    let version = lines.next().filter(|line| line.trim() == "1")?;
    let heading = lines.next()?;
    let mut kept = String::new();
    for line in lines {
        let fields: Vec<&str> = line.split(' ').collect();
        if fields.len() < column::COUNT {
            continue;
        }
        let key = (fields[column::BACKEND], fields[column::SERVER]);
        let key = (key.0.to_owned(), key.1.to_owned());
        let same = match (before.get(&key), after.get(&key)) {
            (Some((old, old_monitor)), Some((new, new_monitor))) => {
                old.enabled
                    && old_monitor.kind == new_monitor.kind
                    && (new.address, new.port, new.enabled) == (old.address, old.port, old.enabled)
                    && (new.monitor_address, new.monitor_port)
                        == (old.monitor_address, old.monitor_port)
                    // A member that is down stays down with a new weight: both weights of the line are
                    // replaced. A member that is up starts as up anyway.
                    && (new.weight == old.weight || fields[column::OP_STATE] == STATE_STOPPED)
            }
            _ => false,
        };
        if same {
            let weight = after[&key].0.weight.min(256).to_string();
            let mut fields = fields;
            fields[column::USER_WEIGHT] = &weight;
            fields[column::INITIAL_WEIGHT] = &weight;
            kept.push_str(&fields.join(" "));
            kept.push('\n');
        }
    }
    (!kept.is_empty()).then(|| format!("{version}\n{heading}\n{kept}"))
}

type Servers<'a> = HashMap<(String, String), (&'a MemberSpec, &'a MonitorSpec)>;

fn servers(spec: &LoadBalancerSpec) -> Servers<'_> {
    let mut servers = Servers::new();
    for (_, pool, name) in backends(spec) {
        let Some(monitor) = &pool.monitor else { continue };
        for member in &pool.members {
            servers.insert((name.to_string(), member.id.to_string()), (member, monitor));
        }
    }
    servers
}
