//! The values of an edited draft, and the errors in what was edited.

use super::base::Edit;
use crate::{
    Draft, FieldPath, Finding, GroupDraft, GroupField, HealthDraft, HealthField, ListenerDraft,
    ListenerField, OptionsScope, PolicyDraft, RowKey, ServerDraft, ServerField,
    request::{self, Findings},
};
use openstack_types::{
    field::{self, NAME_MAX},
    octavia::{CreateHealthMonitor, CreateListener, CreateMember, CreatePool, SessionPersistence},
};
use std::collections::{BTreeMap, BTreeSet};

/// The parsed values of a draft. Unedited fields that cannot be parsed hold placeholders.
pub(super) struct ParsedDraft {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) listeners: BTreeMap<RowKey, CreateListener>,
    pub(super) groups: BTreeMap<RowKey, ParsedGroup>,
}

pub(super) struct ParsedGroup {
    /// Without members, health monitor and session persistence.
    pub(super) pool: CreatePool,
    pub(super) servers: BTreeMap<RowKey, CreateMember>,
    pub(super) monitor: Option<CreateHealthMonitor>,
    pub(super) persistence: Option<SessionPersistence>,
}

impl Edit {
    pub(super) fn parse(&self, draft: &Draft) -> (ParsedDraft, Vec<Finding>) {
        let mut findings = Findings::default();
        findings.record(FieldPath::Name, field::required_name(&draft.name));
        findings.record(FieldPath::Description, field::at_most(draft.description.trim(), NAME_MAX));
        request::tags(FieldPath::Tags, &draft.tags, &mut findings);
        let mut listeners = request::listeners(draft, &mut findings);
        let mut groups = BTreeMap::new();
        let kept = self.kept_endpoints(draft);
        for group in &draft.groups {
            groups.insert(group.key, parse_group(group, &kept, &mut findings));
        }
        for (row, listener) in draft.listeners.iter().zip(&mut listeners) {
            let scope = row.options_scope();
            let Some(options) = draft.options(scope) else { continue };
            let cidrs = request::allowed_cidrs(scope, options, &mut findings);
            request::timeouts(scope, options, cidrs, &mut findings).apply_to(listener);
        }
        let mut seen = BTreeSet::new();
        let mut findings = findings.0;
        findings.retain(|(path, error)| {
            self.is_edited(draft, path, &kept) && seen.insert((path.clone(), error.to_string()))
        });
        findings.sort_by_key(|(path, _)| path.section());
        let keys = draft.listeners.iter().map(|listener| listener.key);
        let parsed = ParsedDraft {
            name: draft.name.trim().to_owned(),
            description: draft.description.trim().to_owned(),
            listeners: keys.zip(listeners).collect(),
            groups,
        };
        (parsed, findings)
    }

    /// The servers that are not new and have the address and port of when the edit began.
    fn kept_endpoints(&self, draft: &Draft) -> BTreeSet<RowKey> {
        let members = self.members();
        let endpoint = |server: &ServerDraft| {
            [&server.address, &server.port].map(|text| text.trim().to_owned())
        };
        let mut kept = BTreeSet::new();
        for group in &draft.groups {
            let base = self.base_draft.group(group.key).into_iter().flat_map(|base| &base.servers);
            let base: BTreeMap<_, _> = base.map(|server| (server.key, endpoint(server))).collect();
            let servers = group.servers.iter().filter(|server| {
                members.contains_key(&server.key)
                    && base.get(&server.key) == Some(&endpoint(server))
            });
            kept.extend(servers.map(|server| server.key));
        }
        kept
    }

    /// Whether a field is new or edited. Errors in other fields are not this edit's.
    fn is_edited(&self, draft: &Draft, path: &FieldPath, kept: &BTreeSet<RowKey>) -> bool {
        let base = &self.base_draft;
        match path {
            FieldPath::Name | FieldPath::Description => self.differs(draft, path),
            FieldPath::Tags => draft.tags != base.tags,
            FieldPath::Network
            | FieldPath::VipAddress
            | FieldPath::VipPort
            | FieldPath::AdditionalVip { .. }
            | FieldPath::Provider
            | FieldPath::Flavor
            | FieldPath::AvailabilityZone => false,
            FieldPath::Listener { listener, field } => {
                match (base.listener(*listener), draft.listener(*listener)) {
                    (Some(before), Some(now)) if self.listener(*listener).is_some() => {
                        self.differs(draft, path) || is_listener_edited(before, now, *field)
                    }
                    _ => true,
                }
            }
            FieldPath::Policy { listener, policy, .. } => {
                let before = base.policy(*listener, *policy);
                let now = draft.policy(*listener, *policy);
                let own = |policy: Option<&PolicyDraft>| {
                    policy.map(|one| PolicyDraft { rules: Vec::new(), ..one.clone() })
                };
                own(before) != own(now)
            }
            FieldPath::Rule { listener, policy, rule, .. } => {
                let rule_of = |draft: &Draft| {
                    draft.policy(*listener, *policy).and_then(|policy| policy.rule(*rule)).cloned()
                };
                rule_of(base) != rule_of(draft)
            }
            FieldPath::Method { group } => {
                let method = |draft: &Draft| draft.group(*group).map(|group| group.method.clone());
                self.is_new_group(*group) || method(draft) != method(base)
            }
            FieldPath::Group { group, field } => match (base.group(*group), draft.group(*group)) {
                (Some(before), Some(now)) if !self.is_new_group(*group) => {
                    self.differs(draft, path) || is_group_edited(before, now, *field)
                }
                _ => true,
            },
            FieldPath::Server { group, server, field } => {
                let tags =
                    |draft: &Draft| draft.server(*group, *server).map(|one| one.tags.clone());
                self.is_new_group(*group)
                    || !kept.contains(server)
                    || self.differs(draft, path)
                    || *field == ServerField::Tags && tags(draft) != tags(base)
            }
            FieldPath::Health { group, field } => self.is_check_edited(draft, *group, *field),
            FieldPath::Persistence { group } | FieldPath::CookieName { group } => {
                let persistence =
                    |draft: &Draft| draft.group(*group).map(|group| group.persistence.clone());
                self.is_new_group(*group) || persistence(draft) != persistence(base)
            }
            FieldPath::AllowedCidrs { scope, .. } => {
                self.is_new_scope(*scope) || self.differs(draft, &path.control())
            }
            FieldPath::Timeout { scope, .. } => {
                self.is_new_scope(*scope) || self.differs(draft, path)
            }
        }
    }

