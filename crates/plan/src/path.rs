//! Paths of fields in a draft, to show an error at its field and to focus the field.

mod api_fields;
mod fields;
mod service_error;
mod text;

pub use api_fields::RejectedPart;
pub use fields::{
    GroupField, HealthField, ListenerField, PolicyField, RuleField, ServerField, TimeoutField,
};

use crate::draft::{OptionsScope, RowKey};

/// A field of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldPath {
    Name,
    Description,
    /// The tags of the load balancer.
    Tags,
    Listener {
        listener: RowKey,
        field: ListenerField,
    },
    Policy {
        listener: RowKey,
        policy: RowKey,
        field: PolicyField,
    },
    Rule {
        listener: RowKey,
        policy: RowKey,
        rule: RowKey,
        field: RuleField,
    },
    /// The load-balancing algorithm of a group.
    Method {
        group: RowKey,
    },
    /// The network and the subnet.
    Network,
    VipAddress,
    VipPort,
    /// A VIP beside the first one.
    AdditionalVip {
        vip: RowKey,
    },
    Provider,
    Flavor,
    AvailabilityZone,
    Group {
        group: RowKey,
        field: GroupField,
    },
    Server {
        group: RowKey,
        server: RowKey,
        field: ServerField,
    },
    Health {
        group: RowKey,
        field: HealthField,
    },
    Persistence {
        group: RowKey,
    },
    /// The cookie name of session persistence.
    CookieName {
        group: RowKey,
    },
    AllowedCidrs {
        scope: OptionsScope,
        /// The number of the invalid entry, from 1; 0 for the whole list.
        entry: usize,
    },
    Timeout {
        scope: OptionsScope,
        field: TimeoutField,
    },
}

/// A section of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Name, description and type.
    Basics,
    Listeners,
    Method,
    /// Network and VIP.
    Network,
    Servers,
    Health,
    Persistence,
    AllowedCidrs,
    Timeouts,
}

impl FieldPath {
    pub fn section(&self) -> Section {
        match self {
            Self::Name | Self::Description | Self::Tags => Section::Basics,
            Self::Listener { .. } | Self::Policy { .. } | Self::Rule { .. } => Section::Listeners,
            Self::Method { .. } => Section::Method,
            Self::Network
            | Self::VipAddress
            | Self::VipPort
            | Self::AdditionalVip { .. }
            | Self::Provider
            | Self::Flavor
            | Self::AvailabilityZone => Section::Network,
            Self::Group { .. } | Self::Server { .. } => Section::Servers,
            Self::Health { .. } => Section::Health,
            Self::Persistence { .. } | Self::CookieName { .. } => Section::Persistence,
            Self::AllowedCidrs { .. } => Section::AllowedCidrs,
            Self::Timeout { .. } => Section::Timeouts,
        }
    }

    /// The path of its form control, which all entries of a list share.
    pub fn control(&self) -> Self {
        match self {
            Self::AllowedCidrs { scope, .. } => Self::AllowedCidrs { scope: *scope, entry: 0 },
            other => other.clone(),
        }
    }

    /// The id of its form control in the document.
    pub fn element_id(&self) -> String {
        match self {
            Self::Name => "name".into(),
            Self::Description => "description".into(),
            Self::Tags => "tags".into(),
            Self::Listener { listener, field } => format!("listener-{listener}-{}", field.slug()),
            Self::Policy { policy, field, .. } => format!("policy-{policy}-{}", field.slug()),
            Self::Rule { rule, field, .. } => format!("rule-{rule}-{}", field.slug()),
            Self::Method { group } => format!("group-{group}-method"),
            Self::Network => "network".into(),
            Self::VipAddress => "vip-address".into(),
            Self::VipPort => "vip-port".into(),
            Self::AdditionalVip { vip } => format!("vip-{vip}"),
            Self::Provider => "provider".into(),
            Self::Flavor => "flavor".into(),
            Self::AvailabilityZone => "availability-zone".into(),
            Self::Group { group, field } => format!("group-{group}-{}", field.slug()),
            Self::Server { server, field, .. } => format!("server-{server}-{}", field.slug()),
            Self::Health { group, field } => format!("group-{group}-health-{}", field.slug()),
            Self::Persistence { group } => format!("group-{group}-persistence"),
            Self::CookieName { group } => format!("group-{group}-cookie"),
            Self::AllowedCidrs { scope, .. } => format!("{}-cidrs", scope_prefix(*scope)),
            Self::Timeout { scope, field } => {
                format!("{}-timeout-{}", scope_prefix(*scope), field.slug())
            }
        }
    }
}

fn scope_prefix(scope: OptionsScope) -> String {
    match scope {
        OptionsScope::Shared => "every".into(),
        OptionsScope::Listener(key) => format!("listener-{key}"),
    }
}
