//! Listeners.

use super::{Cloud, Response, error, parse, update};
use crate::support::wire::created;
use openstack_types::{
    PoolId,
    octavia::{Listener, ListenerProtocol, NewListener, Patch, UpdateListener},
    rules,
};
use plan::edit::Request;
use serde_json::json;

impl Cloud {
    pub(super) fn create_listener(&mut self, request: &Request) -> Response {
        let body: NewListener = parse(request, "listener")?;
        assert_eq!(body.loadbalancer_id, self.graph.loadbalancer.id);
        let taken = |there: &Listener| {
            there.protocol_port == body.listener.protocol_port
                && rules::ports_collide(&there.protocol, &body.listener.protocol)
        };
        if self.graph.listeners.iter().any(taken) {
            return Err(error(409, "Another Listener on this Load Balancer is already using"));
        }
        self.require_fit(body.default_pool_id, &body.listener.protocol);
        assert_eq!(body.listener.l7policies, [], "not every service takes policies along");
        let id = self.new_id();
        let extra = json!({ "id": id, "default_pool_id": body.default_pool_id });
        self.graph.listeners.push(created("listener", &body.listener, extra));
        Ok(json!({"listener": {"id": id}}).to_string())
    }

    fn require_fit(&mut self, pool: Option<PoolId>, protocol: &ListenerProtocol) {
        if let Some(pool) = pool {
            let pool = self.pool(&pool.to_string()).unwrap();
            assert!(rules::pool_protocol_fits(protocol, &pool.protocol));
        }
    }

    pub(super) fn update_listener(&mut self, id: &str, request: &Request) -> Response {
        let body: UpdateListener = parse(request, "listener")?;
        if let Patch::Set(pool) = &body.default_pool_id {
            let listener = self.graph.listeners.iter().find(|one| one.id.to_string() == id);
            let protocol = listener.ok_or(error(404, "no such listener"))?.protocol.clone();
            self.require_fit(Some(*pool), &protocol);
        }
        let listeners = &mut self.graph.listeners;
        update::<_, UpdateListener>("listener", listeners, |one| one.id.to_string(), id, request)
    }
}
