use super::*;
use crate::model::{ADMIN_STATE_UP, HEALTH_MONITOR, LISTENER, LOAD_BALANCER, MEMBER, POOL, member};
use serde_json::json;

fn message(error: OctaviaError) -> String {
    match error {
        OctaviaError::Api { message, .. } => message,
        other => format!("{other:?}"),
    }
}

fn refused(resource: &Resource, purpose: Purpose, body: Value) -> String {
    message(validate(resource, purpose, &body).expect_err("should be refused"))
}

const LB: &str = "0a110c61-76cf-4007-b1be-08683fc5c59e";

#[test]
fn error_texts_are_those_of_octavia() {
    use Purpose::{Create, Update};
    for (resource, purpose, body, want) in [
        (
            &LISTENER,
            Update,
            json!({"listener": {"admin_state_up": "maybe"}}),
            "Invalid input for field/attribute listener_. Value: '{'listener': {'admin_state_up': 'maybe'}}'. Value not an unambiguous boolean: maybe",
        ),
        (
            &LISTENER,
            Update,
            json!({"listener": {"sni_container_refs": "x"}}),
            "Invalid input for field/attribute listener_. Value: '{'listener': {'sni_container_refs': 'x'}}'. Value not a valid list: x",
        ),
        (
            &LISTENER,
            Update,
            json!({"listener": {"insert_headers": []}}),
            "Invalid input for field/attribute listener_. Value: '{'listener': {'insert_headers': []}}'. Value not a valid dict: []",
        ),
        (
            &LOAD_BALANCER,
            Create,
            json!({"loadbalancer": {"pools": {}}}),
            "Invalid input for field/attribute load_balancer. Value: '{'loadbalancer': {'pools': {}}}'. Value not a valid list: {}",
        ),
        (
            &LISTENER,
            Create,
            json!({"listener": {"protocol": "GOPHER", "protocol_port": 8081, "loadbalancer_id": LB}}),
            "Invalid input for field/attribute protocol. Value: 'GOPHER'. Value should be one of: PROMETHEUS, TERMINATED_HTTPS, TCP, HTTP, HTTPS, UDP, SCTP",
        ),
        (
            &LISTENER,
            Create,
            json!({"listener": {"protocol": "HTTP", "protocol_port": 70000, "loadbalancer_id": LB}}),
            "Invalid input for field/attribute protocol_port. Value: '70000'. Value should be lower or equal to 65535",
        ),
        (
            &LISTENER,
            Create,
            json!({"listener": {"protocol": "HTTP", "loadbalancer_id": LB}}),
            "Invalid input for field/attribute protocol_port. Value: 'None'. Mandatory field missing.",
        ),
        (
            &LISTENER,
            Create,
            json!({"listener": {"protocol": "HTTP", "protocol_port": 8081, "loadbalancer_id": LB, "colour": "red"}}),
            "Unknown attribute for argument listener_.listener: colour",
        ),
        (
            &LISTENER,
            Create,
            json!({"lisener": {}}),
            "Unknown attribute for argument listener_: lisener",
        ),
        (
            &LISTENER,
            Update,
            json!({"listener": {"protocol": "TCP"}}),
            "Unknown attribute for argument listener_.listener: protocol",
        ),
        (
            &LOAD_BALANCER,
            Create,
            json!({"loadbalancer": {"vip_subnet_id": "zzz"}}),
            "Invalid input for field/attribute vip_subnet_id. Value: 'zzz'. Value should be UUID format",
        ),
        (
            &MEMBER,
            Create,
            json!({"member": {"address": "10.10.0.15", "protocol_port": 80, "weight": 999}}),
            "Invalid input for field/attribute weight. Value: '999'. Value should be lower or equal to 256",
        ),
        (
            &POOL,
            Create,
            json!({"pool": {"protocol": "HTTP", "lb_algorithm": "BEST"}}),
            "Invalid input for field/attribute lb_algorithm. Value: 'BEST'. Value should be one of: SOURCE_IP_PORT, ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP",
        ),
    ] {
        assert_eq!(refused(resource, purpose, body), want);
    }
}

