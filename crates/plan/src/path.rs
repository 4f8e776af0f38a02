//! Where in a draft something is, so that an error can be shown at its field and the field focused.

mod text;

use crate::{Draft, RowKey};

/// A field of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldPath {
    /// The name.
    Name,
    /// The description.
    Description,
    /// A field of a listener.
    Listener {
        /// Which listener.
        listener: RowKey,
        /// Which field.
        field: ListenerField,
    },
    /// How a group chooses a server.
    Method {
        /// Which group.
        group: RowKey,
    },
    /// The network and subnet.
    Network,
    /// The VIP asked for.
    VipAddress,
    /// A field of a server.
    Server {
        /// Which group.
        group: RowKey,
        /// Which server.
        server: RowKey,
        /// Which field.
        field: ServerField,
    },
    /// A field of a health check.
    Health {
        /// Which group's.
        group: RowKey,
        /// Which field.
        field: HealthField,
    },
    /// The kind of session persistence.
    Persistence {
        /// Which group's.
        group: RowKey,
    },
    /// The application's cookie of session persistence.
    CookieName {
        /// Which group's.
        group: RowKey,
    },
    /// Allowed CIDRs.
    AllowedCidrs {
        /// Whose.
        scope: Scope,
        /// The entry at fault, counted from 1; 0 is the whole list.
        entry: usize,
    },
    /// A timeout.
    Timeout {
        /// Whose.
        scope: Scope,
        /// Which.
        field: TimeoutField,
    },
}

/// Whom listener options are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Every listener without options of its own.
    Every,
    /// One listener.
    Listener(RowKey),
}

/// A field of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListenerField {
    /// Its name.
    Name,
    /// What it speaks.
    Protocol,
    /// Its port.
    Port,
    /// The certificate it shows.
    Certificate,
    /// Connections at a time.
    ConnectionLimit,
    /// Where every request is sent.
    Redirect,
}

/// A field of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerField {
    /// Its name.
    Name,
    /// Its address.
    Address,
    /// Its port.
    Port,
    /// Its share.
    Weight,
}

/// A field of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HealthField {
    /// The kind of check.
    Kind,
    /// Seconds from check to check.
    Delay,
    /// Seconds until a check counts as failed.
    Timeout,
    /// Successes until up.
    Rise,
    /// Failures until down.
    Fall,
    /// Of the request.
    Method,
    /// Of the request.
    Path,
    /// Of the answer.
    Codes,
    /// Host header.
    Domain,
}

/// A timeout of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimeoutField {
    /// Silence of a client.
    ClientData,
    /// Until a server takes a connection.
    MemberConnect,
    /// Silence of a server.
    MemberData,
}

/// A part of the form: what the review leads back to, and what folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Name, description and type.
    Basics,
    /// Listeners.
    Listeners,
    /// Method.
    Method,
    /// Network and VIP.
    Network,
    /// Servers.
    Servers,
    /// Health check.
    Health,
    /// Session persistence.
    Persistence,
    /// Allowed CIDRs.
    AllowedCidrs,
    /// Timeouts.
    Timeouts,
}

impl FieldPath {
    /// The part it is in.
    pub fn part(&self) -> Part {
        match self {
            Self::Name | Self::Description => Part::Basics,
            Self::Listener { .. } => Part::Listeners,
            Self::Method { .. } => Part::Method,
            Self::Network | Self::VipAddress => Part::Network,
            Self::Server { .. } => Part::Servers,
            Self::Health { .. } => Part::Health,
            Self::Persistence { .. } | Self::CookieName { .. } => Part::Persistence,
            Self::AllowedCidrs { .. } => Part::AllowedCidrs,
            Self::Timeout { .. } => Part::Timeouts,
        }
    }

    /// The form control it is at: all entries of a list share one.
    pub fn control(&self) -> Self {
        match self {
            Self::AllowedCidrs { scope, .. } => Self::AllowedCidrs { scope: *scope, entry: 0 },
            other => other.clone(),
        }
    }

    /// An identifier made of lower-case letters, digits and hyphens, one a form control.
    pub fn element_id(&self) -> String {
        match self {
            Self::Name => "name".into(),
            Self::Description => "description".into(),
            Self::Listener { listener, field } => {
                let field = match field {
                    ListenerField::Name => "name",
                    ListenerField::Protocol => "protocol",
                    ListenerField::Port => "port",
                    ListenerField::Certificate => "certificate",
                    ListenerField::ConnectionLimit => "connection-limit",
                    ListenerField::Redirect => "redirect",
                };
                format!("listener-{listener}-{field}")
            }
            Self::Method { group } => format!("group-{group}-method"),
            Self::Network => "network".into(),
            Self::VipAddress => "vip-address".into(),
            Self::Server { server, field, .. } => {
                let field = match field {
                    ServerField::Name => "name",
                    ServerField::Address => "address",
                    ServerField::Port => "port",
                    ServerField::Weight => "weight",
                };
                format!("server-{server}-{field}")
            }
            Self::Health { group, field } => {
                let field = match field {
                    HealthField::Kind => "kind",
                    HealthField::Delay => "delay",
                    HealthField::Timeout => "timeout",
                    HealthField::Rise => "rise",
                    HealthField::Fall => "fall",
                    HealthField::Method => "method",
                    HealthField::Path => "path",
                    HealthField::Codes => "codes",
                    HealthField::Domain => "domain",
                };
                format!("group-{group}-health-{field}")
            }
            Self::Persistence { group } => format!("group-{group}-persistence"),
            Self::CookieName { group } => format!("group-{group}-cookie"),
            Self::AllowedCidrs { scope, .. } => format!("{}-cidrs", scope.prefix()),
            Self::Timeout { scope, field } => {
                let field = match field {
                    TimeoutField::ClientData => "client-data",
                    TimeoutField::MemberConnect => "member-connect",
                    TimeoutField::MemberData => "member-data",
                };
                format!("{}-timeout-{field}", scope.prefix())
            }
        }
    }

    /// The field of a draft that a service's answer is about: the service's name for it, and the
    /// answer's text, which quotes the value. `None` when several rows could be meant.
    pub fn of_answer(draft: &Draft, field: &str, message: &str) -> Option<Self> {
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

impl Scope {
    fn prefix(self) -> String {
        match self {
            Self::Every => "every".into(),
            Self::Listener(key) => format!("listener-{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_finds_its_field_by_the_value_it_quotes() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let server = draft.add_server_at(group, "192.0.2.1".into(), "8080".into(), None).unwrap();
        let at = |field: &str, message: &str| FieldPath::of_answer(&draft, field, message);
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
    fn two_rows_with_the_value_are_not_guessed_between() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
        assert_eq!(FieldPath::of_answer(&draft, "protocol_port", "Value: '80'."), None);
    }
}
