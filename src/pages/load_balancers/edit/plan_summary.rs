//! A plan in one line.

use crate::i18n::{I18nContext, Locale, t_string};
use plan::edit::{Plan, ServerChange, StepSummary};

/// The number of changes by kind.
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
    policies: usize,
    load_balancer: usize,
}

impl Counts {
    fn new<'a>(steps: impl IntoIterator<Item = &'a StepSummary>) -> Self {
        let mut counts = Self::default();
        let mut previous_check = None;
        let mut previous_policy = None;
        for what in steps {
            let (counter, amount) = match what {
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
                    // Changing the type of a check takes two steps, but is one change.
                    let is_same = previous_check.replace(group) == Some(group);
                    (&mut counts.change_check, usize::from(!is_same))
                }
                StepSummary::AddListener { .. } => (&mut counts.add_listener, 1),
                StepSummary::ChangeListener { .. } => (&mut counts.change_listener, 1),
                StepSummary::RemoveListener { .. } => (&mut counts.remove_listener, 1),
                // Adding a redirect takes two steps; the second one counts.
                StepSummary::AddRedirect { .. } => (&mut counts.redirects, 0),
                StepSummary::ActivateRedirect { .. }
                | StepSummary::ChangeRedirect { .. }
                | StepSummary::RemoveRedirect { .. } => (&mut counts.redirects, 1),
                // Adding a rule takes several steps; the one that activates it counts.
                StepSummary::AddPolicy { policy, .. } => {
                    previous_policy = Some(policy);
                    (&mut counts.policies, 0)
                }
                StepSummary::ActivatePolicy { .. }
                | StepSummary::ChangePolicy { .. }
                | StepSummary::MovePolicy { .. }
                | StepSummary::RemovePolicy { .. } => (&mut counts.policies, 1),
                StepSummary::AddRule { policy, .. }
                | StepSummary::ChangeRule { policy, .. }
                | StepSummary::RemoveRule { policy, .. } => {
                    let is_same = previous_policy.replace(policy) == Some(policy);
                    (&mut counts.policies, usize::from(!is_same))
                }
                StepSummary::ChangeLoadBalancer => (&mut counts.load_balancer, 1),
            };
            *counter += amount;
        }
        counts
    }
}

/// `3 changes: add 2 servers, remove 1 server`; empty without changes.
pub(in crate::pages::load_balancers) fn plan_summary(
    i18n: I18nContext<Locale>,
    plan: &Plan,
) -> String {
    let counts = Counts::new(plan.steps.iter().map(|step| &step.summary));
    macro_rules! counted {
        ($n:expr, $section:ident.$key:ident) => {
            ($n > 0).then(|| ($n, t_string!(i18n, $section.$key, count = $n)))
        };
    }
    let all = [
        counted!(counts.add, edit.summary_add_servers),
        counted!(counts.change, edit.summary_change_servers),
        counted!(counts.drain, edit.summary_drain_servers),
        counted!(counts.enable, edit.summary_enable_servers),
        counted!(counts.disable, edit.summary_disable_servers),
        counted!(counts.remove, edit.summary_remove_servers),
        counted!(counts.add_listener, edit.summary_add_listeners),
        counted!(counts.change_listener, edit.summary_change_listeners),
        counted!(counts.remove_listener, edit.summary_remove_listeners),
        counted!(counts.add_group, edit.summary_add_groups),
        counted!(counts.change_group, edit.summary_change_groups),
        counted!(counts.remove_group, edit.summary_remove_groups),
        counted!(counts.add_check, edit.summary_add_checks),
        counted!(counts.change_check, edit.summary_change_checks),
        counted!(counts.remove_check, edit.summary_remove_checks),
        counted!(counts.redirects, edit.summary_change_redirects),
        counted!(counts.policies, edit.summary_change_rules),
        (counts.load_balancer > 0)
            .then(|| (1, t_string!(i18n, edit.summary_change_load_balancer).to_owned())),
    ];
    let parts: Vec<(usize, String)> = all.into_iter().flatten().collect();
    let list = parts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>();
    let list = list.join(t_string!(i18n, edit.list_separator));
    match parts.iter().map(|(n, _)| n).sum::<usize>() {
        0 => String::new(),
        count => t_string!(i18n, edit.changes, count = count, list = list).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_a_health_check_counts_as_one_change() {
        let check = |group: &str| StepSummary::ChangeHealthCheck { group: group.to_owned() };
        let counts = Counts::new(&[check("a"), check("a"), check("b")]);
        assert_eq!(counts, Counts { change_check: 2, ..Counts::default() });
    }

    #[test]
    fn each_server_of_a_batch_counts() {
        let group = String::new();
        let add = StepSummary::AddServers { count: 3, group: group.clone() };
        let one = StepSummary::AddServer { server: "192.0.2.1:80".into(), group };
        assert_eq!(Counts::new(&[add, one]).add, 4);
    }
}
