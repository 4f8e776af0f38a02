//! A load balancer in memory that takes the requests of a plan by Octavia's rules.
#![allow(dead_code)]

use openstack_types::{
    OperatingStatus, PoolId, ProvisioningStatus,
    error::ApiError,
    octavia::{
        CreateL7Policy, CreateL7Rule, CreateMember, HealthMonitor, L7Policy, Listener,
        ListenerProtocol, Member, NewHealthMonitor, NewListener, NewPool, Patch, Pool, Ref,
        UpdateHealthMonitor, UpdateListener, UpdateLoadBalancer, UpdateMember, UpdatePool,
    },
    rules,
};
use plan::{
    Graph,
    edit::{Method, Request},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

/// The load balancer, and the requests it has taken.
#[derive(Clone, Debug)]
pub struct Cloud {
    /// What is there.
    pub graph: Graph,
    /// Every request it took.
    pub taken: Vec<Request>,
    next: u128,
}

type Answer = Result<String, ApiError>;

fn no(status: u16, message: impl Into<String>) -> ApiError {
    ApiError { status, message: message.into(), field: None }
}

/// Reads a body, and refuses one with a field that its type does not know.
fn read<T: DeserializeOwned + Serialize>(request: &Request, key: &str) -> Result<T, ApiError> {
    let body = request.body.as_ref().and_then(Value::as_object).ok_or(no(400, "no body"))?;
    assert_eq!(body.keys().collect::<Vec<_>>(), [key], "one object under its key");
    let read: T = serde_json::from_value(body[key].clone()).map_err(|e| no(400, e.to_string()))?;
    let again = serde_json::to_value(&read).unwrap();
    assert_eq!(again, body[key], "a field that Octavia does not know");
    Ok(read)
}

fn patch<T>(place: &mut Option<T>, patch: Patch<T>, default: Option<T>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *place = default,
        Patch::Set(value) => *place = Some(value),
    }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn active() -> (ProvisioningStatus, OperatingStatus) {
    (ProvisioningStatus::Active, OperatingStatus::Online)
}

impl Cloud {
    pub fn new(graph: Graph) -> Self {
        Self { graph, taken: Vec::new(), next: 0xfeed_0000_0000 }
    }

    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// The change that was taken is carried out: the next may come.
    pub fn become_active(&mut self) {
        self.graph.loadbalancer.provisioning_status = ProvisioningStatus::Active;
    }

    /// Takes a request.
    pub fn take(&mut self, request: &Request) -> Answer {
        if self.graph.loadbalancer.provisioning_status != ProvisioningStatus::Active {
            let id = self.graph.loadbalancer.id;
            return Err(no(409, format!("Load Balancer {id} is immutable and cannot be updated.")));
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let answer = match (request.method, parts.as_slice()) {
            (Method::Put, ["loadbalancers", id]) => self.update_load_balancer(id, request),
            (Method::Post, ["pools"]) => self.create_pool(request),
            (Method::Put, ["pools", id]) => self.update_pool(id, request),
            (Method::Delete, ["pools", id]) => self.delete_pool(id),
            (Method::Post, ["pools", pool, "members"]) => {
                let member = read(request, "member")?;
                self.create_member(pool, member)
            }
            (Method::Put, ["pools", pool, "members"]) => self.batch(pool, query, request),
            (Method::Put, ["pools", pool, "members", id]) => self.update_member(pool, id, request),
            (Method::Delete, ["pools", pool, "members", id]) => {
                let members = self.members(pool)?;
                let before = members.len();
                members.retain(|member| member.id.to_string() != *id);
                gone(before != members.len())
            }
            (Method::Post, ["healthmonitors"]) => self.create_monitor(request),
            (Method::Put, ["healthmonitors", id]) => self.update_monitor(id, request),
            (Method::Delete, ["healthmonitors", id]) => self.delete_monitor(id),
            (Method::Post, ["listeners"]) => self.create_listener(request),
            (Method::Put, ["listeners", id]) => self.update_listener(id, request),
            (Method::Post, ["l7policies"]) => self.create_policy(request),
            (Method::Post, ["l7policies", id, "rules"]) => self.create_rule(id, request),
            (Method::Put, ["l7policies", id]) => {
                let to = request.body.as_ref().unwrap()["l7policy"]["redirect_prefix"].as_str();
                self.policy(id)?.redirect_prefix = to.map(str::to_owned);
                Ok(String::new())
            }
            (Method::Delete, ["l7policies", id]) => {
                let before = self.graph.policies.len();
                self.graph.policies.retain(|policy| policy.id.to_string() != *id);
                gone(before != self.graph.policies.len())
            }
            (Method::Delete, ["listeners", id]) => {
                let before = self.graph.listeners.len();
                self.graph.listeners.retain(|listener| listener.id.to_string() != *id);
                self.graph.policies.retain(|policy| policy.listener_id.to_string() != *id);
                gone(before != self.graph.listeners.len())
            }
            _ => panic!("no such door: {request:?}"),
        }?;
        self.taken.push(request.clone());
        self.graph.loadbalancer.provisioning_status = ProvisioningStatus::PendingUpdate;
        Ok(answer)
    }

    fn pool(&mut self, id: &str) -> Result<&mut Pool, ApiError> {
        let pool = self.graph.pools.iter_mut().find(|pool| pool.id.to_string() == id);
        pool.ok_or(no(404, "no such pool"))
    }

    fn members(&mut self, pool: &str) -> Result<&mut Vec<Member>, ApiError> {
        let id = self.pool(pool)?.id;
        Ok(self.graph.members.entry(id).or_default())
    }

    fn update_load_balancer(&mut self, id: &str, request: &Request) -> Answer {
        let body: UpdateLoadBalancer = read(request, "loadbalancer")?;
        let lb = &mut self.graph.loadbalancer;
        assert_eq!(lb.id.to_string(), id);
        put(&mut lb.name, body.name);
        put(&mut lb.description, body.description);
        Ok(String::new())
    }

    fn create_pool(&mut self, request: &Request) -> Answer {
        let body: NewPool = read(request, "pool")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let id = PoolId(self.id());
        let (provisioning_status, operating_status) = active();
        self.graph.pools.push(Pool {
            id,
            name: body.name,
            description: body.description.unwrap_or_default(),
            provisioning_status,
            operating_status,
            admin_state_up: true,
            protocol: body.protocol,
            tls_enabled: false,
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

    fn update_pool(&mut self, id: &str, request: &Request) -> Answer {
        let body: UpdatePool = read(request, "pool")?;
        let pool = self.pool(id)?;
        put(&mut pool.name, body.name);
        put(&mut pool.lb_algorithm, body.lb_algorithm);
        patch(&mut pool.session_persistence, body.session_persistence, None);
        Ok(String::new())
    }

    fn delete_pool(&mut self, id: &str) -> Answer {
        let id = self.pool(id)?.id;
        self.graph.pools.retain(|pool| pool.id != id);
        self.graph.members.remove(&id);
        self.graph.monitors.retain(|monitor| monitor.pools.iter().all(|pool| pool.id != id));
        for listener in &mut self.graph.listeners {
            listener.default_pool_id = listener.default_pool_id.filter(|pool| *pool != id);
        }
        Ok(String::new())
    }

    fn create_member(&mut self, pool: &str, body: CreateMember) -> Answer {
        let id = self.id().into();
        let members = self.members(pool)?;
        let same = |member: &&mut Member| {
            (&member.address, member.protocol_port) == (&body.address, body.protocol_port)
        };
        if members.iter_mut().find(same).is_some() {
            return Err(no(409, "Another member on this pool is already using ip"));
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

    /// Takes away whatever is not named unless `additive_only`, and gives those that are there the
    /// default of every field that is not sent.
    fn batch(&mut self, pool: &str, query: &str, request: &Request) -> Answer {
        let sent: Vec<CreateMember> = read(request, "members")?;
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

    fn update_member(&mut self, pool: &str, id: &str, request: &Request) -> Answer {
        let body: UpdateMember = read(request, "member")?;
        let member = self.members(pool)?.iter_mut().find(|member| member.id.to_string() == id);
        let member = member.ok_or(no(404, "no such member"))?;
        put(&mut member.name, body.name);
        put(&mut member.weight, body.weight);
        put(&mut member.backup, body.backup);
        put(&mut member.admin_state_up, body.admin_state_up);
        Ok(String::new())
    }

    fn create_monitor(&mut self, request: &Request) -> Answer {
        let body: NewHealthMonitor = read(request, "healthmonitor")?;
        let id = self.id().into();
        let pool = self.pool(&body.pool_id.to_string())?;
        if pool.healthmonitor_id.is_some() {
            return Err(no(409, "This pool already has a health monitor"));
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

    fn update_monitor(&mut self, id: &str, request: &Request) -> Answer {
        let body: UpdateHealthMonitor = read(request, "healthmonitor")?;
        let monitor = self.graph.monitors.iter_mut().find(|m| m.id.to_string() == id);
        let monitor = monitor.ok_or(no(404, "no such monitor"))?;
        if matches!(body.domain_name, Patch::Set(_)) {
            assert_eq!(body.http_version, Some(1.1), "a domain name needs HTTP/1.1");
        }
        put(&mut monitor.delay, body.delay);
        put(&mut monitor.timeout, body.timeout);
        put(&mut monitor.max_retries, body.max_retries);
        put(&mut monitor.max_retries_down, body.max_retries_down);
        monitor.http_method = body.http_method.or(monitor.http_method.take());
        monitor.url_path = body.url_path.or(monitor.url_path.take());
        monitor.expected_codes = body.expected_codes.or(monitor.expected_codes.take());
        patch(&mut monitor.domain_name, body.domain_name, None);
        Ok(String::new())
    }

    fn delete_monitor(&mut self, id: &str) -> Answer {
        let before = self.graph.monitors.len();
        self.graph.monitors.retain(|monitor| monitor.id.to_string() != id);
        for pool in &mut self.graph.pools {
            pool.healthmonitor_id = pool.healthmonitor_id.filter(|m| m.to_string() != id);
        }
        gone(before != self.graph.monitors.len())
    }

    fn create_listener(&mut self, request: &Request) -> Answer {
        let body: NewListener = read(request, "listener")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let sent = body.listener;
        let taken = |there: &Listener| {
            there.protocol_port == sent.protocol_port
                && rules::ports_collide(&there.protocol, &sent.protocol)
        };
        if self.graph.listeners.iter().any(taken) {
            return Err(no(409, "Another Listener on this Load Balancer is already using"));
        }
        if let Some(pool) = body.default_pool_id {
            self.pool(&pool.to_string())?;
        }
        let id = self.id();
        self.graph.listeners.push(
            serde_json::from_value(json!({
                "id": id, "name": sent.name.unwrap_or_default(),
                "provisioning_status": "ACTIVE", "operating_status": "ONLINE",
                "admin_state_up": true, "protocol": sent.protocol,
                "protocol_port": sent.protocol_port,
                "connection_limit": sent.connection_limit.unwrap_or(-1),
                "default_tls_container_ref": sent.default_tls_container_ref,
                "default_pool_id": body.default_pool_id, "insert_headers": sent.insert_headers,
                "timeout_client_data": sent.timeout_client_data.unwrap_or(50_000),
                "timeout_member_connect": sent.timeout_member_connect.unwrap_or(5_000),
                "timeout_member_data": sent.timeout_member_data.unwrap_or(50_000),
                "allowed_cidrs": sent.allowed_cidrs,
            }))
            .unwrap(),
        );
        assert_eq!(sent.l7policies, [], "not every service takes policies along");
        Ok(json!({"listener": {"id": id}}).to_string())
    }

    fn policy(&mut self, id: &str) -> Result<&mut L7Policy, ApiError> {
        let policy = self.graph.policies.iter_mut().find(|policy| policy.id.to_string() == id);
        policy.ok_or(no(404, "no such policy"))
    }

    fn create_policy(&mut self, request: &Request) -> Answer {
        let body: CreateL7Policy = read(request, "l7policy")?;
        let listener = self.graph.listeners.iter().find(|l| Some(l.id) == body.listener_id);
        let listener = listener.ok_or(no(404, "no such listener"))?;
        assert_eq!(listener.protocol, ListenerProtocol::Http);
        assert_eq!(body.rules, [], "not every service takes rules along");
        let (listener, id) = (listener.id, self.id());
        self.graph.policies.push(
            serde_json::from_value(json!({
                "id": id, "name": body.name, "provisioning_status": "ACTIVE",
                "operating_status": "ONLINE", "admin_state_up": true, "action": body.action,
                "listener_id": listener, "redirect_prefix": body.redirect_prefix, "position": 1,
            }))
            .unwrap(),
        );
        Ok(json!({"l7policy": {"id": id}}).to_string())
    }

    fn create_rule(&mut self, policy: &str, request: &Request) -> Answer {
        let _: CreateL7Rule = read(request, "rule")?;
        let id = self.id().into();
        self.policy(policy)?.rules.push(Ref { id });
        Ok(String::new())
    }

    fn update_listener(&mut self, id: &str, request: &Request) -> Answer {
        let body: UpdateListener = read(request, "listener")?;
        if let Patch::Set(pool) = &body.default_pool_id {
            self.pool(&pool.to_string())?;
        }
        let listener = self.graph.listeners.iter_mut().find(|l| l.id.to_string() == id);
        let listener = listener.ok_or(no(404, "no such listener"))?;
        put(&mut listener.name, body.name);
        put(&mut listener.connection_limit, body.connection_limit);
        put(&mut listener.insert_headers, body.insert_headers);
        put(&mut listener.sni_container_refs, body.sni_container_refs);
        patch(&mut listener.default_pool_id, body.default_pool_id, None);
        patch(&mut listener.timeout_client_data, body.timeout_client_data, Some(50_000));
        patch(&mut listener.timeout_member_connect, body.timeout_member_connect, Some(5_000));
        patch(&mut listener.timeout_member_data, body.timeout_member_data, Some(50_000));
        patch(&mut listener.allowed_cidrs, body.allowed_cidrs, None);
        if body.default_tls_container_ref.is_some() {
            listener.default_tls_container_ref = body.default_tls_container_ref;
        }
        Ok(String::new())
    }
}

fn gone(found: bool) -> Answer {
    if found { Ok(String::new()) } else { Err(no(404, "no such object")) }
}
