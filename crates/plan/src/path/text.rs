//! The text of each field.

use super::{FieldPath, HealthField, ListenerField, ServerField, TimeoutField};
use crate::{Draft, HealthDraft};

impl Draft {
    /// The text of a field; `None` if the field is not a text or its row does not exist.
    pub fn text(&self, path: &FieldPath) -> Option<&str> {
        Some(match path {
            FieldPath::Name => &self.name,
            FieldPath::Description => &self.description,
            FieldPath::VipAddress => &self.vip_address,
            FieldPath::Listener { listener, field } => {
                let listener = self.listener(*listener)?;
                match field {
                    ListenerField::Name => &listener.name,
                    ListenerField::Protocol => listener.protocol.as_str(),
                    ListenerField::Port => &listener.port,
                    ListenerField::Certificate => listener.certificate.as_deref()?,
                    ListenerField::ConnectionLimit => &listener.connection_limit,
                    ListenerField::Redirect => listener.redirect.as_deref()?,
                }
            }
            FieldPath::Server { group, server, field } => {
                let server = self.server(*group, *server)?;
                match field {
                    ServerField::Name => &server.name,
                    ServerField::Address => &server.address,
                    ServerField::Port => &server.port,
                    ServerField::Weight => &server.weight,
                }
            }
            FieldPath::Health { group, field } => {
                let health = &self.group(*group)?.health;
                match health.text(*field) {
                    Some(text) => text,
                    None => health.kind.as_ref()?.as_str(),
                }
            }
            FieldPath::CookieName { group } => &self.group(*group)?.persistence.cookie_name,
            FieldPath::AllowedCidrs { scope, .. } => &self.options(*scope)?.allowed_cidrs,
            FieldPath::Timeout { scope, field } => {
                let options = self.options(*scope)?;
                match field {
                    TimeoutField::ClientData => &options.timeout_client_data,
                    TimeoutField::MemberConnect => &options.timeout_member_connect,
                    TimeoutField::MemberData => &options.timeout_member_data,
                }
            }
            FieldPath::Method { .. } | FieldPath::Network | FieldPath::Persistence { .. } => {
                return None;
            }
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
            FieldPath::Listener { listener, field } => {
                let listener = self.listener_mut(*listener)?;
                match field {
                    ListenerField::Name => &mut listener.name,
                    ListenerField::Protocol | ListenerField::Certificate => return None,
                    ListenerField::Port => &mut listener.port,
                    ListenerField::ConnectionLimit => &mut listener.connection_limit,
                    ListenerField::Redirect => listener.redirect.as_mut()?,
                }
            }
            FieldPath::Server { group, server, field } => {
                let server = self.server_mut(*group, *server)?;
                match field {
                    ServerField::Name => &mut server.name,
                    ServerField::Address => &mut server.address,
                    ServerField::Port => &mut server.port,
                    ServerField::Weight => &mut server.weight,
                }
            }
            FieldPath::Health { group, field } => {
                self.group_mut(*group)?.health.text_mut(*field)?
            }
            FieldPath::CookieName { group } => &mut self.group_mut(*group)?.persistence.cookie_name,
            FieldPath::AllowedCidrs { scope, .. } => &mut self.options_mut(*scope)?.allowed_cidrs,
            FieldPath::Timeout { scope, field } => {
                let options = self.options_mut(*scope)?;
                match field {
                    TimeoutField::ClientData => &mut options.timeout_client_data,
                    TimeoutField::MemberConnect => &mut options.timeout_member_connect,
                    TimeoutField::MemberData => &mut options.timeout_member_data,
                }
            }
            FieldPath::Method { .. } | FieldPath::Network | FieldPath::Persistence { .. } => {
                return None;
            }
        })
    }
}

impl HealthDraft {
    /// The text of a field; `None` for the kind, which is not a text.
    pub(crate) fn text(&self, field: HealthField) -> Option<&String> {
        Some(match field {
            HealthField::Kind => return None,
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
            HealthField::Kind => return None,
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
