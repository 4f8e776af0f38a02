//! The wire types of `openstack-types` against the server's answers: for each resource, a full answer
//! deserialises and serialises back to the same keys and values.

use crate::common::{
    Client, TestServer,
    octavia::LBAAS,
    tls::{Authority, NAME, free_port},
};
use openstack_types::octavia::{
    HealthMonitor, L7Policy, L7Rule, Listener, LoadBalancer, Member, Pool,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The older name of `project_id`.
const TENANT: &str = "tenant_id";
/// The page shows parts below their load balancer, whose project and creation time it has.
const SAME_AS_LOAD_BALANCER: [&str; 3] = [TENANT, "project_id", "created_at"];
/// The page reads the list of a pool's members or a policy's rules only for what it shows of them.
const UPDATED_AT: &str = "updated_at";

/// A load balancer that has every field of every resource set.
async fn create_full_load_balancer(client: &Client) -> String {
    let issued = Authority::new().await.issue(NAME).await;
    let reference = client.certificate("shop", &issued).await;
    client
        .new_lb(json!({
            "name": "shop", "description": "d", "tags": ["a"],
            "listeners": [{
                "name": "l", "description": "d", "tags": ["a"],
                "protocol": "TERMINATED_HTTPS", "protocol_port": free_port().await,
                "default_tls_container_ref": reference, "sni_container_refs": [reference],
                "insert_headers": {"X-Forwarded-For": "true"}, "allowed_cidrs": ["127.0.0.0/8"],
                "hsts_max_age": 60, "hsts_include_subdomains": true, "hsts_preload": true,
                "default_pool": {"name": "p"},
                "l7policies": [{
                    "name": "policy", "description": "d", "tags": ["a"],
                    "action": "REDIRECT_PREFIX", "redirect_prefix": "https://www.example.com",
                    "rules": [{
                        "type": "HEADER", "compare_type": "EQUAL_TO", "key": "X-A", "value": "b",
                        "invert": true, "tags": ["a"],
                    }],
                }],
            }],
            "pools": [{
                "name": "p", "description": "d", "tags": ["a"],
                "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                "session_persistence": {"type": "APP_COOKIE", "cookie_name": "session"},
                "members": [{
                    "name": "m", "tags": ["a"], "address": "127.0.0.1", "protocol_port": 9,
                    "weight": 2, "backup": true, "monitor_address": "127.0.0.1",
                    "monitor_port": 10, "subnet_id": client.subnet().await,
                }],
                "healthmonitor": {
                    "name": "h", "tags": ["a"], "type": "HTTP", "delay": 5, "timeout": 3,
                    "max_retries": 2, "http_version": 1.1, "domain_name": "www.example.com",
                },
            }],
        }))
        .await
}

/// Requires that `answer` survives `T`, except for the keys that `T` leaves out on purpose.
fn assert_round_trip<T: DeserializeOwned + Serialize>(answer: &Value, left_out: &[&str]) {
    let typed: T =
        serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let round_trip = serde_json::to_value(typed).unwrap();
    let keys =
        |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
    let missing: BTreeSet<_> = keys(answer).difference(&keys(&round_trip)).cloned().collect();
    let left_out: BTreeSet<_> = left_out.iter().map(|key| (*key).to_owned()).collect();
    let name = std::any::type_name::<T>();
    assert_eq!(missing, left_out, "keys of the answer that {name} lacks");
    for (key, value) in round_trip.as_object().unwrap() {
        assert_eq!(answer.get(key), Some(value), "{key} of {name}");
    }
}

#[tokio::test]
async fn wire_types_have_the_keys_of_the_answers() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let id = create_full_load_balancer(&client).await;
    client
        .put(&format!("{LBAAS}/loadbalancers/{id}"), json!({"loadbalancer": {"name": "s"}}))
        .await;

    let load_balancer = client.settled(&id).await;
    assert_round_trip::<LoadBalancer>(&load_balancer, &[TENANT]);

    let child = |parent: &Value, key: &str| parent[key][0]["id"].as_str().unwrap().to_owned();
    let get = async |path: String, key: &str| {
        client.get(&format!("{LBAAS}/{path}")).await.body[key].take()
    };
    let (listener, pool) = (child(&load_balancer, "listeners"), child(&load_balancer, "pools"));
    let listener = get(format!("listeners/{listener}"), "listener").await;
    assert_round_trip::<Listener>(&listener, &SAME_AS_LOAD_BALANCER);

    let mut pool = get(format!("pools/{pool}"), "pool").await;
    // Two fields of the nested object, which are null for every protocol that is served.
    let persistence = pool["session_persistence"].as_object_mut().unwrap();
    assert_eq!(persistence.remove("persistence_timeout"), Some(Value::Null));
    assert_eq!(persistence.remove("persistence_granularity"), Some(Value::Null));
    assert_round_trip::<Pool>(&pool, &[TENANT, "project_id", "created_at", UPDATED_AT]);

    let pool_id = pool["id"].as_str().unwrap();
    let member = child(&pool, "members");
    let member = get(format!("pools/{pool_id}/members/{member}"), "member").await;
    assert_round_trip::<Member>(
        &member,
        // The network card of a member, which has only its default.
        &[TENANT, "project_id", "created_at", UPDATED_AT, "vnic_type"],
    );

    let monitor = pool["healthmonitor_id"].as_str().unwrap();
    let monitor = get(format!("healthmonitors/{monitor}"), "healthmonitor").await;
    assert_round_trip::<HealthMonitor>(&monitor, &[TENANT, "project_id", "created_at", UPDATED_AT]);

    let policy = child(&listener, "l7policies");
    let policy = get(format!("l7policies/{policy}"), "l7policy").await;
    assert_round_trip::<L7Policy>(&policy, &[TENANT, "project_id", "created_at", UPDATED_AT]);

    let (policy, rule) = (policy["id"].as_str().unwrap(), child(&policy, "rules"));
    let rule = get(format!("l7policies/{policy}/rules/{rule}"), "rule").await;
    assert_round_trip::<L7Rule>(
        &rule,
        &[
            TENANT,
            "project_id",
            "created_at",
            UPDATED_AT,
            // The page shows rules as one line of their policy, which has the same statuses.
            "provisioning_status",
            "operating_status",
        ],
    );
}
