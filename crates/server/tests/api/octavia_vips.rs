//! The addresses of load balancers: additional VIPs, and ports that were made before.

use crate::common::{
    Answer, Client, TestServer,
    octavia::{LBAAS, graph},
    tls::{echo, free_port},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

const TWO_NETWORKS: &str = r#"
[[networks]]
name = "a"
cidr = "127.8.0.0/16"

[[networks]]
name = "b"
cidr = "127.9.0.0/16"
"#;
const PORTS: &str = "/networking/v2.0/ports";

/// The ids of the subnet and the network with a name.
async fn network(client: &Client, name: &str) -> (String, String) {
    let answer = client.get(&format!("/networking/v2.0/networks?name={name}")).await;
    let network = &answer.body["networks"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&network["subnets"][0]), text(&network["id"]))
}

async fn create(client: &Client, load_balancer: Value) -> Answer {
    let body = json!({ "loadbalancer": load_balancer });
    client.post(&format!("{LBAAS}/loadbalancers"), body).await
}

async fn status(address: &str, port: u16) -> Option<u16> {
    let response = reqwest::get(format!("http://{address}:{port}/")).await.ok()?;
    Some(response.status().as_u16())
}

#[tokio::test]
async fn every_listener_serves_on_additional_vips() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    let client = server.admin().await;
    let ((subnet, _), (other, other_network)) =
        (network(&client, "a").await, network(&client, "b").await);
    let ports = [free_port().await, free_port().await];
    let mut body = graph(ports[0], &[echo().await]);
    body["vip_subnet_id"] = json!(subnet);
    body["additional_vips"] = json!([{"subnet_id": other, "ip_address": "127.9.7.7"}]);
    let made = create(&client, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let lb = &made.body["loadbalancer"];
    let id = lb["id"].as_str().unwrap();
    let vip = lb["vip_address"].as_str().unwrap();
    let additional = &lb["additional_vips"][0];
    assert_eq!(additional["subnet_id"], other);
    assert_eq!(additional["ip_address"], "127.9.7.7");
    assert_eq!(client.settled(id).await["provisioning_status"], "ACTIVE");
    let listener = json!({"listener": {"loadbalancer_id": id, "protocol": "HTTP", "protocol_port": ports[1],
        "default_pool_id": lb["pools"][0]["id"], "allowed_cidrs": ["127.0.0.0/8"]}});
    let listener = client.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(listener.status, StatusCode::CREATED, "{}", listener.body);
    client.settled(id).await;
    for address in [vip, "127.9.7.7"] {
        for port in ports {
            assert_eq!(status(address, port).await, Some(200), "{address}:{port}");
        }
    }
    let path = format!("{PORTS}/{}", additional["port_id"].as_str().unwrap());
    let port = client.get(&path).await;
    assert_eq!(port.body["port"]["network_id"], other_network, "{}", port.body);
    assert_eq!(port.body["port"]["device_id"], format!("lb-{id}"));

    // The address is taken, as a VIP and as an additional one, in every spelling.
    for (body, words) in [
        (json!({"vip_subnet_id": other, "vip_address": "127.9.7.7"}), "already allocated"),
        (
            json!({"vip_subnet_id": subnet,
                "additional_vips": [{"subnet_id": other, "ip_address": "127.9.7.7"}]}),
            "already allocated",
        ),
        (
            json!({"vip_subnet_id": other, "additional_vips": [{"subnet_id": subnet, "ip_address": vip}]}),
            "already allocated",
        ),
    ] {
        let refused = create(&client, body.clone()).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{body}: {}", refused.body);
        assert!(refused.body["faultstring"].as_str().unwrap().contains(words), "{}", refused.body);
    }
    // A member at it would be a loop.
    let pool = lb["pools"][0]["id"].as_str().unwrap();
    let member = json!({"member": {"address": "127.9.7.7", "protocol_port": ports[0]}});
    let member = client.post(&format!("{LBAAS}/pools/{pool}/members"), member).await;
    assert_eq!(member.status, StatusCode::BAD_REQUEST, "{}", member.body);

    client.delete(&format!("{LBAAS}/loadbalancers/{id}?cascade=true")).await;
    client.settled(id).await;
    assert_eq!(status("127.9.7.7", ports[0]).await, None);
    assert_eq!(client.get(PORTS).await.body["ports"], json!([]));
    let again = create(&client, body).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    server.stop().await;
}

