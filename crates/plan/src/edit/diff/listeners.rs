//! Listeners.

use super::{Diff, changed, changed_text, patch};
use crate::{
    FieldPath, ListenerDraft, ListenerField, OptionsScope, TimeoutField,
    edit::{
        call::Call,
        steps::{Step, StepSummary},
    },
};
use openstack_types::{
    octavia::{ClientAuthentication, CreateListener, Listener, Patch, UpdateListener},
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
                    self.policies(listener, Some(existing), parsed);
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
                    self.policies(listener, None, parsed);
                }
            }
        }
        self.steps.removed_listeners.extend(removed.into_iter().map(removal));
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
            name: changed_text(&listener.name, &base.name, &existing.name),
            description: changed_text(
                &listener.description,
                &base.description,
                &existing.description,
            ),
            admin_state_up: changed(&listener.enabled, &base.enabled, &existing.admin_state_up),
            connection_limit: (differs(ListenerField::ConnectionLimit)
                && limit != existing.connection_limit)
                .then_some(limit),
            default_tls_container_ref: patch(
                differs(ListenerField::Certificate),
                &parsed.default_tls_container_ref,
                &existing.default_tls_container_ref,
            ),
            sni_container_refs: changed(&listener.sni, &base.sni, &existing.sni_container_refs),
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
            timeout_tcp_inspect: timeout(
                TimeoutField::TcpInspect,
                parsed.timeout_tcp_inspect,
                existing.timeout_tcp_inspect,
            ),
            allowed_cidrs: if cidrs {
                Patch::set_or_clear(parsed.allowed_cidrs.clone())
            } else {
                Patch::Keep
            },
            tags: changed(&listener.tags, &base.tags, &existing.tags),
            ..tls_update(listener, base, existing, parsed)
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
        let call = Call::UpdateListener { id: existing.id, pool, body: Box::new(body) };
        self.steps.updates.push(Step { call, summary });
    }
}

/// The TLS settings in an update of a listener; nothing else.
fn tls_update(
    listener: &ListenerDraft,
    base: &ListenerDraft,
    existing: &Listener,
    parsed: &CreateListener,
) -> UpdateListener {
    let (now, before) = (&listener.tls, &base.tls);
    if now == before {
        return UpdateListener::default();
    }
    let hsts = now.hsts != before.hsts;
    let has = |parsed: Option<bool>, existing: bool| {
        let wanted = parsed.unwrap_or_default();
        (hsts && now.hsts.is_some() && wanted != existing).then_some(wanted)
    };
    let clients = now.clients != before.clients;
    let none = ClientAuthentication::None;
    let wanted = parsed.client_authentication.as_ref().unwrap_or(&none);
    let authenticates = existing.client_authentication.as_ref().unwrap_or(&none);
    UpdateListener {
        tls_versions: patch(
            now.versions != before.versions,
            &parsed.tls_versions,
            &existing.tls_versions,
        ),
        tls_ciphers: patch(
            now.ciphers.trim() != before.ciphers.trim(),
            &parsed.tls_ciphers,
            &existing.tls_ciphers,
        ),
        alpn_protocols: patch(
            now.alpn != before.alpn,
            &parsed.alpn_protocols,
            &existing.alpn_protocols,
        ),
        hsts_max_age: patch(hsts, &parsed.hsts_max_age, &existing.hsts_max_age),
        hsts_include_subdomains: has(
            parsed.hsts_include_subdomains,
            existing.hsts_include_subdomains,
        ),
        hsts_preload: has(parsed.hsts_preload, existing.hsts_preload),
        client_authentication: (clients && wanted != authenticates).then(|| wanted.clone()),
        client_ca_tls_container_ref: patch(
            clients,
            &parsed.client_ca_tls_container_ref,
            &existing.client_ca_tls_container_ref,
        ),
        client_crl_container_ref: patch(
            clients,
            &parsed.client_crl_container_ref,
            &existing.client_crl_container_ref,
        ),
        ..UpdateListener::default()
    }
}

/// All inserted headers, if the form changed one of them: Octavia replaces the whole set.
fn headers(
    listener: &ListenerDraft,
    base: &ListenerDraft,
    existing: &Listener,
) -> Option<BTreeMap<String, String>> {
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
    for (name, value) in &listener.headers {
        if base.headers.get(name) != Some(value) {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers
        .retain(|name, _| !base.headers.contains_key(name) || listener.headers.contains_key(name));
    (headers != existing.insert_headers).then_some(headers)
}

fn removal(listener: &Listener) -> Step {
    let (protocol, port) = (listener.protocol.clone(), listener.protocol_port);
    Step {
        call: Call::DeleteListener { id: listener.id },
        summary: StepSummary::RemoveListener { protocol, port },
    }
}
