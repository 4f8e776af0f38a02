//! Listeners and L7 policies.

use super::{Cloud, Response, apply_patch, error, parse, set};
use openstack_types::{
    error::ApiError,
    octavia::{
        CreateL7Policy, CreateL7Rule, L7Policy, Listener, ListenerProtocol, NewListener, Patch,
        Ref, UpdateListener,
    },
    rules,
};
use plan::edit::Request;
use serde_json::json;

impl Cloud {
    pub(super) fn create_listener(&mut self, request: &Request) -> Response {
        let body: NewListener = parse(request, "listener")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let sent = body.listener;
        let taken = |there: &Listener| {
            there.protocol_port == sent.protocol_port
                && rules::ports_collide(&there.protocol, &sent.protocol)
        };
        if self.graph.listeners.iter().any(taken) {
            return Err(error(409, "Another Listener on this Load Balancer is already using"));
        }
        if let Some(pool) = body.default_pool_id {
            self.pool(&pool.to_string())?;
        }
        let id = self.new_id();
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

    pub(super) fn policy(&mut self, id: &str) -> Result<&mut L7Policy, ApiError> {
        let policy = self.graph.policies.iter_mut().find(|policy| policy.id.to_string() == id);
        policy.ok_or(error(404, "no such policy"))
    }

    pub(super) fn create_policy(&mut self, request: &Request) -> Response {
        let body: CreateL7Policy = parse(request, "l7policy")?;
        let listener = self.graph.listeners.iter().find(|l| Some(l.id) == body.listener_id);
        let listener = listener.ok_or(error(404, "no such listener"))?;
        assert_eq!(listener.protocol, ListenerProtocol::Http);
        assert_eq!(body.rules, [], "not every service takes rules along");
        let (listener, id) = (listener.id, self.new_id());
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

    pub(super) fn create_rule(&mut self, policy: &str, request: &Request) -> Response {
        let _: CreateL7Rule = parse(request, "rule")?;
        let id = self.new_id().into();
        self.policy(policy)?.rules.push(Ref { id });
        Ok(String::new())
    }

    pub(super) fn update_listener(&mut self, id: &str, request: &Request) -> Response {
        let body: UpdateListener = parse(request, "listener")?;
        if let Patch::Set(pool) = &body.default_pool_id {
            self.pool(&pool.to_string())?;
        }
        let listener = self.graph.listeners.iter_mut().find(|l| l.id.to_string() == id);
        let listener = listener.ok_or(error(404, "no such listener"))?;
        set(&mut listener.name, body.name);
        set(&mut listener.connection_limit, body.connection_limit);
        set(&mut listener.insert_headers, body.insert_headers);
        set(&mut listener.sni_container_refs, body.sni_container_refs);
        apply_patch(&mut listener.default_pool_id, body.default_pool_id, None);
        apply_patch(&mut listener.timeout_client_data, body.timeout_client_data, Some(50_000));
        apply_patch(&mut listener.timeout_member_connect, body.timeout_member_connect, Some(5_000));
        apply_patch(&mut listener.timeout_member_data, body.timeout_member_data, Some(50_000));
        apply_patch(&mut listener.allowed_cidrs, body.allowed_cidrs, None);
        if body.default_tls_container_ref.is_some() {
            listener.default_tls_container_ref = body.default_tls_container_ref;
        }
        Ok(String::new())
    }
}
