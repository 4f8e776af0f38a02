//! Many load balancers, each with a listener and some pools, for a [`FakeCloud`](super::fake_cloud::FakeCloud).

use super::fake_cloud::{Seen, answer, raw};
use axum::response::Response;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Objects on a page, as Octavia has it by default.
const PAGE: usize = 1000;

#[derive(Default)]
struct State {
    /// The newest first.
    balancers: Vec<Value>,
    listeners: Vec<Value>,
    pools: Vec<Value>,
    members: HashMap<String, Vec<Value>>,
    clock: u64,
}

#[derive(Clone, Default)]
pub struct FakeOctavia(Arc<Mutex<State>>);

pub fn id(kind: u8, number: usize) -> String {
    Uuid::from_u128((u128::from(kind) << 120) | number as u128).to_string()
}

/// Ids of load balancers, listeners, pools and members.
pub fn balancer(number: usize) -> String {
    id(1, number)
}

pub fn pool(number: usize) -> String {
    id(3, number)
}

pub fn member(number: usize) -> String {
    id(4, number)
}

fn statuses(operating: &str) -> Value {
    json!({"provisioning_status": "ACTIVE", "operating_status": operating,
           "updated_at": "2026-01-01T00:00:00"})
}

fn with(mut object: Value, more: &Value) -> Value {
    let fields = more.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(fields);
    object
}

impl FakeOctavia {
    /// Pool number `i` belongs to load balancer `i / pools_each` and has member `i`.
    pub fn new(balancers: usize, pools_each: usize) -> Self {
        let mut state = State::default();
        for at in 0..balancers {
            let of = json!([{"id": balancer(at)}]);
            let pools: Vec<usize> = (at * pools_each..(at + 1) * pools_each).collect();
            let pool_ids: Vec<Value> = pools.iter().map(|at| json!({"id": pool(*at)})).collect();
            state.balancers.push(with(
                json!({
                    "id": balancer(at), "name": format!("lb{at}"), "description": "",
                    "admin_state_up": true, "vip_address": "10.0.0.1", "provider": "amphora",
                    "created_at": "2026-01-01T00:00:00", "tags": [], "pools": pool_ids,
                    "listeners": [{"id": id(2, at)}],
                }),
                &statuses("ONLINE"),
            ));
            state.listeners.push(with(
                json!({"id": id(2, at), "name": "web", "protocol": "HTTP", "protocol_port": 80,
                       "loadbalancers": of, "l7policies": []}),
                &statuses("ONLINE"),
            ));
            for number in pools {
                state.pools.push(with(
                    json!({"id": pool(number), "name": "servers", "protocol": "HTTP",
                           "lb_algorithm": "ROUND_ROBIN", "loadbalancers": of,
                           "members": [{"id": member(number)}], "healthmonitor_id": null}),
                    &statuses("ONLINE"),
                ));
                let one = with(
                    json!({"id": member(number), "name": "", "address": "192.0.2.1", "weight": 1,
                           "protocol_port": 80}),
                    &statuses("ONLINE"),
                );
                state.members.insert(pool(number), vec![one]);
            }
        }
        Self(Arc::new(Mutex::new(state)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a load balancer as another client would: its time moves.
    pub fn change(&self, number: usize, fields: &Value) {
        let mut state = self.lock();
        let time = state.tick();
        let one = &mut state.balancers[number];
        *one = with(one.take(), &with(fields.clone(), &json!({"updated_at": time})));
    }

    /// Changes a pool as the health manager would.
    pub fn change_pool(&self, number: usize, fields: &Value) {
        let mut state = self.lock();
        let time = state.tick();
        let one = &mut state.pools[number];
        *one = with(one.take(), &with(fields.clone(), &json!({"updated_at": time})));
    }

    /// Changes the member of a pool, which alone moves nothing else.
    pub fn change_member(&self, number: usize, fields: &Value) {
        let mut state = self.lock();
        let time = state.tick();
        let members = state.members.get_mut(&pool(number)).unwrap();
        members[0] = with(members[0].take(), &with(fields.clone(), &json!({"updated_at": time})));
    }

    /// `None`: not of Octavia.
    pub fn answer(&self, seen: &Seen) -> Option<Response> {
        let below = seen.uri.path().strip_prefix("/octavia/v2.0/lbaas/")?;
        let query: Vec<(String, String)> =
            form_urlencoded(seen.uri.query().unwrap_or_default()).collect();
        let mut state = self.lock();
        let parts: Vec<&str> = below.split('/').collect();
        Some(match (seen.method.as_str(), parts.as_slice()) {
            ("GET", ["loadbalancers"]) => list("loadbalancers", &state.balancers, &query),
            ("GET", ["listeners"]) => list("listeners", &state.listeners, &query),
            ("GET", ["pools"]) => list("pools", &state.pools, &query),
            ("GET", ["pools", id, "members"]) => {
                list("members", state.members.get(*id).map_or(&[], Vec::as_slice), &query)
            }
            ("GET", ["loadbalancers", id]) => {
                match state.balancers.iter().find(|one| one["id"] == *id) {
                    Some(found) => answer(200, &json!({"loadbalancer": found})),
                    None => answer(404, &json!({"faultstring": "not found"})),
                }
            }
            ("PUT", ["loadbalancers", id]) => {
                let time = state.tick();
                let body: Value = serde_json::from_str(&seen.body).unwrap();
                let one = state.balancers.iter_mut().find(|one| one["id"] == *id).unwrap();
                let fields = json!({"updated_at": time, "provisioning_status": "PENDING_UPDATE"});
                *one = with(with(one.take(), &body["loadbalancer"]), &fields);
                answer(200, &json!({"loadbalancer": one}))
            }
            ("GET", ["providers"]) => answer(200, &json!({"providers": [{"name": "amphora"}]})),
            _ => return None,
        })
    }
}

impl State {
    fn tick(&mut self) -> String {
        self.clock += 1;
        format!(
            "2026-02-01T{:02}:{:02}:{:02}",
            self.clock / 3600,
            self.clock / 60 % 60,
            self.clock % 60
        )
    }
}

fn form_urlencoded(query: &str) -> impl Iterator<Item = (String, String)> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.replace("%3A", ":")))
}

