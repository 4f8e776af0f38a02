//! The text of each field.

use super::{
    FieldPath, GroupField, HealthField, ListenerField, PolicyField, RuleField, ServerField,
    TimeoutField,
};
use crate::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions, PolicyDraft, RuleDraft,
    ServerDraft,
};

impl Draft {
    /// The text of a field; `None` if the field is not a text or its row does not exist.
    pub fn text(&self, path: &FieldPath) -> Option<&str> {
        Some(match path {
            FieldPath::Name => &self.name,
            FieldPath::Description => &self.description,
            FieldPath::VipAddress => &self.vip_address,
            FieldPath::VipPort => &self.vip_port,
            FieldPath::AdditionalVip { vip } => &self.additional_vip(*vip)?.address,
            FieldPath::Provider => &self.provider,
            FieldPath::Flavor => &self.flavor,
            FieldPath::AvailabilityZone => &self.availability_zone,
            FieldPath::Listener { listener, field } => self.listener(*listener)?.text(*field)?,
            FieldPath::Policy { listener, policy, field } => {
                self.policy(*listener, *policy)?.text(*field)?
            }
            FieldPath::Rule { listener, policy, rule, field } => {
                self.policy(*listener, *policy)?.rule(*rule)?.text(*field)?
            }
            FieldPath::Group { group, field } => self.group(*group)?.text(*field)?,
            FieldPath::Server { group, server, field } => {
                self.server(*group, *server)?.text(*field)?
            }
            FieldPath::Health { group, field } => {
                let health = &self.group(*group)?.health;
                match health.text(*field) {
                    Some(text) => text,
                    None if *field == HealthField::Kind => health.kind.as_ref()?.as_str(),
                    None => return None,
                }
            }
            FieldPath::CookieName { group } => &self.group(*group)?.persistence.cookie_name,
            FieldPath::AllowedCidrs { scope, .. } => &self.options(*scope)?.allowed_cidrs,
            FieldPath::Timeout { scope, field } => self.options(*scope)?.timeout(*field),
            FieldPath::Tags
            | FieldPath::Method { .. }
            | FieldPath::Network
            | FieldPath::Persistence { .. } => return None,
        })
    }

    /// Sets the text of a field; does nothing if the field is not a text or its row does not exist.
    pub fn set_text(&mut self, path: &FieldPath, text: String) {
        if let Some(current) = self.text_mut(path) {
            *current = text;
        }
    }

    fn text_mut(&mut self, path: &FieldPath) -> Option<&mut String> {
        Some(match path {
            FieldPath::Name => &mut self.name,
            FieldPath::Description => &mut self.description,
            FieldPath::VipAddress => &mut self.vip_address,
            FieldPath::VipPort => &mut self.vip_port,
            FieldPath::AdditionalVip { vip } => {
                &mut self.additional_vips.iter_mut().find(|one| one.key == *vip)?.address
            }
            FieldPath::Provider => &mut self.provider,
            FieldPath::Flavor => &mut self.flavor,
            FieldPath::AvailabilityZone => &mut self.availability_zone,
            FieldPath::Listener { listener, field } => {
                self.listener_mut(*listener)?.text_mut(*field)?
            }
            FieldPath::Policy { listener, policy, field } => {
                self.policy_mut(*listener, *policy)?.text_mut(*field)?
            }
            FieldPath::Rule { listener, policy, rule, field } => {
                self.policy_mut(*listener, *policy)?.rule_mut(*rule)?.text_mut(*field)?
            }
            FieldPath::Group { group, field } => self.group_mut(*group)?.text_mut(*field)?,
            FieldPath::Server { group, server, field } => {
                self.server_mut(*group, *server)?.text_mut(*field)?
            }
            FieldPath::Health { group, field } => {
                self.group_mut(*group)?.health.text_mut(*field)?
            }
            FieldPath::CookieName { group } => &mut self.group_mut(*group)?.persistence.cookie_name,
            FieldPath::AllowedCidrs { scope, .. } => &mut self.options_mut(*scope)?.allowed_cidrs,
            FieldPath::Timeout { scope, field } => self.options_mut(*scope)?.timeout_mut(*field),
            FieldPath::Tags
            | FieldPath::Method { .. }
            | FieldPath::Network
            | FieldPath::Persistence { .. } => return None,
        })
    }
}

impl ListenerDraft {
    fn text(&self, field: ListenerField) -> Option<&str> {
        Some(match field {
            ListenerField::Name => &self.name,
            ListenerField::Description => &self.description,
            ListenerField::Protocol => self.protocol.as_str(),
            ListenerField::Port => &self.port,
            ListenerField::Certificate => self.certificate.as_deref()?,
            ListenerField::ConnectionLimit => &self.connection_limit,
            ListenerField::Redirect => self.redirect()?,
            ListenerField::TlsCiphers => &self.tls.ciphers,
            ListenerField::HstsMaxAge => &self.tls.hsts.as_ref()?.max_age,
            ListenerField::ClientCa => self.tls.clients.as_ref()?.ca.as_deref()?,
            ListenerField::ClientCrl => self.tls.clients.as_ref()?.crl.as_deref()?,
            ListenerField::ClientAuthentication => {
                self.tls.clients.as_ref()?.authentication.as_str()
            }
            ListenerField::Group
            | ListenerField::Sni
            | ListenerField::Headers
            | ListenerField::TlsVersions
            | ListenerField::Alpn
            | ListenerField::Tags => return None,
        })
    }