#[test]
fn text_for_a_number_is_refused_with_the_whole_body() {
    let body =
        json!({"listener": {"protocol_port": "abc", "protocol": "HTTP", "loadbalancer_id": LB}});
    let text = refused(&LISTENER, Purpose::Create, body);
    let sent = format!(
        "{{'listener': {{'protocol_port': 'abc', 'protocol': 'HTTP', 'loadbalancer_id': '{LB}'}}}}"
    );
    assert_eq!(
        text,
        format!(
            "Invalid input for field/attribute listener_. Value: '{sent}'. \
             invalid literal for int() with base 10: 'abc'"
        )
    );
}

#[test]
fn texts_of_the_engine_configuration_are_checked() {
    let monitor = |more: Value| {
        let mut body = json!({"healthmonitor": {"pool_id": LB, "type": "HTTP", "delay": 5, "timeout": 3, "max_retries": 3}});
        body["healthmonitor"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (field, value) in [
        ("url_path", "/%[env(HOME)]"),
        ("url_path", "/a b"),
        ("domain_name", "a\nb"),
        ("expected_codes", "200-"),
        ("http_method", "GET / HTTP/1.1\r\n"),
    ] {
        let text = refused(&HEALTH_MONITOR, Purpose::Create, monitor(json!({field: value})));
        assert!(text.starts_with(&format!("Invalid input for field/attribute {field}.")), "{text}");
    }
    let cookie = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "session_persistence": {"type": "APP_COOKIE", "cookie_name": "a b\n"}}});
    assert!(refused(&POOL, Purpose::Create, cookie).contains("attribute cookie_name."));
}

#[test]
fn a_create_gets_defaults_and_an_update_does_not() {
    let body = json!({"member": {"address": "192.0.2.1", "protocol_port": "80"}});
    let created = validate(&MEMBER, Purpose::Create, &body).unwrap();
    assert_eq!((created.get(member::PROTOCOL_PORT), created.get(member::WEIGHT)), (80, 1));
    assert!(created.get(ADMIN_STATE_UP));
    let body = json!({"member": {"weight": null}});
    let updated = validate(&MEMBER, Purpose::Update, &body).unwrap();
    let mut expected = Row::default();
    expected.set(member::WEIGHT, 1);
    assert_eq!(updated, expected);
}

#[test]
fn numbers_lose_their_fraction() {
    let body = json!({"member": {"weight": 5.9, "admin_state_up": 2}});
    let updated = validate(&MEMBER, Purpose::Update, &body).unwrap();
    assert_eq!((updated.get(member::WEIGHT), updated.get(ADMIN_STATE_UP)), (5, true));
    let body = json!({"member": {"weight": 1e300}});
    assert!(refused(&MEMBER, Purpose::Update, body).ends_with("lower or equal to 256"));
}

#[test]
fn nested_objects_are_validated() {
    let body = json!({"loadbalancer": {"vip_subnet_id": LB, "pools": [
        {"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
         "members": [{"address": "192.0.2.1", "protocol_port": 80, "colour": 1}]}]}});
    assert_eq!(
        refused(&LOAD_BALANCER, Purpose::Create, body),
        "Unknown attribute for argument load_balancer.loadbalancer.pools.members: colour"
    );
}

proptest::proptest! {
    #[test]
    fn no_body_panics_or_makes_a_long_error(text in "\\PC{0,3000}", number in proptest::num::f64::ANY) {
        for value in [json!(text), json!(number), json!([text]), json!({"a": text})] {
            for field in POOL.fields.iter().chain(HEALTH_MONITOR.fields).chain(LISTENER.fields) {
                for (resource, purpose) in [(&POOL, Purpose::Create), (&HEALTH_MONITOR, Purpose::Update), (&LISTENER, Purpose::Create)] {
                    let body = json!({resource.singular: {field.name: value}});
                    if let Err(error) = validate(resource, purpose, &body) {
                        proptest::prop_assert!(message(error).chars().count() < 2500);
                    }
                }
            }
        }
    }
}