/// As Octavia: a full page links to the next one, even if that is empty.
fn list(key: &str, objects: &[Value], query: &[(String, String)]) -> Response {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
    let limit = value("limit").and_then(|text| text.parse().ok()).unwrap_or(PAGE).min(PAGE);
    let of = value("loadbalancer_id");
    let mut found: Vec<&Value> = objects
        .iter()
        .filter(|one| of.is_none_or(|of| one["loadbalancers"][0]["id"] == of))
        .collect();
    if value("sort") == Some("updated_at:desc") {
        found.sort_by_key(|one| std::cmp::Reverse(one["updated_at"].as_str().map(str::to_owned)));
    }
    let start = match value("marker") {
        None => 0,
        Some(marker) => match found.iter().position(|one| one["id"] == marker) {
            Some(at) => at + 1,
            None => return raw(400, "application/json", r#"{"faultstring": "no such marker"}"#),
        },
    };
    let fields: Vec<&str> =
        query.iter().filter(|(key, _)| key == "fields").map(|(_, value)| &**value).collect();
    let page: Vec<Value> = found[start.min(found.len())..]
        .iter()
        .take(limit)
        .map(|one| match fields.as_slice() {
            [] => (*one).clone(),
            some => some
                .iter()
                .map(|name| ((*name).to_owned(), one[name].clone()))
                .collect::<BTreeMap<_, _>>()
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into(),
        })
        .collect();
    let links = if page.len() == limit { json!([{"rel": "next", "href": "x"}]) } else { json!([]) };
    answer(200, &json!({key: page, format!("{key}_links"): links}))
}
