//! Pools, members and health monitors.

use super::{Cloud, Response, active, apply_patch, deleted, error, parse, set};
use openstack_types::{
    PoolId,
    octavia::{
        CreateMember, HealthMonitor, Member, NewHealthMonitor, NewPool, Patch, Pool, Ref,
        UpdateHealthMonitor, UpdateMember, UpdatePool,
    },
};
use plan::edit::Request;
use serde_json::json;

impl Cloud {
    pub(super) fn create_pool(&mut self, request: &Request) -> Response {
        let body: NewPool = parse(request, "pool")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let id = PoolId(self.new_id());
        let (provisioning_status, operating_status) = active();
        self.graph.pools.push(Pool {
            id,
            name: body.name,
            description: body.description.unwrap_or_default(),
            provisioning_status,
            operating_status,
            admin_state_up: true,
            protocol: body.protocol,
            tls_enabled: body.tls.tls_enabled.unwrap_or_default(),
            tls_container_ref: body.tls.tls_container_ref,
            ca_tls_container_ref: body.tls.ca_tls_container_ref,
            crl_container_ref: body.tls.crl_container_ref,
            tls_ciphers: body.tls.tls_ciphers.map(String::from),
            tls_versions: body.tls.tls_versions,
            alpn_protocols: body.tls.alpn_protocols,
            lb_algorithm: body.lb_algorithm,
            session_persistence: body.session_persistence,
            loadbalancers: Vec::new(),
            listeners: Vec::new(),
            members: Vec::new(),
            healthmonitor_id: None,
            tags: body.tags,
        });
        Ok(json!({"pool": {"id": id}}).to_string())
    }

    pub(super) fn update_pool(&mut self, id: &str, request: &Request) -> Response {
        let body: UpdatePool = parse(request, "pool")?;
        let pool = self.pool(id)?;
        set(&mut pool.name, body.name);
        set(&mut pool.lb_algorithm, body.lb_algorithm);
        apply_patch(&mut pool.session_persistence, body.session_persistence, None);
        Ok(String::new())
    }

    pub(super) fn delete_pool(&mut self, id: &str) -> Response {
        let id = self.pool(id)?.id;
        self.graph.pools.retain(|pool| pool.id != id);
        self.graph.members.remove(&id);
        self.graph.monitors.retain(|monitor| monitor.pools.iter().all(|pool| pool.id != id));
        for listener in &mut self.graph.listeners {
            listener.default_pool_id = listener.default_pool_id.filter(|pool| *pool != id);
        }
        Ok(String::new())
    }

    pub(super) fn create_member(&mut self, pool: &str, body: CreateMember) -> Response {
        let id = self.new_id().into();
        let members = self.members(pool)?;
        let same = |member: &&mut Member| {
            (&member.address, member.protocol_port) == (&body.address, body.protocol_port)
        };
        if members.iter_mut().find(same).is_some() {
            return Err(error(409, "Another member on this pool is already using ip"));
        }
        openstack_types::field::server_address(&body.address).expect("an address");
        let (provisioning_status, operating_status) = active();
        members.push(Member {
            id,
            name: body.name.unwrap_or_default(),
            provisioning_status,
            operating_status,
            admin_state_up: body.admin_state_up.unwrap_or(true),
            address: body.address,
            protocol_port: body.protocol_port,
            weight: body.weight.unwrap_or(1),
            backup: body.backup.unwrap_or(false),
            subnet_id: body.subnet_id,
            monitor_address: body.monitor_address,
            monitor_port: body.monitor_port,
            tags: body.tags,
        });
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
        let body: UpdateMember = parse(request, "member")?;
        let member = self.members(pool)?.iter_mut().find(|member| member.id.to_string() == id);
        let member = member.ok_or(error(404, "no such member"))?;
        set(&mut member.name, body.name);
        set(&mut member.weight, body.weight);
        set(&mut member.backup, body.backup);
        set(&mut member.admin_state_up, body.admin_state_up);
        Ok(String::new())
    }

    pub(super) fn create_monitor(&mut self, request: &Request) -> Response {
        let body: NewHealthMonitor = parse(request, "healthmonitor")?;
        let id = self.new_id().into();
        let pool = self.pool(&body.pool_id.to_string())?;
        if pool.healthmonitor_id.is_some() {
            return Err(error(409, "This pool already has a health monitor"));
        }
        pool.healthmonitor_id = Some(id);
        let (provisioning_status, operating_status) = active();
        let monitor = body.monitor;
        assert!(monitor.timeout < monitor.delay, "a timeout is below its delay");
        let http = plan::HealthDraft::sends_request(&monitor.kind);
        let or = |text: Option<String>, default: &str| {
            assert!(http || text.is_none(), "only checks by HTTP send a request");
            text.or(http.then(|| default.to_owned()))
        };
        assert!(monitor.domain_name.is_none() || monitor.http_version == Some(1.1));
        self.graph.monitors.push(HealthMonitor {
            id,
            name: monitor.name.unwrap_or_default(),
            kind: monitor.kind,
            delay: monitor.delay,
            timeout: monitor.timeout,
            max_retries: monitor.max_retries,
            max_retries_down: monitor.max_retries_down.unwrap_or(3),
            http_method: or(monitor.http_method, "GET"),
            url_path: or(monitor.url_path, "/"),
            expected_codes: or(monitor.expected_codes, "200"),
            domain_name: monitor.domain_name,
            admin_state_up: body.admin_state_up.unwrap_or(true),
            pools: vec![Ref { id: body.pool_id }],
            provisioning_status,
            operating_status,
            tags: monitor.tags,
        });
        Ok(String::new())
    }

    pub(super) fn update_monitor(&mut self, id: &str, request: &Request) -> Response {
        let body: UpdateHealthMonitor = parse(request, "healthmonitor")?;
        let monitor = self.graph.monitors.iter_mut().find(|m| m.id.to_string() == id);
        let monitor = monitor.ok_or(error(404, "no such monitor"))?;
        if matches!(body.domain_name, Patch::Set(_)) {
            assert_eq!(body.http_version, Some(1.1), "a domain name needs HTTP/1.1");
        }
        set(&mut monitor.delay, body.delay);
        set(&mut monitor.timeout, body.timeout);
        set(&mut monitor.max_retries, body.max_retries);
        set(&mut monitor.max_retries_down, body.max_retries_down);
        monitor.http_method = body.http_method.or(monitor.http_method.take());
        monitor.url_path = body.url_path.or(monitor.url_path.take());
        monitor.expected_codes = body.expected_codes.or(monitor.expected_codes.take());
        apply_patch(&mut monitor.domain_name, body.domain_name, None);
        Ok(String::new())
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