    fn text_mut(&mut self, field: ListenerField) -> Option<&mut String> {
        Some(match field {
            ListenerField::Name => &mut self.name,
            ListenerField::Description => &mut self.description,
            ListenerField::Port => &mut self.port,
            ListenerField::ConnectionLimit => &mut self.connection_limit,
            ListenerField::Redirect => self.redirect_mut()?,
            ListenerField::TlsCiphers => &mut self.tls.ciphers,
            ListenerField::HstsMaxAge => &mut self.tls.hsts.as_mut()?.max_age,
            _ => return None,
        })
    }
}

impl ListenerOptions {
    pub(crate) fn timeout(&self, field: TimeoutField) -> &String {
        match field {
            TimeoutField::ClientData => &self.timeout_client_data,
            TimeoutField::MemberConnect => &self.timeout_member_connect,
            TimeoutField::MemberData => &self.timeout_member_data,
            TimeoutField::TcpInspect => &self.timeout_tcp_inspect,
        }
    }

    pub(crate) fn timeout_mut(&mut self, field: TimeoutField) -> &mut String {
        match field {
            TimeoutField::ClientData => &mut self.timeout_client_data,
            TimeoutField::MemberConnect => &mut self.timeout_member_connect,
            TimeoutField::MemberData => &mut self.timeout_member_data,
            TimeoutField::TcpInspect => &mut self.timeout_tcp_inspect,
        }
    }
}

impl PolicyDraft {
    fn text(&self, field: PolicyField) -> Option<&str> {
        Some(match field {
            PolicyField::Name => &self.name,
            PolicyField::Description => &self.description,
            PolicyField::Target => self.action.target()?,
            PolicyField::Action | PolicyField::Group | PolicyField::Code | PolicyField::Tags => {
                return None;
            }
        })
    }

    fn text_mut(&mut self, field: PolicyField) -> Option<&mut String> {
        Some(match field {
            PolicyField::Name => &mut self.name,
            PolicyField::Description => &mut self.description,
            PolicyField::Target => self.action.target_mut()?,
            PolicyField::Action | PolicyField::Group | PolicyField::Code | PolicyField::Tags => {
                return None;
            }
        })
    }
}

impl RuleDraft {
    fn text(&self, field: RuleField) -> Option<&str> {
        Some(match field {
            RuleField::Kind => self.kind.as_str(),
            RuleField::Compare => self.compare.as_str(),
            RuleField::KeyName => &self.key_name,
            RuleField::Value => &self.value,
            RuleField::Tags => return None,
        })
    }

    fn text_mut(&mut self, field: RuleField) -> Option<&mut String> {
        match field {
            RuleField::KeyName => Some(&mut self.key_name),
            RuleField::Value => Some(&mut self.value),
            RuleField::Kind | RuleField::Compare | RuleField::Tags => None,
        }
    }
}

impl GroupDraft {
    fn text(&self, field: GroupField) -> Option<&str> {
        Some(match field {
            GroupField::Name => &self.name,
            GroupField::Description => &self.description,
            GroupField::Protocol => self.protocol.as_str(),
            GroupField::Certificate => self.tls.certificate.as_deref()?,
            GroupField::Ca => self.tls.ca.as_deref()?,
            GroupField::Crl => self.tls.crl.as_deref()?,
            GroupField::TlsCiphers => &self.tls.ciphers,
            GroupField::Tags | GroupField::TlsVersions | GroupField::Alpn => return None,
        })
    }

    fn text_mut(&mut self, field: GroupField) -> Option<&mut String> {
        match field {
            GroupField::Name => Some(&mut self.name),
            GroupField::Description => Some(&mut self.description),
            GroupField::TlsCiphers => Some(&mut self.tls.ciphers),
            _ => None,
        }
    }
}

impl ServerDraft {
    fn text(&self, field: ServerField) -> Option<&str> {
        Some(match field {
            ServerField::Name => &self.name,
            ServerField::Address => &self.address,
            ServerField::Port => &self.port,
            ServerField::Weight => &self.weight,
            ServerField::MonitorAddress => &self.monitor_address,
            ServerField::MonitorPort => &self.monitor_port,
            ServerField::Subnet | ServerField::Tags => return None,
        })
    }

    fn text_mut(&mut self, field: ServerField) -> Option<&mut String> {
        Some(match field {
            ServerField::Name => &mut self.name,
            ServerField::Address => &mut self.address,
            ServerField::Port => &mut self.port,
            ServerField::Weight => &mut self.weight,
            ServerField::MonitorAddress => &mut self.monitor_address,
            ServerField::MonitorPort => &mut self.monitor_port,
            ServerField::Subnet | ServerField::Tags => return None,
        })
    }
}

impl HealthDraft {
    /// The text of a field; `None` if the field is not a text.
    pub(crate) fn text(&self, field: HealthField) -> Option<&String> {
        Some(match field {
            HealthField::Kind | HealthField::HttpVersion | HealthField::Tags => return None,
            HealthField::Name => &self.name,
            HealthField::Delay => &self.delay,
            HealthField::Timeout => &self.timeout,
            HealthField::Rise => &self.rise,
            HealthField::Fall => &self.fall,
            HealthField::Method => &self.method,
            HealthField::Path => &self.path,
            HealthField::Codes => &self.codes,
            HealthField::Domain => &self.domain,
        })
    }

    pub(crate) fn text_mut(&mut self, field: HealthField) -> Option<&mut String> {
        Some(match field {
            HealthField::Kind | HealthField::HttpVersion | HealthField::Tags => return None,
            HealthField::Name => &mut self.name,
            HealthField::Delay => &mut self.delay,
            HealthField::Timeout => &mut self.timeout,
            HealthField::Rise => &mut self.rise,
            HealthField::Fall => &mut self.fall,
            HealthField::Method => &mut self.method,
            HealthField::Path => &mut self.path,
            HealthField::Codes => &mut self.codes,
            HealthField::Domain => &mut self.domain,
        })
    }
}
