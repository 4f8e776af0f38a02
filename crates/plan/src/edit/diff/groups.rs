//! Server groups and the servers in them.

use super::Diff;
use crate::{
    GroupDraft, ServerDraft,
    edit::{
        call::{Call, PoolRef},
        parsed::ParsedGroup,
        steps::{ServerChange, Step, StepSummary},
    },
    request::{non_empty, pool_protocol},
};
use openstack_types::{
    PoolId,
    octavia::{
        CreateMember, CreatePoolTls, Member, NewPool, Patch, Pool, UpdateMember, UpdatePool,
    },
};
use std::collections::{BTreeMap, BTreeSet};

impl Diff<'_> {
    pub(super) fn add_group(&mut self, group: &GroupDraft, parsed: &ParsedGroup) {
        let body = NewPool {
            loadbalancer_id: self.edit.base.loadbalancer.id,
            name: group.name.clone(),
            description: non_empty(&group.description),
            protocol: pool_protocol(self.draft.lb_type),
            lb_algorithm: group.method.clone(),
            session_persistence: parsed.persistence.clone(),
            tls: CreatePoolTls::default(),
            tags: group.tags.clone(),
        };
        let summary = StepSummary::AddGroup { group: group.name.clone() };
        let call = Call::CreatePool { group: group.key, body };
        self.steps.pools.push(Step { call, summary });
        let pool = PoolRef::New(group.key);
        let members = group.servers.iter().filter_map(|server| parsed.servers.get(&server.key));
        self.add_members(pool, group, members.cloned().collect());
        if let Some(monitor) = &parsed.monitor {
            let body = monitor.clone();
            let call = Call::CreateHealthMonitor { pool, enabled: None, body };
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
        let method = group.method != base.method && group.method != pool.lb_algorithm;
        let persistence =
            group.persistence != base.persistence && parsed.persistence != pool.session_persistence;
        let name = group.name != base.name && group.name != pool.name;
        let body = UpdatePool {
            name: name.then(|| group.name.clone()),
            lb_algorithm: method.then(|| group.method.clone()),
            session_persistence: if persistence {
                Patch::set_or_clear(parsed.persistence.clone())
            } else {
                Patch::Keep
            },
            ..UpdatePool::default()
        };
        if body != UpdatePool::default() {
            let summary = StepSummary::ChangeGroup { group: group.name.clone() };
            self.steps.updates.push(Step { call: Call::UpdatePool { id: pool.id, body }, summary });
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
        let name = server.name.trim();
        let body = UpdateMember {
            name: (differs(name, &base.name) && name != member.name).then(|| name.to_owned()),
            weight: parsed
                .weight
                .filter(|weight| differs(&server.weight, &base.weight) && *weight != member.weight),
            backup: (server.backup != base.backup && server.backup != member.backup)
                .then_some(server.backup),
            admin_state_up: (server.enabled != base.enabled
                && server.enabled != member.admin_state_up)
                .then_some(server.enabled),
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

/// `192.0.2.10:80`, `[2001:db8::1]:80`.
fn endpoint(address: &str, port: u16) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}
