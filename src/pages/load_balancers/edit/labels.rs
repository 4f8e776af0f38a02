//! Steps of a plan, and a plan in one line, in words.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    store::row::protocol_word,
};
use openstack_types::octavia::ListenerProtocol;
use plan::edit::{Plan, ServerChange, StepSummary};

/// `192.0.2.10:80`, `[2001:db8::1]:80`.
pub(super) fn address_and_port(address: &str, port: &str) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

fn listener(protocol: &ListenerProtocol, port: u16) -> String {
    format!("{} {port}", protocol_word(protocol))
}

/// What a step does.
pub(super) fn step_label(i18n: I18nContext<Locale>, what: &StepSummary) -> String {
    use ServerChange as C;
    match what {
        StepSummary::AddServer { server, .. } => {
            t_string!(i18n, edit.do_add_server, server = server.as_str()).to_string()
        }
        StepSummary::AddServers { count, .. } => {
            t_string!(i18n, edit.do_add_servers, count = *count).to_string()
        }
        StepSummary::ChangeServer { server, change, .. } => {
            let server = server.as_str();
            match change {
                C::Drain => t_string!(i18n, edit.do_drain, server = server).to_string(),
                C::Enable => t_string!(i18n, edit.do_enable, server = server).to_string(),
                C::Disable => t_string!(i18n, edit.do_disable, server = server).to_string(),
                C::Other => t_string!(i18n, edit.do_change_server, server = server).to_string(),
            }
        }
        StepSummary::RemoveServer { server, .. } => {
            t_string!(i18n, edit.do_remove_server, server = server.as_str()).to_string()
        }
        StepSummary::AddGroup { group } => {
            t_string!(i18n, edit.do_add_group, group = group.as_str()).to_string()
        }
        StepSummary::ChangeGroup { group } => {
            t_string!(i18n, edit.do_change_group, group = group.as_str()).to_string()
        }
        StepSummary::RemoveGroup { group } => {
            t_string!(i18n, edit.do_remove_group, group = group.as_str()).to_string()
        }
        StepSummary::AddHealthCheck { group } => {
            t_string!(i18n, edit.do_add_check, group = group.as_str()).to_string()
        }
        StepSummary::ChangeHealthCheck { group } => {
            t_string!(i18n, edit.do_change_check, group = group.as_str()).to_string()
        }
        StepSummary::RemoveHealthCheck { group } => {
            t_string!(i18n, edit.do_remove_check, group = group.as_str()).to_string()
        }
        StepSummary::AddListener { protocol, port } => {
            t_string!(i18n, edit.do_add_listener, listener = listener(protocol, *port)).to_string()
        }
        StepSummary::ChangeListener { protocol, port } => {
            t_string!(i18n, edit.do_change_listener, listener = listener(protocol, *port))
                .to_string()
        }
        StepSummary::RemoveListener { protocol, port } => {
            t_string!(i18n, edit.do_remove_listener, listener = listener(protocol, *port))
                .to_string()
        }
        StepSummary::AddRedirect { port } => {
            t_string!(i18n, edit.do_add_redirect, port = *port).to_string()
        }
        StepSummary::ActivateRedirect { port } => {
            t_string!(i18n, edit.do_begin_redirect, port = *port).to_string()
        }
        StepSummary::ChangeRedirect { port } => {
            t_string!(i18n, edit.do_change_redirect, port = *port).to_string()
        }
        StepSummary::RemoveRedirect { port } => {
            t_string!(i18n, edit.do_remove_redirect, port = *port).to_string()
        }
        StepSummary::ChangeLoadBalancer => t_string!(i18n, edit.do_change_itself).to_owned(),
    }
}

/// How many of each kind of change there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    add: usize,
    change: usize,
    drain: usize,
    enable: usize,
    disable: usize,
    remove: usize,
    add_listener: usize,
    change_listener: usize,
    remove_listener: usize,
    add_group: usize,
    change_group: usize,
    remove_group: usize,
    add_check: usize,
    change_check: usize,
    remove_check: usize,
    redirects: usize,
    itself: usize,
}

