//! Paths of fields in a draft, to show an error at its field and to focus the field.

mod fields;
mod text;

pub use fields::{
    GroupField, HealthField, ListenerField, PolicyField, RuleField, ServerField, TimeoutField,
};

use crate::draft::{Draft, OptionsScope, RowKey};

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

    /// The field that an error of the service is about, found by the name that the service gives it
    /// and the value that the message quotes. `None` if several rows match.
    pub fn from_service_error(draft: &Draft, field: &str, message: &str) -> Option<Self> {
        match field {
            "name" => Some(Self::Name),
            "description" => Some(Self::Description),
            "vip_address" => Some(Self::VipAddress),
            "vip_subnet_id" | "vip_network_id" => Some(Self::Network),
            "protocol_port" | "address" | "weight" => {
                let value = message.split_once("Value: '")?.1.split_once('\'')?.0;
                let listeners = draft
                    .listeners
                    .iter()
                    .filter(|l| field == "protocol_port" && l.port.trim() == value)
                    .map(|l| Self::Listener { listener: l.key, field: ListenerField::Port });
                let servers = draft.groups.iter().flat_map(|group| {
                    group.servers.iter().filter_map(move |server| {
                        let (text, at) = match field {
                            "address" => (&server.address, ServerField::Address),
                            "weight" => (&server.weight, ServerField::Weight),
                            _ => (&server.port, ServerField::Port),
                        };
                        (text.trim() == value).then_some(Self::Server {
                            group: group.key,
                            server: server.key,
                            field: at,
                        })
                    })
                });
                let mut found = listeners.chain(servers);
                found.next().filter(|_| found.next().is_none())
            }
            _ => None,
        }
    }
}

fn scope_prefix(scope: OptionsScope) -> String {
    match scope {
        OptionsScope::Shared => "every".into(),
        OptionsScope::Listener(key) => format!("listener-{key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_error_is_matched_to_the_field_with_the_quoted_value() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let server = draft.add_server_at(group, "192.0.2.1".into(), "8080".into(), None).unwrap();
        let at = |field: &str, message: &str| FieldPath::from_service_error(&draft, field, message);
        assert_eq!(at("vip_address", ""), Some(FieldPath::VipAddress));
        assert_eq!(
            at("protocol_port", "… protocol_port. Value: '8080'. …"),
            Some(FieldPath::Server { group, server, field: ServerField::Port })
        );
        assert_eq!(
            at("protocol_port", "… protocol_port. Value: '80'. …"),
            Some(FieldPath::Listener {
                listener: draft.listeners[0].key,
                field: ListenerField::Port
            })
        );
        assert_eq!(at("protocol_port", "… Value: '81'. …"), None);
        assert_eq!(at("colour", ""), None);
    }

    #[test]
    fn a_service_error_that_matches_several_rows_has_no_field() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
        assert_eq!(FieldPath::from_service_error(&draft, "protocol_port", "Value: '80'."), None);
    }
}