#[tokio::test]
async fn an_additional_vip_can_have_the_other_ip_version() {
    let networks = r#"
[[networks]]
name = "a"
cidr = "127.8.0.0/16"

[[networks]]
name = "b"
cidr = "::1/128"
"#;
    let server = TestServer::with_config(networks).await;
    let client = server.admin().await;
    let ((subnet, _), (other, _)) = (network(&client, "a").await, network(&client, "b").await);
    let port = free_port().await;
    let mut body = graph(port, &[echo().await]);
    body["vip_subnet_id"] = json!(subnet);
    body["additional_vips"] = json!([{"subnet_id": other}]);
    body["listeners"][0]["allowed_cidrs"] = json!(["127.0.0.0/8", "::1/128"]);
    let made = create(&client, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.body["loadbalancer"]["id"].as_str().unwrap();
    let shown = client.settled(id).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}");
    assert_eq!(shown["additional_vips"][0]["ip_address"], "::1");
    for address in [shown["vip_address"].as_str().unwrap(), "[::1]"] {
        assert_eq!(status(address, port).await, Some(200), "{address}");
    }
    // Ranges apply to the addresses of their version.
    let listener = shown["listeners"][0]["id"].as_str().unwrap();
    let path = format!("{LBAAS}/listeners/{listener}");
    let answer = client.put(&path, json!({"listener": {"allowed_cidrs": ["127.0.0.0/8"]}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    client.settled(id).await;
    assert_eq!(status("[::1]", port).await, None);
    assert_eq!(status(shown["vip_address"].as_str().unwrap(), port).await, Some(200));

    // The only address is in use.
    body["listeners"][0]["protocol_port"] = json!(free_port().await);
    let full = create(&client, body).await;
    assert_eq!(full.status, StatusCode::CONFLICT, "{}", full.body);
    server.stop().await;
}

#[tokio::test]
async fn invalid_additional_vips_are_refused() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    let client = server.admin().await;
    let ((subnet, _), (other, _)) = (network(&client, "a").await, network(&client, "b").await);
    let nil = uuid::Uuid::nil();
    for (vips, words) in [
        (json!([{}]), "attribute subnet_id. Value: 'None'. Mandatory field missing."),
        (json!([{"subnet_id": nil}]), "Subnet 00000000-0000-0000-0000-000000000000 not found."),
        (
            json!([{"subnet_id": subnet}]),
            "Validation failure: Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.",
        ),
        (json!([{"subnet_id": other}, {"subnet_id": other}]), "Duplicate VIP subnet(s)"),
        (json!([{"subnet_id": other, "ip_address": "127.8.0.9"}]), "attribute ip_address."),
        (json!([{"subnet_id": other, "ip_address": "x"}]), "IPv4 or IPv6 format"),
        (json!([{"subnet_id": other, "port_id": nil}]), "Port "),
        (json!([{"subnet_id": other, "colour": 1}]), "Unknown attribute"),
        (json!(["x"]), "object"),
        (json!("x"), "additional_vips"),
    ] {
        let body = json!({"vip_subnet_id": subnet, "additional_vips": vips});
        let refused = create(&client, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{vips}: {}", refused.body);
        let text = refused.body["faultstring"].as_str().unwrap();
        assert!(text.contains(words), "{vips}: {text}");
    }
    assert_eq!(client.get(PORTS).await.body["ports"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn a_load_balancer_takes_the_address_of_a_port() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    server.add_user("rea", "default", &["reader"]).await;
    let mia = server.sign_in("mia", "default").await;
    let tom = server.sign_in("tom", "default").await;
    let (subnet, network_id) = network(&mia, "a").await;
    let body = json!({"port": {"network_id": network_id, "name": "web",
        "fixed_ips": [{"subnet_id": subnet, "ip_address": "127.8.3.3"}]}});
    let reader = server.sign_in("rea", "default").await;
    assert_eq!(reader.post(PORTS, body.clone()).await.status, StatusCode::FORBIDDEN);
    let made = mia.post(PORTS, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let port = &made.body["port"];
    let id = port["id"].as_str().unwrap();
    let path = format!("{PORTS}/{id}");
    assert_eq!((&port["status"], &port["device_id"]), (&json!("DOWN"), &json!("")));
    let again = mia.post(PORTS, body).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert_eq!(again.body["NeutronError"]["type"], "IpAddressAlreadyAllocated");
    let renamed = mia.put(&path, json!({"port": {"name": "renamed"}})).await;
    assert_eq!(renamed.body["port"]["name"], "renamed", "{}", renamed.body);

    // Of another user, it is not there.
    assert_eq!(tom.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tom.delete(&path).await.status, StatusCode::NOT_FOUND);
    let refused = create(&tom, json!({"vip_port_id": id})).await;
    assert_eq!(refused.body["faultstring"], format!("Port {id} not found."));

    let number = free_port().await;
    let mut body = graph(number, &[echo().await]);
    body["vip_port_id"] = json!(id);
    let lb = create(&mia, body.clone()).await;
    assert_eq!(lb.status, StatusCode::CREATED, "{}", lb.body);
    let lb = &lb.body["loadbalancer"];
    for (field, value) in [
        ("vip_port_id", id),
        ("vip_address", "127.8.3.3"),
        ("vip_subnet_id", &subnet),
        ("vip_network_id", &network_id),
    ] {
        assert_eq!(lb[field], value, "{field}");
    }
    let lb = lb["id"].as_str().unwrap();
    mia.settled(lb).await;
    assert_eq!(status("127.8.3.3", number).await, Some(200));
    let used = mia.get(&path).await;
    assert_eq!(used.body["port"]["device_id"], format!("lb-{lb}"));
    let in_use = mia.delete(&path).await;
    assert_eq!(in_use.status, StatusCode::CONFLICT, "{}", in_use.body);
    assert_eq!(in_use.body["NeutronError"]["type"], "PortInUse");
    let second = create(&mia, json!({"vip_port_id": id})).await;
    assert_eq!(second.status, StatusCode::BAD_REQUEST, "{}", second.body);

    // The port outlives its load balancer.
    mia.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    mia.settled(lb).await;
    assert_eq!(mia.get(&path).await.body["port"]["device_id"], "");
    let wrong = create(&mia, json!({"vip_port_id": id, "vip_address": "127.8.3.4"})).await;
    assert_eq!(
        wrong.body["faultstring"],
        "Validation failure: Specified VIP address not found on the specified VIP port."
    );
    assert_eq!(create(&mia, body).await.status, StatusCode::CREATED);
    server.stop().await;
}

#[tokio::test]
async fn a_port_is_what_this_server_can_have() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    let client = server.admin().await;
    let (subnet, network_id) = network(&client, "a").await;
    let (other, _) = network(&client, "b").await;
    let nil = uuid::Uuid::nil();
    for (fields, status) in [
        (json!({}), 404),
        (json!({"network_id": nil}), 404),
        (json!({"network_id": network_id, "colour": 1}), 422),
        (json!({"network_id": network_id, "fixed_ips": [{"subnet_id": other}]}), 400),
        (json!({"network_id": network_id, "fixed_ips": [{"ip_address": "192.0.2.1"}]}), 400),
        (json!({"network_id": network_id, "fixed_ips": [{"ip_address": "x"}]}), 400),
        (json!({"network_id": network_id, "fixed_ips": [{}, {}]}), 400),
        (json!({"network_id": network_id, "device_id": "x"}), 400),
        (json!({"network_id": network_id, "security_groups": ["x"]}), 400),
        (json!({"network_id": network_id, "name": "x".repeat(256)}), 400),
    ] {
        let answer = client.post(PORTS, json!({ "port": fields })).await;
        let expected = if status == 422 { 400 } else { status };
        assert_eq!(answer.status.as_u16(), expected, "{fields}: {}", answer.body);
    }
    // What Terraform sends.
    let body = json!({"port": {"network_id": network_id, "name": "", "admin_state_up": true,
        "security_groups": [], "fixed_ips": [{"subnet_id": subnet}]}});
    let made = client.post(PORTS, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("{PORTS}/{}", made.body["port"]["id"].as_str().unwrap());
    let moved = json!({"port": {"fixed_ips": [{"ip_address": "127.8.1.1"}]}});
    assert_eq!(client.put(&path, moved).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn vips_of_versions_without_ports_have_one_after_the_start() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    client.new_lb(json!({"vip_address": "127.8.4.4"})).await;
    let before = client.get(PORTS).await.body;
    server.sql("DELETE FROM port", []).await.unwrap();
    let server = TestServer::on(server.stop().await, "").await;
    let client = server.admin().await;
    assert_eq!(client.get(PORTS).await.body, before);
    let taken = client.create_lb(json!({"vip_address": "127.8.4.4"})).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.body);
    server.stop().await;
}
