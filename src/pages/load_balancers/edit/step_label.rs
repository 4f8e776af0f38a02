//! Labels of the steps of a plan.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    pages::load_balancers::labels::listener_label,
};
use plan::edit::{ServerChange, StepSummary};

pub(super) fn step_label(i18n: I18nContext<Locale>, what: &StepSummary) -> String {
    match what {
        StepSummary::AddServer { server, .. } => {
            t_string!(i18n, edit.step_add_server, server = server.as_str()).to_string()
        }
        StepSummary::AddServers { count, .. } => {
            t_string!(i18n, edit.step_add_servers, count = *count).to_string()
        }
        StepSummary::ChangeServer { server, change, .. } => {
            let server = server.as_str();
            match change {
                ServerChange::Drain => {
                    t_string!(i18n, edit.step_drain_server, server = server).to_string()
                }
                ServerChange::Enable => {
                    t_string!(i18n, edit.step_enable_server, server = server).to_string()
                }
                ServerChange::Disable => {
                    t_string!(i18n, edit.step_disable_server, server = server).to_string()
                }
                ServerChange::Other => {
                    t_string!(i18n, edit.step_change_server, server = server).to_string()
                }
            }
        }
        StepSummary::RemoveServer { server, .. } => {
            t_string!(i18n, edit.step_remove_server, server = server.as_str()).to_string()
        }
        StepSummary::AddGroup { group } => {
            t_string!(i18n, edit.step_add_group, group = group.as_str()).to_string()
        }
        StepSummary::ChangeGroup { group } => {
            t_string!(i18n, edit.step_change_group, group = group.as_str()).to_string()
        }
        StepSummary::RemoveGroup { group } => {
            t_string!(i18n, edit.step_remove_group, group = group.as_str()).to_string()
        }
        StepSummary::AddHealthCheck { group } => {
            t_string!(i18n, edit.step_add_check, group = group.as_str()).to_string()
        }
        StepSummary::ChangeHealthCheck { group } => {
            t_string!(i18n, edit.step_change_check, group = group.as_str()).to_string()
        }
        StepSummary::RemoveHealthCheck { group } => {
            t_string!(i18n, edit.step_remove_check, group = group.as_str()).to_string()
        }
        StepSummary::AddListener { protocol, port } => {
            t_string!(i18n, edit.step_add_listener, listener = listener_label(protocol, *port))
                .to_string()
        }
        StepSummary::ChangeListener { protocol, port } => {
            t_string!(i18n, edit.step_change_listener, listener = listener_label(protocol, *port))
                .to_string()
        }
        StepSummary::RemoveListener { protocol, port } => {
            t_string!(i18n, edit.step_remove_listener, listener = listener_label(protocol, *port))
                .to_string()
        }
        StepSummary::AddRedirect { port } => {
            t_string!(i18n, edit.step_add_redirect, port = *port).to_string()
        }
        StepSummary::ActivateRedirect { port } => {
            t_string!(i18n, edit.step_activate_redirect, port = *port).to_string()
        }
        StepSummary::ChangeRedirect { port } => {
            t_string!(i18n, edit.step_change_redirect, port = *port).to_string()
        }
        StepSummary::RemoveRedirect { port } => {
            t_string!(i18n, edit.step_remove_redirect, port = *port).to_string()
        }
        StepSummary::AddPolicy { .. }
        | StepSummary::ActivatePolicy { .. }
        | StepSummary::ChangePolicy { .. }
        | StepSummary::MovePolicy { .. }
        | StepSummary::RemovePolicy { .. }
        | StepSummary::AddRule { .. }
        | StepSummary::ChangeRule { .. }
        | StepSummary::RemoveRule { .. } => rule_step_label(i18n, what),
        StepSummary::ChangeLoadBalancer => {
            t_string!(i18n, edit.step_change_load_balancer).to_owned()
        }
    }
}

/// The steps of rules: an L7 policy is a rule in the page, and its rules are conditions.
fn rule_step_label(i18n: I18nContext<Locale>, what: &StepSummary) -> String {
    match what {
        StepSummary::AddPolicy { policy, port } => {
            t_string!(i18n, edit.step_add_rule, rule = policy.as_str(), port = *port).to_string()
        }
        StepSummary::ActivatePolicy { policy, port } => {
            t_string!(i18n, edit.step_activate_rule, rule = policy.as_str(), port = *port)
                .to_string()
        }
        StepSummary::ChangePolicy { policy, port } => {
            t_string!(i18n, edit.step_change_rule, rule = policy.as_str(), port = *port).to_string()
        }
        StepSummary::MovePolicy { policy, port } => {
            t_string!(i18n, edit.step_move_rule, rule = policy.as_str(), port = *port).to_string()
        }
        StepSummary::RemovePolicy { policy, port } => {
            t_string!(i18n, edit.step_remove_rule, rule = policy.as_str(), port = *port).to_string()
        }
        StepSummary::AddRule { rule, policy, .. } => {
            let (condition, rule) = (rule.as_str(), policy.as_str());
            t_string!(i18n, edit.step_add_condition, condition = condition, rule = rule).to_string()
        }
        StepSummary::ChangeRule { rule, policy, .. } => {
            let (condition, rule) = (rule.as_str(), policy.as_str());
            t_string!(i18n, edit.step_change_condition, condition = condition, rule = rule)
                .to_string()
        }
        StepSummary::RemoveRule { rule, policy, .. } => {
            let (condition, rule) = (rule.as_str(), policy.as_str());
            t_string!(i18n, edit.step_remove_condition, condition = condition, rule = rule)
                .to_string()
        }
        _ => String::new(),
    }
}
