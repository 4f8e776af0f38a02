//! The steps of a plan.

use super::call::Call;
use openstack_types::octavia::ListenerProtocol;

/// Steps in the order in which they must be executed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub call: Call,
    pub summary: StepSummary,
}

/// What a step does, for a person. The page translates it.
///
/// A `server` is an address and port (`192.0.2.10:80`), a `group` the name of a server group, a `port`
/// that of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepSummary {
    AddServer {
        server: String,
        group: String,
    },
    AddServers {
        count: usize,
        group: String,
    },
    ChangeServer {
        server: String,
        group: String,
        change: ServerChange,
    },
    RemoveServer {
        server: String,
        group: String,
    },
    AddGroup {
        group: String,
    },
    /// Changes any of its own settings.
    ChangeGroup {
        group: String,
    },
    RemoveGroup {
        group: String,
    },
    AddHealthCheck {
        group: String,
    },
    ChangeHealthCheck {
        group: String,
    },
    RemoveHealthCheck {
        group: String,
    },
    AddListener {
        protocol: ListenerProtocol,
        port: u16,
    },
    ChangeListener {
        protocol: ListenerProtocol,
        port: u16,
    },
    RemoveListener {
        protocol: ListenerProtocol,
        port: u16,
    },
    /// Creates a redirect to HTTPS that is not active yet.
    AddRedirect {
        port: u16,
    },
    ActivateRedirect {
        port: u16,
    },
    ChangeRedirect {
        port: u16,
    },
    RemoveRedirect {
        port: u16,
    },
    /// Creates a policy that is not active yet. `policy` is its name, or what it leads to.
    AddPolicy {
        policy: String,
        port: u16,
    },
    /// Adds the last condition of a new policy, or enables it.
    ActivatePolicy {
        policy: String,
        port: u16,
    },
    ChangePolicy {
        policy: String,
        port: u16,
    },
    /// Moves it to another position.
    MovePolicy {
        policy: String,
        port: u16,
    },
    RemovePolicy {
        policy: String,
        port: u16,
    },
    /// `rule` is a condition, as `PATH STARTS_WITH /api`.
    AddRule {
        rule: String,
        policy: String,
        port: u16,
    },
    ChangeRule {
        rule: String,
        policy: String,
        port: u16,
    },
    RemoveRule {
        rule: String,
        policy: String,
        port: u16,
    },
    /// Changes its name, description, tags or admin state.
    ChangeLoadBalancer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerChange {
    /// Sets its weight to 0.
    Drain,
    Enable,
    Disable,
    Other,
}
