//! Query strings of lists, and the project that an admin names.

use crate::common::{TestServer, octavia::LBAAS};
use reqwest::StatusCode;
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
        let names: Vec<_> =
            rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        names.join(" ")
    };
    assert_eq!(names(&format!("tags={all}")).await, "");
    assert_eq!(names("tags=t1,t2").await, "tagged");
    assert_eq!(names(&format!("tags-any={all}")).await, "tagged");
    assert_eq!(names(&format!("not-tags={all}")).await, "tagged plain");
    assert_eq!(names("not-tags=t1,t2").await, "plain");
    assert_eq!(names(&format!("not-tags-any={all}")).await, "plain");
    let mut query = String::from("name=plain");
    for n in 0..3000 {
        write!(query, "&name=n{n}").unwrap();
    }
    assert_eq!(names(&query).await, "plain");
    assert_eq!(names("admin_state_up=true&admin_state_up=false").await, "tagged plain");
    assert_eq!(names("admin_state_up=false").await, "");
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
