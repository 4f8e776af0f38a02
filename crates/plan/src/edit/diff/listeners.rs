//! Listeners.

use super::Diff;
use crate::{
    FieldPath, ListenerDraft, ListenerField, OptionsScope, TimeoutField,
    edit::{
        call::{Call, ListenerRef, RedirectRef},
        parsed::redirect_url,
        steps::{Step, StepSummary},
    },
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
        let removed = self.edit.base.listeners.iter().filter(|l| !kept.contains(&l.id));
        let mut removed: Vec<&Listener> = removed.collect();
        for listener in &self.draft.listeners {
            let Some(parsed) = self.parsed.listeners.get(&listener.key) else { continue };
            match self.edit.listener(listener.key) {
                Some(existing) => {
                    self.change_listener(listener, existing, parsed);
                    self.redirect(listener, Some(existing), parsed);
                }
                None => {
                    // Listeners cannot share a port: the old one is removed first.
                    let (first, later) = removed.into_iter().partition(|existing| {
                        existing.protocol_port == parsed.protocol_port
                            && rules::ports_collide(&existing.protocol, &parsed.protocol)
                    });
                    removed = later;
                    self.steps.listeners.extend(Vec::into_iter(first).map(removal));
                    let call = Call::CreateListener {
                        row: listener.key,
                        pool: listener.group.and_then(|group| self.pool_ref(group)),
                        // As a separate step, because not every service creates policies with a listener.
                        body: Box::new(CreateListener { l7policies: Vec::new(), ..parsed.clone() }),
                    };
                    let (protocol, port) = (parsed.protocol.clone(), parsed.protocol_port);
                    let summary = StepSummary::AddListener { protocol, port };
                    self.steps.listeners.push(Step { call, summary });
                    self.redirect(listener, None, parsed);
                }
            }
        }
        self.steps.removed_listeners.extend(removed.into_iter().map(removal));
    }

    fn redirect(
        &mut self,
        listener: &ListenerDraft,
        existing: Option<&Listener>,
        parsed: &CreateListener,
    ) {
        let row = listener.key;
        let path = FieldPath::Listener { listener: row, field: ListenerField::Redirect };
        if existing.is_some() && !self.edit.differs(self.draft, &path) {
            return;
        }
        let port = existing.map_or(parsed.protocol_port, |existing| existing.protocol_port);
        let mut push_step = |call, summary| self.steps.redirects.push(Step { call, summary });
        let policy = existing.and_then(|existing| self.edit.base.redirect_policy(existing.id));
        match (redirect_url(parsed), policy) {
            (None, None) => {}
            (None, Some(policy)) => {
                let call = Call::DeleteRedirect { id: policy.id };
                push_step(call, StepSummary::RemoveRedirect { port });
            }
            (Some(url), Some(policy)) => {
                if policy.redirects_to_https() != Some(url.as_str()) {
                    let call = Call::UpdateRedirect { id: policy.id, url: url.clone() };
                    push_step(call, StepSummary::ChangeRedirect { port });
                }
                if policy.rules.is_empty() {
                    let redirect = RedirectRef::Existing(policy.id);
                    let call = Call::ActivateRedirect { redirect };
                    push_step(call, StepSummary::ActivateRedirect { port });
                }
            }
            (Some(url), None) => {
                let listener = existing
                    .map_or(ListenerRef::New(row), |existing| ListenerRef::Existing(existing.id));
                let call = Call::CreateRedirect { row, listener, url: url.clone() };
                push_step(call, StepSummary::AddRedirect { port });
                let call = Call::ActivateRedirect { redirect: RedirectRef::New(row) };
                push_step(call, StepSummary::ActivateRedirect { port });
            }
        }
    }

    fn change_listener(
        &mut self,
        listener: &ListenerDraft,
        existing: &Listener,
        parsed: &CreateListener,
    ) {
        let key = listener.key;
        let Some(base) = self.edit.base_draft.listener(key) else { return };
        let path = |field| FieldPath::Listener { listener: key, field };
        let differs = |field| self.edit.differs(self.draft, &path(field));
        let timeout = |field, value: Option<u64>, existing: Option<u64>| {
            let differs = self.edit.timeout_differs(self.draft, key, field) && value != existing;
            if differs { Patch::set_or_clear(value) } else { Patch::Keep }
        };
        let cidrs = FieldPath::AllowedCidrs { scope: OptionsScope::Listener(key), entry: 0 };
        let cidrs = self.edit.differs(self.draft, &cidrs)
            && parsed.allowed_cidrs.as_deref().unwrap_or_default()
                != existing.allowed_cidrs.as_deref().unwrap_or_default();
        let limit = parsed.connection_limit.unwrap_or(-1);
        let body = UpdateListener {
            name: (differs(ListenerField::Name) && listener.name != existing.name)
                .then(|| listener.name.clone()),
            connection_limit: (differs(ListenerField::ConnectionLimit)
                && limit != existing.connection_limit)
                .then_some(limit),
            default_tls_container_ref: parsed.default_tls_container_ref.clone().filter(|url| {
                differs(ListenerField::Certificate)
                    && Some(url) != existing.default_tls_container_ref.as_ref()
            }),
            sni_container_refs: (listener.sni != base.sni
                && listener.sni != existing.sni_container_refs)
                .then(|| listener.sni.clone()),
            default_pool_id: Patch::Keep,
            insert_headers: headers(listener, base, existing),
            timeout_client_data: timeout(
                TimeoutField::ClientData,
                parsed.timeout_client_data,
                existing.timeout_client_data,
            ),
            timeout_member_connect: timeout(
                TimeoutField::MemberConnect,
                parsed.timeout_member_connect,
                existing.timeout_member_connect,
            ),
            timeout_member_data: timeout(
                TimeoutField::MemberData,
                parsed.timeout_member_data,
                existing.timeout_member_data,
            ),
            allowed_cidrs: if cidrs {
                Patch::set_or_clear(parsed.allowed_cidrs.clone())
            } else {
                Patch::Keep
            },
            ..UpdateListener::default()
        };
        let pool = if listener.group == base.group {
            Patch::Keep
        } else {
            Patch::set_or_clear(listener.group.and_then(|group| self.pool_ref(group)))
        };
        if body == UpdateListener::default() && pool.is_keep() {
            return;
        }
        let (protocol, port) = (existing.protocol.clone(), existing.protocol_port);
        let summary = StepSummary::ChangeListener { protocol, port };
        let call = Call::UpdateListener { id: existing.id, pool, body };
        self.steps.updates.push(Step { call, summary });
    }
}

/// All inserted headers, if the form changed one of them: Octavia replaces the whole set.
fn headers(
    listener: &ListenerDraft,
    base: &ListenerDraft,
    existing: &Listener,
) -> Option<BTreeMap<String, String>> {
    if listener.forwarded == base.forwarded {
        return None;
    }
    let mut headers = existing.insert_headers.clone();
    for ((name, added), (_, before)) in
        listener.forwarded.entries().into_iter().zip(base.forwarded.entries())
    {
        if added && !before {
            headers.insert(name.to_owned(), "true".to_owned());
        } else if before && !added {
            headers.remove(name);
        }
    }
    (headers != existing.insert_headers).then_some(headers)
}

fn removal(listener: &Listener) -> Step {
    let (protocol, port) = (listener.protocol.clone(), listener.protocol_port);
    Step {
        call: Call::DeleteListener { id: listener.id },
        summary: StepSummary::RemoveListener { protocol, port },
    }
}
