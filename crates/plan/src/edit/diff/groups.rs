//! Server groups and the servers in them.

use super::{Diff, changed, changed_text, patch};
use crate::{
    GroupDraft, ServerDraft,
    edit::{
        call::{Call, PoolRef},
        parsed::ParsedGroup,
        steps::{ServerChange, Step, StepSummary},
    },
};
use openstack_types::{
    PoolId,
    octavia::{CreateMember, CreatePool, Member, NewPool, Pool, UpdateMember, UpdatePool},
};
use std::collections::{BTreeMap, BTreeSet};

impl Diff<'_> {
    pub(super) fn add_group(&mut self, group: &GroupDraft, parsed: &ParsedGroup) {
        let body = Box::new(NewPool {
            loadbalancer_id: self.edit.base.loadbalancer.id,
            pool: CreatePool {
                name: group.name.clone(),
                session_persistence: parsed.persistence.clone(),
                ..parsed.pool.clone()
            },
        });
        let summary = StepSummary::AddGroup { group: group.name.clone() };
        let call = Call::CreatePool { group: group.key, body };
        self.steps.pools.push(Step { call, summary });
        let pool = PoolRef::New(group.key);
        let members = group.servers.iter().filter_map(|server| parsed.servers.get(&server.key));
        self.add_members(pool, group, members.cloned().collect());
        if let Some(monitor) = &parsed.monitor {
            let body = monitor.clone();
            let call = Call::CreateHealthMonitor { pool, body };
            let summary = StepSummary::AddHealthCheck { group: group.name.clone() };
            self.steps.monitors.push(Step { call, summary });
        }
    }

    fn add_members(&mut self, pool: PoolRef, group: &GroupDraft, mut members: Vec<CreateMember>) {
        let name = group.name.clone();
        let step = match members.len() {
            0 => return,
            1 => {
                let body = members.remove(0);
                let server = endpoint(&body.address, body.protocol_port);
                let summary = StepSummary::AddServer { server, group: name };
                Step { call: Call::CreateMember { pool, body }, summary }
            }
            count => {
                let summary = StepSummary::AddServers { count, group: name };
                Step { call: Call::CreateMembers { pool, body: members }, summary }
            }
        };
        self.steps.members.push(step);
    }

    pub(super) fn change_group(&mut self, group: &GroupDraft, pool: &Pool, parsed: &ParsedGroup) {
        let Some(base) = self.edit.base_draft.group(group.key) else { return };
        let body = pool_update(group, base, pool, parsed);
        if body != UpdatePool::default() {
            let summary = StepSummary::ChangeGroup { group: group.name.clone() };
            let call = Call::UpdatePool { id: pool.id, body: Box::new(body) };
            self.steps.updates.push(Step { call, summary });
        }
        let mut new = Vec::new();
        let members = self.edit.members();
        let base_servers: BTreeMap<_, _> = base.servers.iter().map(|one| (one.key, one)).collect();
        for server in &group.servers {
            let Some(parsed) = parsed.servers.get(&server.key) else { continue };
            match members.get(&server.key) {
                Some(member) => {
                    if let Some(base) = base_servers.get(&server.key) {
                        self.change_member(group, pool.id, (base, server), member, parsed);
                    }
                }
                None => new.push(parsed.clone()),
            }
        }
        self.add_members(PoolRef::Existing(pool.id), group, new);
        let rows = &self.edit.rows.servers;
        let kept: BTreeSet<_> =
            group.servers.iter().filter_map(|server| rows.get(&server.key)).collect();
        for member in self.edit.base.members_in_order(pool.id) {
            if kept.contains(&member.id) {
                continue;
            }
            let call = Call::DeleteMember { pool: pool.id, id: member.id };
            let server = endpoint(&member.address, member.protocol_port);
            let summary = StepSummary::RemoveServer { server, group: group.name.clone() };
            self.steps.removed_members.push(Step { call, summary });
        }
        self.health_monitor(group, pool, parsed);
    }

    fn change_member(
        &mut self,
        group: &GroupDraft,
        pool: PoolId,
        (base, server): (&ServerDraft, &ServerDraft),
        member: &Member,
        parsed: &CreateMember,
    ) {
        let differs = |now: &str, before: &str| now.trim() != before.trim();
        let body = UpdateMember {
            name: changed_text(&server.name, &base.name, &member.name),
            weight: parsed
                .weight
                .filter(|weight| differs(&server.weight, &base.weight) && *weight != member.weight),
            backup: changed(&server.backup, &base.backup, &member.backup),
            admin_state_up: changed(&server.enabled, &base.enabled, &member.admin_state_up),
            monitor_address: patch(
                differs(&server.monitor_address, &base.monitor_address),
                &parsed.monitor_address,
                &member.monitor_address,
            ),
            monitor_port: patch(
                differs(&server.monitor_port, &base.monitor_port),
                &parsed.monitor_port,
                &member.monitor_port,
            ),
            tags: changed(&server.tags, &base.tags, &member.tags),
        };
        let is_empty = |body: UpdateMember| body == UpdateMember::default();
        if is_empty(body.clone()) {
            return;
        }
        let change = match (&body.weight, &body.admin_state_up) {
            (Some(0), None) if is_empty(UpdateMember { weight: None, ..body.clone() }) => {
                ServerChange::Drain
            }
            (None, Some(enabled))
                if is_empty(UpdateMember { admin_state_up: None, ..body.clone() }) =>
            {
                if *enabled {
                    ServerChange::Enable
                } else {
                    ServerChange::Disable
                }
            }
            _ => ServerChange::Other,
        };
        let reduces = body.weight == Some(0) || body.admin_state_up == Some(false);
        let server = endpoint(&member.address, member.protocol_port);
        let summary = StepSummary::ChangeServer { server, group: group.name.clone(), change };
        let step = Step { call: Call::UpdateMember { pool, id: member.id, body }, summary };
        if reduces {
            self.steps.reductions.push(step);
        } else {
            self.steps.updates.push(step);
        }
    }
}

