//! The values of an edited draft, and the errors in what was edited.

use super::base::Edit;
use crate::{
    Draft, FieldPath, Finding, GroupDraft, HealthField, ListenerField, OptionsScope, RowKey,
    ServerDraft,
    draft::LB_ALGORITHMS,
    request::{self, Findings},
};
use openstack_types::{
    field::{self, FieldError, NAME_MAX, RedirectUrl},
    octavia::{CreateHealthMonitor, CreateListener, CreateMember, SessionPersistence},
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
    pub(super) servers: BTreeMap<RowKey, CreateMember>,
    pub(super) monitor: Option<CreateHealthMonitor>,
    pub(super) persistence: Option<SessionPersistence>,
}

/// The URL that a listener redirects every request to.
pub(super) fn redirect_url(listener: &CreateListener) -> Option<&RedirectUrl> {
    listener.l7policies.iter().find_map(|policy| policy.redirect_prefix.as_ref())
}

impl Edit {
    /// Parses a draft. Groups in `copied` will be copied, so all of their fields count as edited.
    pub(super) fn parse(
        &self,
        draft: &Draft,
        copied: &BTreeSet<RowKey>,
    ) -> (ParsedDraft, Vec<Finding>) {
        let mut findings = Findings::default();
        findings.record(FieldPath::Name, field::required_name(&draft.name));
        findings.record(FieldPath::Description, field::at_most(draft.description.trim(), NAME_MAX));
        let mut listeners = request::listeners(draft, &mut findings);
        for group in &draft.groups {
            if !LB_ALGORITHMS.contains(&group.method) {
                findings.add(FieldPath::Method { group: group.key }, FieldError::NotChosen);
            }
        }
        let mut groups = BTreeMap::new();
        let kept = self.kept_endpoints(draft);
        for group in &draft.groups {
            groups.insert(group.key, parse_group(draft, group, &kept, &mut findings));
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
            self.is_edited(draft, path, copied, &kept)
                && seen.insert((path.clone(), error.to_string()))
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
    fn is_edited(
        &self,
        draft: &Draft,
        path: &FieldPath,
        copied: &BTreeSet<RowKey>,
        kept: &BTreeSet<RowKey>,
    ) -> bool {
        let whole_group = |group: &RowKey| self.pool(*group).is_none() || copied.contains(group);
        match path {
            FieldPath::Name | FieldPath::Description => self.differs(draft, path),
            FieldPath::Network | FieldPath::VipAddress => false,
            FieldPath::Listener { listener, field } => match field {
                _ if self.listener(*listener).is_none() => true,
                // Octavia cannot change them.
                ListenerField::Protocol | ListenerField::Port => false,
                ListenerField::Name
                | ListenerField::Certificate
                | ListenerField::ConnectionLimit
                | ListenerField::Redirect => self.differs(draft, path),
            },
            FieldPath::Method { group } => {
                let method = |draft: &Draft| draft.group(*group).map(|group| group.method.clone());
                whole_group(group) || method(draft) != method(&self.base_draft)
            }
            FieldPath::Server { group, server, .. } => {
                whole_group(group) || !kept.contains(server) || self.differs(draft, path)
            }
            FieldPath::Health { group, field } => {
                let path_of = |field| FieldPath::Health { group: *group, field };
                whole_group(group)
                    || self.differs(draft, &path_of(HealthField::Kind))
                    || self.differs(draft, path)
                    || (*field == HealthField::Timeout
                        && self.differs(draft, &path_of(HealthField::Delay)))
            }
            FieldPath::Persistence { group } | FieldPath::CookieName { group } => {
                let persistence =
                    |draft: &Draft| draft.group(*group).map(|group| group.persistence.clone());
                whole_group(group) || persistence(draft) != persistence(&self.base_draft)
            }
            FieldPath::AllowedCidrs { scope, .. } => {
                self.is_new_scope(*scope) || self.differs(draft, &path.control())
            }
            FieldPath::Timeout { scope, .. } => {
                self.is_new_scope(*scope) || self.differs(draft, path)
            }
        }
    }

    fn is_new_scope(&self, scope: OptionsScope) -> bool {
        match scope {
            OptionsScope::Shared => true,
            OptionsScope::Listener(key) => self.listener(key).is_none(),
        }
    }
}

fn parse_group(
    draft: &Draft,
    group: &GroupDraft,
    kept: &BTreeSet<RowKey>,
    findings: &mut Findings,
) -> ParsedGroup {
    // Of two rows with one address, the newer one is the duplicate.
    let mut ordered = group.clone();
    ordered.servers.sort_by_key(|row| !kept.contains(&row.key));
    let servers = request::servers(&ordered, findings);
    let keys = ordered.servers.iter().map(|server| server.key);
    let persistence = request::persistence(draft.lb_type, group.key, &group.persistence, findings);
    ParsedGroup {
        servers: keys.zip(servers).collect(),
        monitor: request::health_monitor(group.key, &group.health, findings),
        persistence,
    }
}
