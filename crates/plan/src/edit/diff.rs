//! What is wanted minus what is there, in the order that traffic does not notice: what is new comes
//! before what goes, so that no pool is empty in between and no listener without one.

mod listeners;

use super::{
    Call, Edit, Plan, PoolRef, ServerChange, Step, StepWhat,
    typed::{Typed, TypedGroup},
};
use crate::{
    Draft, FieldPath, GroupDraft, HealthDraft, HealthField, RowKey, ServerDraft, ServerField,
    request::{pool_protocol, text},
};
use openstack_types::{
    PoolId,
    octavia::{
        CreateMember, HealthMonitor, Member, NewPool, Patch, Pool, UpdateHealthMonitor,
        UpdateLoadBalancer, UpdateMember, UpdatePool,
    },
};

/// Steps by what they do; taken in the order of the fields.
#[derive(Default)]
struct Steps {
    pools: Vec<Step>,
    members: Vec<Step>,
    monitors: Vec<Step>,
    listeners: Vec<Step>,
    updates: Vec<Step>,
    /// After the listeners that they lead to are there, before those go.
    redirects: Vec<Step>,
    /// Drains and switches off: after what switches on.
    reductions: Vec<Step>,
    removed_members: Vec<Step>,
    removed_listeners: Vec<Step>,
    removed_pools: Vec<Step>,
}