    fn is_new_group(&self, group: RowKey) -> bool {
        self.pool(group).is_none()
    }

    fn is_check_edited(&self, draft: &Draft, group: RowKey, field: HealthField) -> bool {
        let differs = |field| self.differs(draft, &FieldPath::Health { group, field });
        let health = |draft: &Draft| draft.group(group).map(|group| group.health.clone());
        let (before, now) = (health(&self.base_draft), health(draft));
        let other =
            |get: fn(&HealthDraft) -> String| before.as_ref().map(get) != now.as_ref().map(get);
        self.is_new_group(group)
            || differs(HealthField::Kind)
            || differs(field)
            || match field {
                HealthField::Timeout => differs(HealthField::Delay),
                HealthField::HttpVersion => {
                    differs(HealthField::Domain) || other(|one| format!("{:?}", one.http_version))
                }
                HealthField::Tags => other(|one| one.tags.join("\n")),
                _ => false,
            }
    }

    fn is_new_scope(&self, scope: OptionsScope) -> bool {
        match scope {
            OptionsScope::Shared => true,
            OptionsScope::Listener(key) => self.listener(key).is_none(),
        }
    }
}

/// Whether a field that is not a text differs. Octavia cannot change protocol and port.
fn is_listener_edited(before: &ListenerDraft, now: &ListenerDraft, field: ListenerField) -> bool {
    use ListenerField as F;
    match field {
        F::Group => before.group != now.group,
        F::Sni | F::Certificate => {
            (&before.sni, &before.certificate) != (&now.sni, &now.certificate)
        }
        F::Headers => (before.forwarded, &before.headers) != (now.forwarded, &now.headers),
        F::TlsVersions => before.tls.versions != now.tls.versions,
        F::Alpn => before.tls.alpn != now.tls.alpn,
        F::ClientAuthentication | F::ClientCa | F::ClientCrl => {
            before.tls.clients != now.tls.clients
        }
        F::HstsMaxAge => before.tls.hsts != now.tls.hsts,
        F::Tags => before.tags != now.tags,
        F::Name
        | F::Description
        | F::Protocol
        | F::Port
        | F::ConnectionLimit
        | F::Redirect
        | F::TlsCiphers => false,
    }
}

fn is_group_edited(before: &GroupDraft, now: &GroupDraft, field: GroupField) -> bool {
    match field {
        GroupField::Tags => before.tags != now.tags,
        GroupField::Name | GroupField::Description | GroupField::Protocol => false,
        GroupField::TlsCiphers => before.tls.ciphers.trim() != now.tls.ciphers.trim(),
        GroupField::TlsVersions => before.tls.versions != now.tls.versions,
        GroupField::Alpn => before.tls.alpn != now.tls.alpn,
        GroupField::Certificate | GroupField::Ca | GroupField::Crl => {
            (&before.tls.ca, &before.tls.crl) != (&now.tls.ca, &now.tls.crl)
        }
    }
}

fn parse_group(
    group: &GroupDraft,
    kept: &BTreeSet<RowKey>,
    findings: &mut Findings,
) -> ParsedGroup {
    // Of two rows with one address, the newer one is the duplicate.
    let mut ordered = group.clone();
    ordered.servers.sort_by_key(|row| !kept.contains(&row.key));
    let servers = request::servers(&ordered, findings);
    let keys = ordered.servers.iter().map(|server| server.key);
    ParsedGroup {
        pool: request::pool(group, findings),
        servers: keys.zip(servers).collect(),
        monitor: request::health_monitor(group.key, &group.health, findings),
        persistence: request::persistence(group, findings),
    }
}
