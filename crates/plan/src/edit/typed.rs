//! What is typed, read; and what of it is wrong that somebody touched.

use super::Edit;
use crate::{
    Draft, FieldPath, Finding, GroupDraft, HealthField, ListenerField, RowKey, Scope, ServerField,
    TimeoutField,
    draft::METHODS,
    request::{self, CheckedOptions, Findings},
};
use openstack_types::{
    field::{self, FieldError, NAME_MAX, RedirectUrl},
    octavia::{CreateHealthMonitor, CreateListener, CreateMember, SessionPersistence},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is typed, read. Fields that nobody touched and that cannot be read hold nothing of use.
#[derive(Clone)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) listeners: BTreeMap<RowKey, CreateListener>,
    pub(super) groups: BTreeMap<RowKey, TypedGroup>,
}

/// Where a listener is to send everything.
pub(super) fn redirect_of(listener: &CreateListener) -> Option<&RedirectUrl> {
    listener.l7policies.iter().find_map(|policy| policy.redirect_prefix.as_ref())
}

#[derive(Clone)]
pub(super) struct TypedGroup {
    pub(super) servers: BTreeMap<RowKey, CreateMember>,
    pub(super) monitor: Option<CreateHealthMonitor>,
    pub(super) persistence: Option<SessionPersistence>,
}

impl Edit {
    /// Reads a draft. A copy of each group among `copied` is to be made: all of it counts as
    /// touched.
    pub(super) fn read(&self, draft: &Draft, copied: &BTreeSet<RowKey>) -> (Typed, Vec<Finding>) {
        let mut findings = Findings::default();
        findings.take(FieldPath::Name, field::required_name(&draft.name));
        findings.take(FieldPath::Description, field::at_most(draft.description.trim(), NAME_MAX));
        let mut listeners = request::listeners(draft, &mut findings);
        for group in &draft.groups {
            if !METHODS.contains(&group.method) {
                findings.add(FieldPath::Method { group: group.key }, FieldError::NotChosen);
            }
        }
        let mut groups = BTreeMap::new();
        for group in &draft.groups {
            groups.insert(group.key, self.read_group(draft, group, &mut findings));
        }
        for (typed, listener) in draft.listeners.iter().zip(&mut listeners) {
            let scope = match typed.own {
                Some(_) => Scope::Listener(typed.key),
                None => Scope::Every,
            };
            let Some(options) = draft.options_of(scope) else { continue };
            let cidrs = request::allowed_cidrs(scope, options, &mut findings);
            let CheckedOptions { allowed_cidrs, client_data, member_connect, member_data } =
                request::timeouts(scope, options, cidrs, &mut findings);
            listener.allowed_cidrs = allowed_cidrs;
            listener.timeout_client_data = client_data;
            listener.timeout_member_connect = member_connect;
            listener.timeout_member_data = member_data;
        }
        let mut seen = BTreeSet::new();
        let mut findings = findings.0;
        findings.retain(|(path, error)| {
            self.is_ours(draft, path, copied) && seen.insert((path.clone(), error.to_string()))
        });
        // What the form shows first is named first.
        findings.sort_by_key(|(path, _)| path.part());
        let keys = draft.listeners.iter().map(|listener| listener.key);
        let typed = Typed {
            name: draft.name.trim().to_owned(),
            description: draft.description.trim().to_owned(),
            listeners: keys.zip(listeners).collect(),
            groups,
        };
        (typed, findings)
    }

    fn read_group(&self, draft: &Draft, group: &GroupDraft, findings: &mut Findings) -> TypedGroup {
        // Of two rows with one address, the one that was there first is right.
        let mut ordered = group.clone();
        ordered.servers.sort_by_cached_key(|server| self.is_moved(draft, group.key, server.key));
        let servers = request::servers(&ordered, findings);
        let keys = ordered.servers.iter().map(|server| server.key);
        TypedGroup {
            servers: keys.zip(servers).collect(),
            monitor: request::health(group.key, &group.health, findings),
            persistence: request::persistence(draft.kind, group.key, &group.persistence, findings),
        }
    }

    /// Whether a server is new at its address.
    pub(super) fn is_moved(&self, draft: &Draft, group: RowKey, key: RowKey) -> bool {
        let at = |field| FieldPath::Server { group, server: key, field };
        self.member(key).is_none()
            || self.differs(draft, &at(ServerField::Address))
            || self.differs(draft, &at(ServerField::Port))
    }

    /// Whether the text at a field is another than it was.
    pub(super) fn differs(&self, draft: &Draft, path: &FieldPath) -> bool {
        draft.text(path).map(str::trim) != self.begin.text(path).map(str::trim)
    }

    fn is_ours(&self, draft: &Draft, path: &FieldPath, copied: &BTreeSet<RowKey>) -> bool {
        let whole = |group: &RowKey| self.pool(*group).is_none() || copied.contains(group);
        match path {
            FieldPath::Name | FieldPath::Description => self.differs(draft, path),
            FieldPath::Network | FieldPath::VipAddress => false,
            FieldPath::Listener { listener, field } => match field {
                _ if self.listener(*listener).is_none() => true,
                // They cannot change.
                ListenerField::Protocol | ListenerField::Port => false,
                ListenerField::Name
                | ListenerField::Certificate
                | ListenerField::ConnectionLimit
                | ListenerField::Redirect => self.differs(draft, path),
            },
            FieldPath::Method { group } => {
                let method = |draft: &Draft| draft.group(*group).map(|group| group.method.clone());
                whole(group) || method(draft) != method(&self.begin)
            }
            FieldPath::Server { group, server, .. } => {
                whole(group) || self.is_moved(draft, *group, *server) || self.differs(draft, path)
            }
            FieldPath::Health { group, field } => {
                let at = |field| FieldPath::Health { group: *group, field };
                whole(group)
                    || self.differs(draft, &at(HealthField::Kind))
                    || self.differs(draft, path)
                    || (*field == HealthField::Timeout
                        && self.differs(draft, &at(HealthField::Delay)))
            }
            FieldPath::Persistence { group } | FieldPath::CookieName { group } => {
                let kept = |draft: &Draft| draft.group(*group).map(|g| g.persistence.clone());
                whole(group) || kept(draft) != kept(&self.begin)
            }
            FieldPath::AllowedCidrs { scope, .. } => {
                self.is_scope_ours(*scope) || self.differs(draft, &path.control())
            }
            FieldPath::Timeout { scope, .. } => {
                self.is_scope_ours(*scope) || self.differs(draft, path)
            }
        }
    }

    fn is_scope_ours(&self, scope: Scope) -> bool {
        match scope {
            Scope::Every => true,
            Scope::Listener(key) => self.listener(key).is_none(),
        }
    }

    /// Whether a timeout of a listener is another than it was.
    pub(super) fn timeout_differs(&self, draft: &Draft, key: RowKey, field: TimeoutField) -> bool {
        self.differs(draft, &FieldPath::Timeout { scope: Scope::Listener(key), field })
    }
}
