//! Neutron over real HTTP.

use crate::common::TestServer;
use reqwest::{Method, StatusCode};
use serde_json::json;

const TWO_NETWORKS: &str = r#"
[[networks]]
name = "lan"
cidr = "192.0.2.0/24"
gateway = "192.0.2.1"
interface = "eth0"

[[networks]]
name = "secret"
cidr = "2001:db8::/64"
project = "default"
allocation_pools = [{ start = "2001:db8::10", end = "2001:db8::20" }]
"#;

#[tokio::test]
async fn networks_and_subnets_have_neutrons_format() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let answer = admin
        .get("/networking/v2.0/networks?fields=id&fields=name&fields=subnets&fields=shared")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let network = answer.body["networks"][0].clone();
    assert_eq!(network.as_object().unwrap().len(), 4);
    assert_eq!((&network["name"], &network["shared"]), (&json!("loopback"), &json!(true)));

    let answer = admin.get("/networking/v2.0/subnets?name=loopback-subnet").await;
    let subnet = answer.body["subnets"][0].clone();
    assert_eq!(subnet["id"], network["subnets"][0]);
    assert_eq!(subnet["network_id"], network["id"]);
    assert_eq!((&subnet["cidr"], &subnet["ip_version"]), (&json!("127.8.0.0/16"), &json!(4)));
    assert_eq!(subnet["allocation_pools"], json!([{"start": "127.8.0.1", "end": "127.8.255.254"}]));
    let typed: openstack_types::neutron::Subnet = serde_json::from_value(subnet.clone()).unwrap();
    assert!(server.app.networks.of_subnet(typed.id).is_some());

    let path = format!("/networking/v2.0/subnets/{}", subnet["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.body["subnet"], subnet);
    let path = format!("/networking/v2.0/networks/{}", network["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.body["network"]["name"], "loopback");
    assert_eq!(admin.get("/networking/v2.0/ports").await.body, json!({"ports": []}));
}

#[tokio::test]
async fn errors_have_neutrons_format() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let missing = "0c47fea2-4265-4a3a-9fd7-c5eb82131f0a";
    for (path, status, kind, message) in [
        (
            format!("subnets/{missing}"),
            404,
            "SubnetNotFound",
            format!("Subnet {missing} could not be found."),
        ),
        (
            "subnets/zzz".to_owned(),
            404,
            "SubnetNotFound",
            "Subnet zzz could not be found.".to_owned(),
        ),
        (
            format!("networks/{missing}"),
            404,
            "NetworkNotFound",
            format!("Network {missing} could not be found."),
        ),
        (
            format!("ports/{missing}"),
            404,
            "PortNotFound",
            format!("Port {missing} could not be found."),
        ),
        (
            "networks?nonsense=1".to_owned(),
            400,
            "HTTPBadRequest",
            "['nonsense'] is invalid attribute for filtering".to_owned(),
        ),
        (
            "networks?limit=x".to_owned(),
            400,
            "BadRequest",
            "Bad limit request: Limit must be an integer 0 or greater and not 'x'.".to_owned(),
        ),
        ("nonsense".to_owned(), 404, "HTTPNotFound", "The resource could not be found.".to_owned()),
    ] {
        let answer = admin.get(&format!("/networking/v2.0/{path}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(
            answer.body,
            json!({"NeutronError": {"type": kind, "message": message, "detail": ""}})
        );
    }
    let answer = admin.post("/networking/v2.0/networks", json!({"network": {}})).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = server.anonymous().get("/networking/v2.0/networks").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body["error"]["title"], "Unauthorized");
    assert!(answer.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_network_of_one_project_is_invisible_to_another() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let admin = server.admin().await;
    let all = admin.get("/networking/v2.0/subnets?sort_key=name").await.body;
    let names = |body: &serde_json::Value| {
        let subnets = body["subnets"].as_array().unwrap().iter();
        subnets.map(|s| s["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&all), ["lan-subnet", "secret-subnet"]);
    assert_eq!(all["subnets"][0]["gateway_ip"], "192.0.2.1");
    let tom = server.sign_in("tom", "default").await;
    let seen = tom.get("/networking/v2.0/subnets?sort_key=name").await.body;
    assert_eq!(names(&seen), ["lan-subnet", "secret-subnet"]);
    let mia = server.sign_in("mia", "second").await;
    assert_eq!(names(&mia.get("/networking/v2.0/subnets").await.body), ["lan-subnet"]);
    let secret = all["subnets"][1]["id"].as_str().unwrap();
    let answer = mia.get(&format!("/networking/v2.0/subnets/{secret}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);

    let interface =
        |body: &serde_json::Value| body["networks"][0].get("provider:physical_network").cloned();
    let path = "/networking/v2.0/networks?name=lan";
    assert_eq!(interface(&admin.get(path).await.body), Some(json!("eth0")));
    assert_eq!(interface(&mia.get(path).await.body), None, "only admins see the machine");
}

#[tokio::test]
async fn an_unscoped_token_lists_no_networks() {
    let server = TestServer::start().await;
    let answer = server
        .anonymous()
        .authenticate("admin", crate::common::PASSWORD, Some(json!("unscoped")))
        .await;
    let request = server
        .anonymous()
        .request(Method::GET, "/networking/v2.0/networks")
        .header("X-Auth-Token", &answer.headers["x-subject-token"]);
    let answer = crate::common::send(request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.body["NeutronError"]["type"], "PolicyNotAuthorized");
}

#[tokio::test]
async fn ids_survive_a_restart() {
    let server = TestServer::start().await;
    let path = "/networking/v2.0/subnets";
    let before = server.admin().await.get(path).await.body;
    let dir = server.stop().await;
    let server = TestServer::on(dir, "").await;
    assert_eq!(server.admin().await.get(path).await.body, before);
}

#[tokio::test]
async fn ports_are_those_of_the_visible_vips() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let (mia, tom) =
        (server.sign_in("mia", "default").await, server.sign_in("tom", "default").await);
    let subnet = mia.get("/networking/v2.0/subnets").await.body["subnets"][0]["id"].clone();
    let body = json!({"loadbalancer": {"name": "web", "vip_subnet_id": subnet}});
    let answer = mia.post("/load-balancer/v2/lbaas/loadbalancers", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let made = &answer.body["loadbalancer"];

    let ports = mia.get("/networking/v2.0/ports?device_owner=Octavia").await.body;
    let port = &ports["ports"][0];
    assert_eq!(port["id"], made["vip_port_id"]);
    assert_eq!(port["network_id"], made["vip_network_id"]);
    assert_eq!(
        port["fixed_ips"],
        json!([{"subnet_id": subnet, "ip_address": made["vip_address"]}])
    );
    let path = format!("/networking/v2.0/ports/{}", made["vip_port_id"].as_str().unwrap());
    assert_eq!(mia.get(&path).await.body["port"], *port);
    assert_eq!(tom.get("/networking/v2.0/ports").await.body, json!({"ports": []}));
    assert_eq!(tom.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ports_are_found_by_their_address() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let lb = admin.create_lb(json!({"vip_address": "127.8.7.6"})).await;
    assert_eq!(lb.status, StatusCode::CREATED, "{}", lb.body);
    admin.create_lb(json!({})).await;
    let subnet = admin.subnet().await;
    for (query, count) in [
        ("fixed_ips=ip_address%3D127.8.7.6".to_owned(), 1),
        ("fixed_ips=ip_address%3D127.8.7.5".to_owned(), 0),
        ("fixed_ips=ip_address_substr=.7.".to_owned(), 1),
        (format!("fixed_ips=subnet_id={subnet}"), 2),
        (format!("fixed_ips=subnet_id={subnet}&fixed_ips=ip_address=127.8.7.6"), 1),
        ("fixed_ips=ip_address=127.8.7.5&fixed_ips=ip_address=127.8.7.6".to_owned(), 1),
    ] {
        let answer = admin.get(&format!("/networking/v2.0/ports?{query}&fields=id")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        assert_eq!(answer.body["ports"].as_array().unwrap().len(), count, "{query}");
    }
    let answer = admin.get("/networking/v2.0/ports?fixed_ips=127.8.7.6").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
}

/// Clients that page follow the links, and stop where there is none.
#[tokio::test]
async fn pages_are_linked() {
    let server = TestServer::with_config(TWO_NETWORKS).await;
    let admin = server.admin().await;
    let list = "/networking/v2.0/networks";
    assert!(admin.get(list).await.body.get("networks_links").is_none());
    let mut names = Vec::new();
    let mut path = format!("{list}?limit=1&fields=name&sort_key=name&sort_dir=asc");
    loop {
        let body = admin.get(&path).await.body;
        let page = body["networks"].as_array().unwrap();
        names.extend(page.iter().map(|network| network["name"].as_str().unwrap().to_owned()));
        let links = body["networks_links"].as_array().unwrap();
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
        path = next["href"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned();
    }
    assert_eq!(names, ["lan", "secret"]);
    let subnets = admin.get("/networking/v2.0/subnets?limit=5").await.body;
    let links = subnets["subnets_links"].as_array().unwrap();
    assert!(links.iter().all(|link| link["rel"] == "previous"), "{subnets}");
}
