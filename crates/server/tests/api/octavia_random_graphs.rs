//! Random load balancers through every way that one goes: created by a request, read, cloned, exported,
//! imported, and edited.

mod commands;
mod edits;
mod generate;
mod objects;
mod read;

use crate::common::{
    Client, TestServer,
    octavia::LBAAS,
    tls::{Authority, NAME},
};
use edits::EDITS;
use generate::{World, load_balancer};
use plan::{Edit, clone_draft, edit::Method, export, export_draft, import, to_export_request};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed},
};
use read::{differences, missing, objects, read, sorted};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::cell::Cell;

const CONFIG: &str = r#"
[[networks]]
name = "a"
cidr = "127.8.0.0/16"

[[networks]]
name = "b"
cidr = "127.9.0.0/16"

[tls]
versions = ["TLSv1.2", "TLSv1.3"]
"#;

/// Stores the certificates, and reads the ids of the networks.
async fn world(client: &Client) -> World {
    let authority = Authority::new().await;
    let mut networks = Vec::new();
    for name in ["a", "b"] {
        let answer = client.get(&format!("/networking/v2.0/networks?name={name}")).await;
        networks.push(answer.body["networks"][0].clone());
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let certificates = [
        client.certificate("first", &authority.issue(NAME).await).await,
        client.certificate("second", &authority.issue("shop.example.org").await).await,
    ];
    World {
        subnets: [text(&networks[0]["subnets"][0]), text(&networks[1]["subnets"][0])],
        networks: [text(&networks[0]["id"]), text(&networks[1]["id"])],
        certificates,
        authority: client.text_secret("ca", &authority.certificate()).await,
        revocations: client.text_secret("crl", &authority.revocation_list(&[]).await).await,
    }
}

/// Creates a load balancer, and waits until HAProxy runs all of it.
async fn create(client: &Client, body: &Value) -> String {
    let answer =
        client.post(&format!("{LBAAS}/loadbalancers"), json!({ "loadbalancer": body })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}\n{body:#}", answer.body);
    let id = answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned();
    let shown = client.settled(&id).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}\n{body:#}");
    assert_eq!(shown.get("provisioning_reason"), None, "{shown}\n{body:#}");
    id
}

/// Creates, reads, clones, exports and imports a load balancer.
async fn travel(client: &Client, body: Value) {
    let original = create(client, &body).await;
    let shown = read(client, &original).await;
    let mut sent = sorted(body.clone());
    sent.as_object_mut().unwrap().remove("vip_address");
    assert_eq!(missing(&sent, &shown), Vec::<String>::new(), "{body:#}");

    let graph = client.graph(&original).await;
    let draft = export_draft(&graph);
    let request = to_export_request(&draft).unwrap_or_else(|found| panic!("{found:?}\n{body:#}"));
    let exported = export::api_request(&request);
    let imported = import::read(&exported).unwrap();
    assert_eq!(imported.unmapped, [], "{exported}");
    assert_eq!(to_export_request(&imported.draft).as_ref(), Ok(&request), "{exported}");

    // The form gives a name to what has none.
    let mut cloned = to_export_request(&clone_draft(&graph)).unwrap();
    for (listener, original) in cloned.listeners.iter_mut().zip(&request.listeners) {
        assert!(listener.name == original.name || listener.name.is_none(), "{listener:?}");
        listener.name.clone_from(&original.name);
    }
    assert_eq!(cloned, request, "{body:#}");

    let copied: Value = serde_json::from_str(exported.split_once("\n\n").unwrap().1).unwrap();
    assert_eq!(copied["loadbalancer"], serde_json::to_value(&request).unwrap());
    let copy = create(client, &copied["loadbalancer"]).await;
    let copy_shown = read(client, &copy).await;
    assert_eq!(missing(&shown, &copy_shown), Vec::<String>::new(), "{body:#}\n{exported}");
    assert_eq!(shown, copy_shown, "{exported}");
    delete(client, &original).await;
    delete(client, &copy).await;
}

/// Edits one field after the other, each as the edit form does.
async fn edit(client: &Client, world: &World, body: Value, edits: Vec<(usize, usize)>) -> usize {
    let id = create(client, &body).await;
    let mut done = 0;
    for (edit, pick) in edits {
        let (kind, field, change) = &EDITS[edit];
        let base = Edit::new(client.graph(&id).await);
        let mut draft = base.base_draft().clone();
        if change(&mut draft, pick, world).is_none() {
            continue;
        }
        let resolved = base
            .resolve(&draft)
            .unwrap_or_else(|found| panic!("{kind} {field}: {found:?}\n{body:#}"));
        let plan = resolved.plan();
        let [step] = plan.steps.as_slice() else { panic!("{kind} {field}: {plan:#?}\n{body:#}") };
        let request = step.call.request(base.base().loadbalancer.id, &Default::default()).unwrap();
        assert_eq!(request.method, Method::Put, "{kind} {field}: {request:?}");
        let sent = request.body.as_ref().unwrap();
        let sent: Vec<_> = sent[kind].as_object().unwrap().keys().collect();
        assert_eq!(sent, [field], "{request:?}\n{body:#}");
        let before = objects(client, &id).await;
        assert_eq!(client.execute(&resolved).await, 1);
        let after = objects(client, &id).await;
        assert_eq!(
            differences(&before, &after),
            [format!("{kind} {field}")],
            "{request:?}\n{body:#}"
        );
        let shown = client.settled(&id).await;
        assert_eq!(shown.get("provisioning_reason"), None, "{shown}\n{request:?}\n{body:#}");
        done += 1;
    }
    delete(client, &id).await;
    done
}

/// Runs the exported commands, and compares what they create.
async fn run_commands(client: &Client, mut body: Value) {
    // The client takes 1 to 9 of them, the API 1 to 10.
    let pools = body["pools"].as_array_mut();
    for check in pools.into_iter().flatten().filter_map(|pool| pool.get_mut("healthmonitor")) {
        for field in ["max_retries", "max_retries_down"] {
            if check[field] == 10 {
                check[field] = json!(9);
            }
        }
    }
    let original = create(client, &body).await;
    let request = to_export_request(&export_draft(&client.graph(&original).await)).unwrap();
    let script = export::openstack_commands(&request);
    commands::run(&script, &client.base).await;
    let all = client.get(&format!("{LBAAS}/loadbalancers?fields=id")).await.body;
    let ids = all["loadbalancers"].as_array().unwrap().iter().map(|lb| lb["id"].as_str().unwrap());
    let ids: Vec<&str> = ids.filter(|id| *id != original).collect();
    let [copy] = ids[..] else { panic!("{all}\n{script}") };
    assert_eq!(client.settled(copy).await["provisioning_status"], "ACTIVE");
    assert_eq!(read(client, copy).await, read(client, &original).await, "{script}");
    delete(client, copy).await;
    delete(client, &original).await;
}

async fn delete(client: &Client, id: &str) {
    let path = format!("{LBAAS}/loadbalancers/{id}?cascade=true");
    assert_eq!(client.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(client.settled(id).await.is_null());
}

/// A server, what its load balancers refer to, and what runs cases on it.
struct Fixture {
    runtime: tokio::runtime::Runtime,
    server: TestServer,
    client: Client,
    world: World,
}

impl Fixture {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (server, client, world) = runtime.block_on(async {
            let server = TestServer::with_config(CONFIG).await;
            let client = server.admin().await;
            let world = world(&client).await;
            (server, client, world)
        });
        Self { runtime, server, client, world }
    }

    fn stop(self) {
        self.runtime.block_on(self.server.stop());
    }
}

/// Without a number of cases, they are always the same, so that a run fails only because of a change.
fn config() -> Config {
    let variable = |name| std::env::var(name).ok();
    let cases: Option<u32> = variable("LB_PORTAL_GRAPH_CASES").and_then(|cases| cases.parse().ok());
    let is_campaign = cases.is_some() || variable("LB_PORTAL_COMMAND_CASES").is_some();
    Config {
        cases: cases.unwrap_or(24),
        rng_seed: if is_campaign { RngSeed::Random } else { RngSeed::Fixed(8) },
        failure_persistence: None,
        // Each takes a second.
        max_shrink_iters: 100,
        ..Config::default()
    }
}

#[test]
fn an_edit_of_one_field_sends_and_changes_that_field_alone() {
    let fixture = Fixture::start();
    let Fixture { runtime, client, world, .. } = &fixture;
    let any_edit = (select((0..EDITS.len()).collect::<Vec<_>>()), any::<usize>());
    let done = Cell::new(0);
    proptest!(config(), |(body in load_balancer(world), edits in vec(any_edit, 12))| {
        done.set(done.get() + runtime.block_on(edit(client, world, body, edits)));
    });
    assert!(done.get() > 0);
    fixture.stop();
}

/// A client takes seconds for each command, so there are few.
#[test]
fn the_exported_commands_create_the_same_load_balancer() {
    let fixture = Fixture::start();
    let Fixture { runtime, client, world, .. } = &fixture;
    let cases = std::env::var("LB_PORTAL_COMMAND_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config { cases: cases.unwrap_or(2), max_shrink_iters: 0, ..config() };
    proptest!(config, |(body in load_balancer(world))| {
        runtime.block_on(run_commands(client, body));
    });
    fixture.stop();
}

#[test]
fn every_load_balancer_survives_its_way_through_clone_export_and_import() {
    let fixture = Fixture::start();
    let Fixture { runtime, client, world, .. } = &fixture;
    proptest!(config(), |(body in load_balancer(world))| {
        runtime.block_on(travel(client, body));
    });
    fixture.stop();
}
