//! Transfers the state of the members from one generation to the next, in HAProxy's server-state format.

use crate::{
    render::backends,
    spec::{LoadBalancerSpec, MemberSpec},
};
use std::collections::HashMap;

/// Positions in a line of `show servers state`, version 1.
mod column {
    pub(super) const BACKEND: usize = 1;
    pub(super) const SERVER: usize = 3;
    pub(super) const OP_STATE: usize = 5;
    pub(super) const ADMIN_STATE: usize = 6;
    pub(super) const USER_WEIGHT: usize = 7;
    pub(super) const INITIAL_WEIGHT: usize = 8;
    pub(super) const CHECK_PORT: usize = 21;
    pub(super) const CHECK_ADDRESS: usize = 22;
    pub(super) const COUNT: usize = 25;
}

/// The operational state of a member that is down.
const STATE_STOPPED: &str = "0";

/// The lines of `state` (the answer to `show servers state` of a process that ran `old`) that are still valid
/// for `new`.
///
/// A line overrides the configuration, including the weight, the admin state and the address of the health
/// check. So it is kept only for a member that is the same server in both specifications, with the values of
/// `new`. A health check that differs has no result yet: until then its last known state counts.
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
            (Some(old), Some(new)) => {
                (old.enabled && new.enabled)
                    && is_in_service(fields[column::ADMIN_STATE])
                    && (new.address, new.port) == (old.address, old.port)
                    // A member that is down stays down with a new weight: both weights of the line are
                    // replaced. A member that is up starts as up anyway.
                    && (new.weight == old.weight || fields[column::OP_STATE] == STATE_STOPPED)
            }
            _ => false,
        };
        if same {
            let member = after[&key];
            let weight = member.weight.min(256).to_string();
            let check_port = member.monitor_port.unwrap_or_default().to_string();
            let check_address =
                member.monitor_address.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
            let mut fields = fields;
            fields[column::ADMIN_STATE] = "0";
            fields[column::CHECK_PORT] = &check_port;
            fields[column::CHECK_ADDRESS] = &check_address;
            fields[column::USER_WEIGHT] = &weight;
            fields[column::INITIAL_WEIGHT] = &weight;
            kept.push_str(&fields.join(" "));
            kept.push('\n');
        }
    }
    (!kept.is_empty()).then(|| format!("{version}\n{heading}\n{kept}"))
}

/// Whether an admin state has no flag but the one of a server that was `disabled` in the configuration.
fn is_in_service(admin_state: &str) -> bool {
    const DISABLED_IN_CONFIGURATION: u32 = 0x04;
    admin_state.parse::<u32>().is_ok_and(|flags| flags & !DISABLED_IN_CONFIGURATION == 0)
}

/// The members with a health monitor.
type Servers<'a> = HashMap<(String, String), &'a MemberSpec>;

fn servers(spec: &LoadBalancerSpec) -> Servers<'_> {
    let mut servers = Servers::new();
    for (_, pool, name) in backends(spec) {
        if pool.monitor.is_some() {
            for member in &pool.members {
                servers.insert((name.to_string(), member.id.to_string()), member);
            }
        }
    }
    servers
}