impl Counts {
    fn of<'a>(steps: impl IntoIterator<Item = &'a StepSummary>) -> Self {
        let mut counts = Self::default();
        let mut check_before = None;
        for what in steps {
            let (place, by) = match what {
                StepSummary::AddServer { .. } => (&mut counts.add, 1),
                StepSummary::AddServers { count, .. } => (&mut counts.add, *count),
                StepSummary::ChangeServer { change, .. } => match change {
                    ServerChange::Drain => (&mut counts.drain, 1),
                    ServerChange::Enable => (&mut counts.enable, 1),
                    ServerChange::Disable => (&mut counts.disable, 1),
                    ServerChange::Other => (&mut counts.change, 1),
                },
                StepSummary::RemoveServer { .. } => (&mut counts.remove, 1),
                StepSummary::AddGroup { .. } => (&mut counts.add_group, 1),
                StepSummary::ChangeGroup { .. } => (&mut counts.change_group, 1),
                StepSummary::RemoveGroup { .. } => (&mut counts.remove_group, 1),
                StepSummary::AddHealthCheck { .. } => (&mut counts.add_check, 1),
                StepSummary::RemoveHealthCheck { .. } => (&mut counts.remove_check, 1),
                StepSummary::ChangeHealthCheck { group } => {
                    // Another kind of check takes two steps, and is one change.
                    let again = check_before.replace(group) == Some(group);
                    (&mut counts.change_check, usize::from(!again))
                }
                StepSummary::AddListener { .. } => (&mut counts.add_listener, 1),
                StepSummary::ChangeListener { .. } => (&mut counts.change_listener, 1),
                StepSummary::RemoveListener { .. } => (&mut counts.remove_listener, 1),
                // To make one takes two steps.
                StepSummary::AddRedirect { .. } => (&mut counts.redirects, 0),
                StepSummary::ActivateRedirect { .. }
                | StepSummary::ChangeRedirect { .. }
                | StepSummary::RemoveRedirect { .. } => (&mut counts.redirects, 1),
                StepSummary::ChangeLoadBalancer => (&mut counts.itself, 1),
            };
            *place += by;
        }
        counts
    }
}

/// `3 changes: add 2 servers, remove 1 server`; empty for none.
pub(super) fn plan_summary(i18n: I18nContext<Locale>, plan: &Plan) -> String {
    let counts = Counts::of(plan.steps.iter().map(|step| &step.summary));
    macro_rules! counted {
        ($n:expr, edit.$one:ident, edit.$many:ident) => {
            match $n {
                0 => None,
                1 => Some((1, t_string!(i18n, edit.$one).to_owned())),
                n => Some((n, t_string!(i18n, edit.$many, count = n).to_string())),
            }
        };
    }
    let all = [
        counted!(counts.add, edit.sum_add_one, edit.sum_add),
        counted!(counts.change, edit.sum_change_one, edit.sum_change),
        counted!(counts.drain, edit.sum_drain_one, edit.sum_drain),
        counted!(counts.enable, edit.sum_enable_one, edit.sum_enable),
        counted!(counts.disable, edit.sum_disable_one, edit.sum_disable),
        counted!(counts.remove, edit.sum_remove_one, edit.sum_remove),
        counted!(counts.add_listener, edit.sum_add_listener_one, edit.sum_add_listener),
        counted!(counts.change_listener, edit.sum_change_listener_one, edit.sum_change_listener),
        counted!(counts.remove_listener, edit.sum_remove_listener_one, edit.sum_remove_listener),
        counted!(counts.add_group, edit.sum_add_group_one, edit.sum_add_group),
        counted!(counts.change_group, edit.sum_change_group_one, edit.sum_change_group),
        counted!(counts.remove_group, edit.sum_remove_group_one, edit.sum_remove_group),
        counted!(counts.add_check, edit.sum_add_check_one, edit.sum_add_check),
        counted!(counts.change_check, edit.sum_change_check_one, edit.sum_change_check),
        counted!(counts.remove_check, edit.sum_remove_check_one, edit.sum_remove_check),
        counted!(counts.redirects, edit.sum_redirect_one, edit.sum_redirect),
        (counts.itself > 0).then(|| (1, t_string!(i18n, edit.sum_itself).to_owned())),
    ];
    let parts: Vec<(usize, String)> = all.into_iter().flatten().collect();
    let list = parts.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>();
    let list = list.join(t_string!(i18n, edit.comma));
    match parts.iter().map(|(n, _)| n).sum::<usize>() {
        0 => String::new(),
        1 => t_string!(i18n, edit.one_change, list = list).to_string(),
        count => t_string!(i18n, edit.changes, count = count, list = list).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_of_another_kind_is_one_change() {
        let check = |group: &str| StepSummary::ChangeHealthCheck { group: group.to_owned() };
        let counts = Counts::of(&[check("a"), check("a"), check("b")]);
        assert_eq!(counts, Counts { change_check: 2, ..Counts::default() });
    }

    #[test]
    fn servers_added_at_once_count_each() {
        let group = String::new();
        let add = StepSummary::AddServers { count: 3, group: group.clone() };
        let one = StepSummary::AddServer { server: "192.0.2.1:80".into(), group };
        assert_eq!(Counts::of(&[add, one]).add, 4);
    }
}