impl Steps {
    fn in_order(self) -> Vec<Step> {
        [
            self.pools,
            self.members,
            self.monitors,
            self.listeners,
            self.updates,
            self.redirects,
            self.reductions,
            self.removed_members,
            self.removed_listeners,
            self.removed_pools,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(super) fn plan(edit: &Edit, draft: &Draft, typed: &Typed) -> Plan {
    let mut diff = Diff { edit, draft, typed, steps: Steps::default() };
    diff.load_balancer();
    for group in &draft.groups {
        let Some(read) = typed.groups.get(&group.key) else { continue };
        match edit.pool(group.key) {
            Some(pool) => diff.change_group(group, pool, read),
            None => diff.add_group(group, read),
        }
    }
    diff.listeners();
    for pool in &edit.base.pools {
        if edit.rows.group(pool.id).and_then(|key| draft.group(key)).is_none() {
            let what = StepWhat::RemoveGroup { group: pool.name.clone() };
            diff.steps.removed_pools.push(Step { call: Call::DeletePool { id: pool.id }, what });
        }
    }
    Plan { steps: diff.steps.in_order() }
}

struct Diff<'a> {
    edit: &'a Edit,
    draft: &'a Draft,
    typed: &'a Typed,
    steps: Steps,
}

impl Diff<'_> {
    fn load_balancer(&mut self) {
        let there = &self.edit.base.loadbalancer;
        let touched = |path, wanted: &String, there: &String| {
            (self.edit.differs(self.draft, &path) && wanted != there).then(|| wanted.clone())
        };
        let body = UpdateLoadBalancer {
            name: touched(FieldPath::Name, &self.typed.name, &there.name),
            description: touched(
                FieldPath::Description,
                &self.typed.description,
                &there.description,
            ),
        };
        if body != UpdateLoadBalancer::default() {
            let call = Call::UpdateLoadBalancer { body };
            self.steps.updates.push(Step { call, what: StepWhat::ChangeLoadBalancer });
        }
    }

    fn pool_ref(&self, group: RowKey) -> Option<PoolRef> {
        self.draft.group(group)?;
        Some(self.edit.pool(group).map_or(PoolRef::New(group), |pool| PoolRef::There(pool.id)))
    }

    fn add_group(&mut self, group: &GroupDraft, read: &TypedGroup) {
        let body = NewPool {
            loadbalancer_id: self.edit.base.loadbalancer.id,
            name: group.name.clone(),
            description: text(&group.description),
            protocol: pool_protocol(self.draft.kind),
            lb_algorithm: group.method.clone(),
            session_persistence: read.persistence.clone(),
            tags: group.tags.clone(),
        };
        let what = StepWhat::AddGroup { group: group.name.clone() };
        let call = Call::CreatePool { group: group.key, body };
        self.steps.pools.push(Step { call, what });
        let pool = PoolRef::New(group.key);
        let members = group.servers.iter().filter_map(|server| read.servers.get(&server.key));
        self.add_members(pool, group, members.cloned().collect());
        if let Some(monitor) = &read.monitor {
            let body = monitor.clone();
            let call = Call::CreateHealthMonitor { pool, enabled: None, body };
            let what = StepWhat::AddCheck { group: group.name.clone() };
            self.steps.monitors.push(Step { call, what });
        }
    }

    fn add_members(&mut self, pool: PoolRef, group: &GroupDraft, mut members: Vec<CreateMember>) {
        let name = group.name.clone();
        let step = match members.len() {
            0 => return,
            1 => {
                let body = members.remove(0);
                let server = place(&body.address, body.protocol_port);
                let what = StepWhat::AddServer { server, group: name };
                Step { call: Call::CreateMember { pool, body }, what }
            }
            count => {
                let what = StepWhat::AddServers { count, group: name };
                Step { call: Call::CreateMembers { pool, body: members }, what }
            }
        };
        self.steps.members.push(step);
    }

    fn change_group(&mut self, group: &GroupDraft, pool: &Pool, read: &TypedGroup) {
        let Some(begin) = self.edit.begin.group(group.key) else { return };
        let method = group.method != begin.method && group.method != pool.lb_algorithm;
        let kept =
            group.persistence != begin.persistence && read.persistence != pool.session_persistence;
        let named = group.name != begin.name && group.name != pool.name;
        let body = UpdatePool {
            name: named.then(|| group.name.clone()),
            lb_algorithm: method.then(|| group.method.clone()),
            session_persistence: match kept {
                true => Patch::to(read.persistence.clone()),
                false => Patch::Keep,
            },
        };
        if body != UpdatePool::default() {
            let what = StepWhat::ChangeGroup { group: group.name.clone() };
            self.steps.updates.push(Step { call: Call::UpdatePool { id: pool.id, body }, what });
        }
        let mut new = Vec::new();
        for server in &group.servers {
            let Some(typed) = read.servers.get(&server.key) else { continue };
            match self.edit.member(server.key) {
                Some(member) => self.change_member(group, pool.id, server, member, typed),
                None => new.push(typed.clone()),
            }
        }
        self.add_members(PoolRef::There(pool.id), group, new);
        for member in self.edit.base.members_in_order(pool.id) {
            let key = self.edit.rows.server(member.id);
            if key.is_some_and(|key| group.servers.iter().any(|server| server.key == key)) {
                continue;
            }
            let call = Call::DeleteMember { pool: pool.id, id: member.id };
            let server = place(&member.address, member.protocol_port);
            let what = StepWhat::RemoveServer { server, group: group.name.clone() };
            self.steps.removed_members.push(Step { call, what });
        }
        self.monitor(group, pool, read);
    }

    fn change_member(
        &mut self,
        group: &GroupDraft,
        pool: PoolId,
        server: &ServerDraft,
        member: &Member,
        typed: &CreateMember,
    ) {
        let Some(begin) = self.edit.begin.server(group.key, server.key) else { return };
        let at = |field| FieldPath::Server { group: group.key, server: server.key, field };
        let differs = |field| self.edit.differs(self.draft, &at(field));
        let name = server.name.trim();
        let body = UpdateMember {
            name: (differs(ServerField::Name) && name != member.name).then(|| name.to_owned()),
            weight: typed
                .weight
                .filter(|weight| differs(ServerField::Weight) && *weight != member.weight),
            backup: (server.backup != begin.backup && server.backup != member.backup)
                .then_some(server.backup),
            admin_state_up: (server.enabled != begin.enabled
                && server.enabled != member.admin_state_up)
                .then_some(server.enabled),
        };
        let only = |body: UpdateMember| body == UpdateMember::default();
        if only(body.clone()) {
            return;
        }
        let how = match (&body.weight, &body.admin_state_up) {
            (Some(0), None) if only(UpdateMember { weight: None, ..body.clone() }) => {
                ServerChange::Drain
            }
            (None, Some(on)) if only(UpdateMember { admin_state_up: None, ..body.clone() }) => {
                if *on {
                    ServerChange::Enable
                } else {
                    ServerChange::Disable
                }
            }
            _ => ServerChange::Other,
        };
        let takes_away = body.weight == Some(0) || body.admin_state_up == Some(false);
        let server = place(&member.address, member.protocol_port);
        let what = StepWhat::ChangeServer { server, group: group.name.clone(), how };
        let step = Step { call: Call::UpdateMember { pool, id: member.id, body }, what };
        match takes_away {
            true => self.steps.reductions.push(step),
            false => self.steps.updates.push(step),
        }
    }

    fn monitor(&mut self, group: &GroupDraft, pool: &Pool, read: &TypedGroup) {
        let begin = self.edit.begin.group(group.key);
        if begin.is_some_and(|begin| begin.health == group.health) {
            return;
        }
        let there = self.edit.monitor(group.key);
        let name = group.name.clone();
        let create = |there: Option<&HealthMonitor>| {
            read.monitor.clone().map(|body| Call::CreateHealthMonitor {
                pool: PoolRef::There(pool.id),
                enabled: there.filter(|there| !there.admin_state_up).map(|_| false),
                body,
            })
        };
        let steps: Vec<Step> = match (there, &group.health.kind) {
            (None, None) => Vec::new(),
            (None, Some(_)) => create(None)
                .map(|call| Step { call, what: StepWhat::AddCheck { group: name } })
                .into_iter()
                .collect(),
            (Some(there), None) => {
                let call = Call::DeleteHealthMonitor { id: there.id };
                vec![Step { call, what: StepWhat::RemoveCheck { group: name } }]
            }
            // Octavia cannot change the kind.
            (Some(there), Some(kind)) if *kind != there.kind => {
                let calls = [Some(Call::DeleteHealthMonitor { id: there.id }), create(Some(there))];
                let what = StepWhat::ChangeCheck { group: name };
                let calls = calls.into_iter().flatten();
                calls.map(|call| Step { call, what: what.clone() }).collect()
            }
            (Some(there), Some(_)) => {
                let body = self.monitor_update(group.key, there, read);
                let what = StepWhat::ChangeCheck { group: name };
                let call = Call::UpdateHealthMonitor { id: there.id, body: body.clone() };
                let is_empty = body == UpdateHealthMonitor::default();
                if is_empty { Vec::new() } else { vec![Step { call, what }] }
            }
        };
        self.steps.monitors.extend(steps);
    }

    fn monitor_update(
        &self,
        group: RowKey,
        there: &HealthMonitor,
        read: &TypedGroup,
    ) -> UpdateHealthMonitor {
        let Some(typed) = &read.monitor else { return UpdateHealthMonitor::default() };
        let differs = |field| self.edit.differs(self.draft, &FieldPath::Health { group, field });
        let request = HealthDraft::sends_request(&there.kind);
        let text = |field, typed: &Option<String>, there: &Option<String>| {
            (request && differs(field) && typed != there).then(|| typed.clone()).flatten()
        };
        let domain =
            request && differs(HealthField::Domain) && typed.domain_name != there.domain_name;
        UpdateHealthMonitor {
            delay: (differs(HealthField::Delay) && typed.delay != there.delay)
                .then_some(typed.delay),
            timeout: (differs(HealthField::Timeout) && typed.timeout != there.timeout)
                .then_some(typed.timeout),
            max_retries: (differs(HealthField::Rise) && typed.max_retries != there.max_retries)
                .then_some(typed.max_retries),
            max_retries_down: typed
                .max_retries_down
                .filter(|fall| differs(HealthField::Fall) && *fall != there.max_retries_down),
            http_method: text(HealthField::Method, &typed.http_method, &there.http_method),
            url_path: text(HealthField::Path, &typed.url_path, &there.url_path),
            expected_codes: text(HealthField::Codes, &typed.expected_codes, &there.expected_codes),
            domain_name: match domain {
                true => Patch::to(typed.domain_name.clone()),
                false => Patch::Keep,
            },
            http_version: typed.http_version.filter(|_| domain),
        }
    }
}

/// `192.0.2.10:80`, `[2001:db8::1]:80`.
fn place(address: &str, port: u16) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}
