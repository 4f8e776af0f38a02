//! Query strings of lists, and the project that an admin names.

use crate::common::{Client, TestServer, octavia::LBAAS, ports::free_port, send};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::fmt::Write;

#[tokio::test]
async fn a_list_takes_thousands_of_tags_and_values() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let wanted: Vec<String> = (0..3000).map(|n| format!("t{n}")).collect();
    let all = wanted.join(",");
    admin.new_lb(json!({"name": "tagged", "tags": ["t1", "t2"]})).await;
    admin.new_lb(json!({"name": "plain"})).await;
    let names = async |query: &str| {
        let answer = admin.get(&format!("{LBAAS}/loadbalancers?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let rows = answer.body["loadbalancers"].as_array().unwrap().clone();
        let mut names: Vec<_> =
            rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        // Created within the same second, they have no order.
        names.sort();
        names.join(" ")
    };
    assert_eq!(names(&format!("tags={all}")).await, "");
    assert_eq!(names("tags=t1,t2").await, "tagged");
    assert_eq!(names(&format!("tags-any={all}")).await, "tagged");
    assert_eq!(names(&format!("not-tags={all}")).await, "plain tagged");
    assert_eq!(names("not-tags=t1,t2").await, "plain");
    assert_eq!(names(&format!("not-tags-any={all}")).await, "plain");
    let mut query = String::from("name=plain");
    for n in 0..3000 {
        write!(query, "&name=n{n}").unwrap();
    }
    assert_eq!(names(&query).await, "plain");
    assert_eq!(names("admin_state_up=true&admin_state_up=false").await, "plain tagged");
    assert_eq!(names("admin_state_up=false").await, "");
}

#[tokio::test]
async fn filters_that_clients_send_are_accepted() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let lb = admin.new_lb(json!({"name": "only"})).await;
    for (query, count) in [
        ("vip_vnic_type=normal", 1),
        ("vip_vnic_type=direct", 0),
        ("flavor_id=0a110c61-76cf-4007-b1be-08683fc5c59e", 0),
        ("availability_zone=nova&name=only", 0),
        ("vip_qos_policy_id=0a110c61-76cf-4007-b1be-08683fc5c59e", 0),
    ] {
        let answer = admin.get(&format!("{LBAAS}/loadbalancers?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        let found = answer.body["loadbalancers"].as_array().unwrap().len();
        assert_eq!(found, count, "{query}: {}", answer.body);
    }
    let listener =
        json!({"loadbalancer_id": lb, "protocol": "HTTP", "protocol_port": free_port().await});
    admin.post(&format!("{LBAAS}/listeners"), json!({ "listener": listener })).await;
    let other = admin.new_lb(json!({})).await;
    for (lb, count) in [(lb, 1), (other, 0)] {
        let answer = admin.get(&format!("{LBAAS}/listeners?load_balancer_id={lb}")).await;
        let found = answer.body["listeners"].as_array().map(Vec::len);
        assert_eq!(found, Some(count), "{}", answer.body);
    }
    for query in ["tls_enabled=False", "tls_enabled=false&name=x"] {
        let answer = admin.get(&format!("{LBAAS}/pools?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
    }
    let answer = admin.get(&format!("{LBAAS}/pools?listener_colour=1")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
}

#[tokio::test]
async fn an_admin_creates_only_in_projects_that_exist() {
    let server = TestServer::start().await;
    let project = server.add_project("second").await;
    let admin = server.admin().await;
    for field in ["project_id", "tenant_id"] {
        let answer = admin.create_lb(json!({field: "0123456789abcdef0123456789abcdef"})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        let expected = "Project 0123456789abcdef0123456789abcdef not found.";
        assert_eq!(answer.body["faultstring"], expected);
        let answer = admin.create_lb(json!({field: project.as_str()})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
    let quota = json!({"quota": {"loadbalancer": 5}});
    let answer = admin.put(&format!("{LBAAS}/quotas/nowhere"), quota.clone()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    let answer = admin.put(&format!("{LBAAS}/quotas/{project}"), quota).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let server = TestServer::start().await;
    let project = server.add_project("second").await;
    server.add_user("mia", "second", &["member"]).await;
    server.add_user("tom", "second", &["manager"]).await;
    let path = format!("{LBAAS}/loadbalancers");
    let [mia, tom] = [server.sign_in("mia", "second").await, server.sign_in("tom", "second").await];
    let get = async |client: &Client, path: &str, etag: &str| {
        send(client.request(Method::GET, path).header("if-none-match", etag)).await
    };
    let id = tom.new_lb(json!({"name": "of tom"})).await;
    let first = tom.get(&path).await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.body["loadbalancers"][0]["name"], "of tom");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let answer = get(&tom, &path, &known).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(answer.body, json!(null));
        assert_eq!(answer.headers["etag"], etag);
    }
    // Others see other lists, and so do other queries.
    let answer = get(&mia, &path, &etag).await;
    assert_eq!((answer.status, &answer.body["loadbalancers"]), (StatusCode::OK, &json!([])));
    let answer = get(&tom, &format!("{path}?fields=name"), &etag).await;
    assert_eq!(answer.body["loadbalancers"], json!([{"name": "of tom"}]));
    let admin = server.admin().await;
    let answer = get(&admin, &format!("{path}?project_id={project}"), "\"x\"").await;
    assert_eq!(answer.body["loadbalancers"][0]["id"], id.as_str());
    // A change shows in the next answer.
    for n in 0..20 {
        let name = format!("change {n}");
        let change = json!({"loadbalancer": {"name": name}});
        assert_eq!(tom.put(&format!("{path}/{id}"), change).await.status, StatusCode::OK);
        let answer = get(&tom, &path, &etag).await;
        assert_eq!(answer.body["loadbalancers"][0]["name"], name.as_str());
        tom.settled(&id).await;
    }
}
