//! Pools, members and health monitors.

use super::{Cloud, Response, deleted, error, parse, update};
use crate::support::wire::created;
use openstack_types::{
    HealthMonitorId,
    octavia::{
        CreateMember, HealthMonitor, HttpVersion, Member, NewHealthMonitor, NewPool,
        UpdateHealthMonitor, UpdateMember, UpdatePool,
    },
};
use plan::edit::Request;
use serde_json::json;

impl Cloud {
    pub(super) fn create_pool(&mut self, request: &Request) -> Response {
        let body: NewPool = parse(request, "pool")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let id = self.new_id();
        assert!(body.pool.members.is_empty() && body.pool.healthmonitor.is_none());
        self.graph.pools.push(created("pool", &body.pool, json!({ "id": id })));
        Ok(json!({"pool": {"id": id}}).to_string())
    }

    pub(super) fn update_pool(&mut self, id: &str, request: &Request) -> Response {
        let pools = &mut self.graph.pools;
        update::<_, UpdatePool>("pool", pools, |pool| pool.id.to_string(), id, request)
    }

    pub(super) fn delete_pool(&mut self, id: &str) -> Response {
        let id = self.pool(id)?.id;
        if self.graph.policies.iter().any(|policy| policy.redirect_pool_id == Some(id)) {
            return Err(error(409, format!("Pool {id} is in use by L7 policy")));
        }
        self.graph.pools.retain(|pool| pool.id != id);
        self.graph.members.remove(&id);
        self.graph.monitors.retain(|monitor| monitor.pools.iter().all(|pool| pool.id != id));
        for listener in &mut self.graph.listeners {
            listener.default_pool_id = listener.default_pool_id.filter(|pool| *pool != id);
        }
        Ok(String::new())
    }

    pub(super) fn create_member(&mut self, pool: &str, body: CreateMember) -> Response {
        let id = self.new_id();
        let members = self.members(pool)?;
        let same = |member: &&mut Member| {
            (&member.address, member.protocol_port) == (&body.address, body.protocol_port)
        };
        if members.iter_mut().find(same).is_some() {
            return Err(error(409, "Another member on this pool is already using ip"));
        }
        openstack_types::field::server_address(&body.address).expect("an address");
        members.push(created("member", &body, json!({ "id": id })));
        Ok(String::new())
    }

    /// Removes members that are not in the list unless `additive_only`, and resets omitted fields of the
    /// others to their defaults.
    pub(super) fn batch_members(&mut self, pool: &str, query: &str, request: &Request) -> Response {
        let sent: Vec<CreateMember> = parse(request, "members")?;
        let named = |member: &Member| {
            sent.iter()
                .any(|s| (&s.address, s.protocol_port) == (&member.address, member.protocol_port))
        };
        let members = self.members(pool)?;
        if query != "additive_only=true" {
            members.retain(named);
        }
        let (known, new): (Vec<_>, Vec<_>) = sent.iter().cloned().partition(|s| {
            members.iter().any(|m| (&s.address, s.protocol_port) == (&m.address, m.protocol_port))
        });
        for sent in known {
            let there = members
                .iter_mut()
                .find(|m| (&sent.address, sent.protocol_port) == (&m.address, m.protocol_port));
            let there = there.unwrap();
            there.weight = sent.weight.unwrap_or(1);
            there.backup = sent.backup.unwrap_or(false);
            there.admin_state_up = sent.admin_state_up.unwrap_or(true);
            there.monitor_address = sent.monitor_address;
            there.monitor_port = sent.monitor_port;
        }
        for sent in new {
            self.create_member(pool, sent)?;
        }
        Ok(String::new())
    }

    pub(super) fn update_member(&mut self, pool: &str, id: &str, request: &Request) -> Response {
        let members = self.members(pool)?;
        update::<_, UpdateMember>("member", members, |member| member.id.to_string(), id, request)
    }

    pub(super) fn create_monitor(&mut self, request: &Request) -> Response {
        let body: NewHealthMonitor = parse(request, "healthmonitor")?;
        let id = HealthMonitorId::from(self.new_id());
        let pool = self.pool(&body.pool_id.to_string())?;
        if pool.healthmonitor_id.is_some() {
            return Err(error(409, "This pool already has a health monitor"));
        }
        pool.healthmonitor_id = Some(id);
        let monitor = &body.monitor;
        assert!(monitor.timeout < monitor.delay, "a timeout is below its delay");
        if !plan::HealthDraft::sends_request(&monitor.kind) {
            assert_eq!((&monitor.http_method, &monitor.url_path), (&None, &None));
            assert_eq!((&monitor.expected_codes, &monitor.domain_name), (&None, &None));
        }
        let with_host = monitor.domain_name.is_some();
        assert!(!with_host || monitor.http_version == Some(HttpVersion::V1_1));
        let extra = json!({ "id": id, "pools": [{ "id": body.pool_id }] });
        self.graph.monitors.push(created("healthmonitor", monitor, extra));
        Ok(String::new())
    }

    pub(super) fn update_monitor(&mut self, id: &str, request: &Request) -> Response {
        let id_of = |monitor: &HealthMonitor| monitor.id.to_string();
        let monitors = &mut self.graph.monitors;
        let done = update::<_, UpdateHealthMonitor>("healthmonitor", monitors, id_of, id, request)?;
        let monitor = monitors.iter().find(|monitor| monitor.id.to_string() == id).unwrap();
        let with_host = monitor.domain_name.is_some();
        assert!(!with_host || monitor.http_version == Some(HttpVersion::V1_1));
        Ok(done)
    }

    pub(super) fn delete_monitor(&mut self, id: &str) -> Response {
        let before = self.graph.monitors.len();
        self.graph.monitors.retain(|monitor| monitor.id.to_string() != id);
        for pool in &mut self.graph.pools {
            pool.healthmonitor_id = pool.healthmonitor_id.filter(|m| m.to_string() != id);
        }
        deleted(before != self.graph.monitors.len())
    }
}
