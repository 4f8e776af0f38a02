//! Replays requests that were recorded with a real Barbican. The responses must be equal, except where the
//! server is stricter on purpose.
//!
//! `recorded/barbican.json` is one sequence of requests. Times and ids are not compared; statuses,
//! headers, texts, keys, and all other values are.

use crate::common::{Client, TestServer, recorded::Rules};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const RULES: Rules = Rules { own: &[], volatile: &["created", "updated"] };

/// Recorded values and the corresponding ones of this server.
struct Known(Vec<(String, String)>);

impl Known {
    fn here(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here))
    }

    fn value(&self, value: &Value) -> Value {
        serde_json::from_str(&self.here(&value.to_string())).unwrap()
    }
}

#[tokio::test]
async fn recorded_requests_have_the_recorded_responses() {
    let server = TestServer::start().await;
    server.add_project("proj-a").await;
    server.add_project("proj-b").await;
    let alice = server.add_user("alice", "proj-a", &["member", "reader"]).await;
    let mia = server.add_user("mia", "proj-a", &["member", "reader"]).await;
    server.add_user("rita", "proj-a", &["reader"]).await;
    server.add_user("bob", "proj-b", &["member", "reader"]).await;
    let clients = BTreeMap::from([
        ("alice", server.sign_in("alice", "proj-a").await),
        ("mia", server.sign_in("mia", "proj-a").await),
        ("rita", server.sign_in("rita", "proj-a").await),
        ("bob", server.sign_in("bob", "proj-b").await),
        ("admin", server.admin().await),
        ("nobody", server.anonymous()),
    ]);
    let mut known = Known(vec![
        ("BARBICAN".to_owned(), format!("{}/key-manager", server.url)),
        ("da71e09b6610432dbd3953ea37577518".to_owned(), alice.0),
        ("d86602a0784c40bb80cf575f40f9b481".to_owned(), mia.0),
    ]);
    let steps: Vec<Value> = serde_json::from_str(include_str!("recorded/barbican.json")).unwrap();
    let mut wrong = Vec::new();
    for mut step in steps {
        let name = step["name"].as_str().unwrap().to_owned();
        stricter(&name[..3], &mut step);
        let (status, headers, body) = ask(&clients, &known, &step).await;
        if let (Some(there), Some(here)) =
            (step["answer"]["secret_ref"].as_str(), body["secret_ref"].as_str())
        {
            let id = |of: &str| of.rsplit('/').next().unwrap().to_owned();
            if !known.0.iter().any(|(there_id, _)| *there_id == id(there)) {
                known.0.push((id(there), id(here)));
            }
        }
        let mut found = Vec::new();
        if u64::from(status) != step["status"].as_u64().unwrap() {
            found.push(format!("status {status} not {}", step["status"]));
        }
        for (header, there) in step["headers"].as_object().unwrap() {
            let there = known.here(there.as_str().unwrap());
            let has = headers.get_all(header).iter().any(|here| *here == there);
            if !has {
                found.push(format!("{header} is {:?}, not {there}", headers.get(header)));
            }
        }
        RULES.differences("", &known.value(&step["answer"]), &body, &mut found);
        if !found.is_empty() {
            wrong.push(format!("{name}: {}\n    {body}", found.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn ask(
    clients: &BTreeMap<&'static str, Client>,
    known: &Known,
    step: &Value,
) -> (u16, reqwest::header::HeaderMap, Value) {
    let text = |name: &str| step[name].as_str();
    let path = format!("/key-manager{}", known.here(text("path").unwrap()));
    let method: Method = text("method").unwrap().parse().unwrap();
    let mut request = clients[text("who").unwrap()]
        .request(method, &path)
        .header("accept", text("accept").unwrap_or("application/json"));
    if !step["body"].is_null() {
        request = request.json(&known.value(&step["body"]));
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() {
        Value::Null
    } else if headers["content-type"] == "application/json" {
        serde_json::from_slice(&bytes).unwrap()
    } else {
        json!({"base64": BASE64_STANDARD.encode(&bytes)})
    };
    (status, headers, body)
}

/// Intended differences: only the creator sees a secret, whatever the ACL says, and there is no user of
/// Octavia that would be added to an ACL.
fn stricter(number: &str, step: &mut Value) {
    let refused = |what: &str| {
        json!({
            "code": 403,
            "title": "Forbidden",
            "description": format!(
                "{what} attempt not allowed - please review your user/project privileges"
            ),
        })
    };
    match number {
        "028" => {
            step["status"] = json!(403);
            step["headers"]["content-type"] = json!("application/json");
            step["answer"] = refused("Secret payload retrieval");
        }
        "041" => {
            step["status"] = json!(403);
            step["answer"] = refused("Secret retrieval");
        }
        "073" | "179" => {
            step["answer"]["read"]["users"] = json!(["d86602a0784c40bb80cf575f40f9b481"]);
        }
        _ => {}
    }
}