fn pool_update(
    group: &GroupDraft,
    base: &GroupDraft,
    pool: &Pool,
    parsed: &ParsedGroup,
) -> UpdatePool {
    let (new, now, before) = (&parsed.pool, &group.tls, &base.tls);
    let ciphers = now.ciphers.trim() != before.ciphers.trim();
    UpdatePool {
        name: changed_text(&group.name, &base.name, &pool.name),
        description: changed_text(&group.description, &base.description, &pool.description),
        admin_state_up: changed(&group.enabled, &base.enabled, &pool.admin_state_up),
        lb_algorithm: changed(&group.method, &base.method, &pool.lb_algorithm),
        session_persistence: patch(
            group.persistence != base.persistence,
            &parsed.persistence,
            &pool.session_persistence,
        ),
        tls_enabled: changed(&now.enabled, &before.enabled, &pool.tls_enabled),
        tls_container_ref: patch(
            now.certificate != before.certificate,
            &new.tls_container_ref,
            &pool.tls_container_ref,
        ),
        ca_tls_container_ref: patch(
            now.ca != before.ca,
            &new.ca_tls_container_ref,
            &pool.ca_tls_container_ref,
        ),
        crl_container_ref: patch(
            now.crl != before.crl,
            &new.crl_container_ref,
            &pool.crl_container_ref,
        ),
        tls_ciphers: patch(ciphers, &new.tls_ciphers, &pool.tls_ciphers),
        tls_versions: patch(now.versions != before.versions, &new.tls_versions, &pool.tls_versions),
        alpn_protocols: patch(now.alpn != before.alpn, &new.alpn_protocols, &pool.alpn_protocols),
        tags: changed(&group.tags, &base.tags, &pool.tags),
    }
}

/// `192.0.2.10:80`, `[2001:db8::1]:80`.
fn endpoint(address: &str, port: u16) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}
