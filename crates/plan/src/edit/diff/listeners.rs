//! Listeners.

use super::Diff;
use crate::{
    FieldPath, ListenerDraft, ListenerField, Scope, TimeoutField,
    edit::{Call, ListenerRef, RedirectRef, Step, StepWhat, typed::redirect_of},
};
use openstack_types::{
    octavia::{CreateListener, Listener, Patch, UpdateListener},
    rules,
};
use std::collections::{BTreeMap, BTreeSet};

impl Diff<'_> {
    pub(super) fn listeners(&mut self) {
        let kept: BTreeSet<_> = self
            .draft
            .listeners
            .iter()
            .filter_map(|l| self.edit.listener(l.key))
            .map(|l| l.id)
            .collect();
        let gone = self.edit.base.listeners.iter().filter(|l| !kept.contains(&l.id));
        let mut gone: Vec<&Listener> = gone.collect();
        for listener in &self.draft.listeners {
            let Some(typed) = self.typed.listeners.get(&listener.key) else { continue };
            match self.edit.listener(listener.key) {
                Some(there) => {
                    self.change_listener(listener, there, typed);
                    self.redirect(listener, Some(there), typed);
                }
                None => {
                    // One port has room for one of them.
                    let (first, later) = gone.into_iter().partition(|there| {
                        there.protocol_port == typed.protocol_port
                            && rules::ports_collide(&there.protocol, &typed.protocol)
                    });
                    gone = later;
                    self.steps.listeners.extend(Vec::into_iter(first).map(removal));
                    let call = Call::CreateListener {
                        row: listener.key,
                        pool: listener.group.and_then(|group| self.pool_ref(group)),
                        // By itself, as later: not every service takes it along.
                        body: Box::new(CreateListener { l7policies: Vec::new(), ..typed.clone() }),
                    };
                    let (protocol, port) = (typed.protocol.clone(), typed.protocol_port);
                    let what = StepWhat::AddListener { protocol, port };
                    self.steps.listeners.push(Step { call, what });
                    self.redirect(listener, None, typed);
                }
            }
        }
        self.steps.removed_listeners.extend(gone.into_iter().map(removal));
    }

    fn redirect(
        &mut self,
        listener: &ListenerDraft,
        there: Option<&Listener>,
        typed: &CreateListener,
    ) {
        let row = listener.key;
        let at = FieldPath::Listener { listener: row, field: ListenerField::Redirect };
        if there.is_some() && !self.edit.differs(self.draft, &at) {
            return;
        }
        let port = there.map_or(typed.protocol_port, |there| there.protocol_port);
        let mut say = |(call, what)| self.steps.redirects.push(Step { call, what });
        let begin = |redirect| (Call::BeginRedirect { redirect }, StepWhat::BeginRedirect { port });
        let known = there.and_then(|there| self.edit.base.redirect_policy(there.id));
        match (redirect_of(typed), known) {
            (None, None) => {}
            (None, Some(policy)) => {
                let call = Call::DeleteRedirect { id: policy.id };
                say((call, StepWhat::RemoveRedirect { port }));
            }
            (Some(to), Some(policy)) => {
                if policy.redirects_to_https() != Some(to.as_str()) {
                    let call = Call::UpdateRedirect { id: policy.id, to: to.clone() };
                    say((call, StepWhat::ChangeRedirect { port }));
                }
                if policy.rules.is_empty() {
                    say(begin(RedirectRef::There(policy.id)));
                }
            }
            (Some(to), None) => {
                let listener =
                    there.map_or(ListenerRef::New(row), |there| ListenerRef::There(there.id));
                let call = Call::CreateRedirect { row, listener, to: to.clone() };
                say((call, StepWhat::AddRedirect { port }));
                say(begin(RedirectRef::New(row)));
            }
        }
    }

    fn change_listener(
        &mut self,
        listener: &ListenerDraft,
        there: &Listener,
        typed: &CreateListener,
    ) {
        let key = listener.key;
        let Some(begin) = self.edit.begin.listener(key) else { return };
        let at = |field| FieldPath::Listener { listener: key, field };
        let differs = |field| self.edit.differs(self.draft, &at(field));
        let timeout = |field, wanted: Option<u64>, there: Option<u64>| {
            let differs = self.edit.timeout_differs(self.draft, key, field) && wanted != there;
            if differs { Patch::to(wanted) } else { Patch::Keep }
        };
        let cidrs = FieldPath::AllowedCidrs { scope: Scope::Listener(key), entry: 0 };
        let cidrs = self.edit.differs(self.draft, &cidrs)
            && typed.allowed_cidrs.as_deref().unwrap_or_default()
                != there.allowed_cidrs.as_deref().unwrap_or_default();
        let limit = typed.connection_limit.unwrap_or(-1);
        let body = UpdateListener {
            name: (differs(ListenerField::Name) && listener.name != there.name)
                .then(|| listener.name.clone()),
            connection_limit: (differs(ListenerField::ConnectionLimit)
                && limit != there.connection_limit)
                .then_some(limit),
            default_tls_container_ref: typed.default_tls_container_ref.clone().filter(|wanted| {
                differs(ListenerField::Certificate)
                    && Some(wanted) != there.default_tls_container_ref.as_ref()
            }),
            sni_container_refs: (listener.sni != begin.sni
                && listener.sni != there.sni_container_refs)
                .then(|| listener.sni.clone()),
            default_pool_id: Patch::Keep,
            insert_headers: headers(listener, begin, there),
            timeout_client_data: timeout(
                TimeoutField::ClientData,
                typed.timeout_client_data,
                there.timeout_client_data,
            ),
            timeout_member_connect: timeout(
                TimeoutField::MemberConnect,
                typed.timeout_member_connect,
                there.timeout_member_connect,
            ),
            timeout_member_data: timeout(
                TimeoutField::MemberData,
                typed.timeout_member_data,
                there.timeout_member_data,
            ),
            allowed_cidrs: match cidrs {
                true => Patch::to(typed.allowed_cidrs.clone()),
                false => Patch::Keep,
            },
        };
        let pool = match listener.group == begin.group {
            true => Patch::Keep,
            false => Patch::to(listener.group.and_then(|group| self.pool_ref(group))),
        };
        if body == UpdateListener::default() && pool.is_keep() {
            return;
        }
        let (protocol, port) = (there.protocol.clone(), there.protocol_port);
        let what = StepWhat::ChangeListener { protocol, port };
        let call = Call::UpdateListener { id: there.id, pool, body };
        self.steps.updates.push(Step { call, what });
    }
}

/// All headers as they are to be, if one of those offered was switched: Octavia replaces the set.
fn headers(
    listener: &ListenerDraft,
    begin: &ListenerDraft,
    there: &Listener,
) -> Option<BTreeMap<String, String>> {
    if listener.forwarded == begin.forwarded {
        return None;
    }
    let mut headers = there.insert_headers.clone();
    for ((name, wanted), (_, before)) in
        listener.forwarded.each().into_iter().zip(begin.forwarded.each())
    {
        match wanted {
            _ if wanted == before => {}
            true => {
                headers.insert(name.to_owned(), "true".to_owned());
            }
            false => {
                headers.remove(name);
            }
        }
    }
    (headers != there.insert_headers).then_some(headers)
}

fn removal(listener: &Listener) -> Step {
    let (protocol, port) = (listener.protocol.clone(), listener.protocol_port);
    Step {
        call: Call::DeleteListener { id: listener.id },
        what: StepWhat::RemoveListener { protocol, port },
    }
}
