//! Crash recovery: the real binary is killed during changes, and the next start completes them.

use crate::common::{
    binary::Running,
    octavia::{LBAAS, graph},
    whoami,
};
use plan::{
    Edit,
    edit::{ConflictResolution, PlanRun},
};
use reqwest::StatusCode;
use std::time::Duration;

async fn serves(vip: &str, port: u16) {
    let client = crate::common::http().timeout(Duration::from_secs(3)).build().unwrap();
    while client.get(format!("http://{vip}:{port}/")).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_killed_server_completes_its_changes_after_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let port = whoami::free_port().await;
    let server = Running::start(dir.path()).await;
    let client = server.client.clone();
    let kept = client.new_lb(graph(port, &[])).await;
    let vip = client.settled(&kept).await["vip_address"].as_str().unwrap().to_owned();
    serves(&vip, port).await;

    // Killed while it creates several, and while it deletes one.
    let deleting = client.new_lb(graph(port, &[])).await;
    for _ in 0..5 {
        let created = client.create_lb(graph(port, &[])).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    }
    let deleted = client.delete(&format!("{LBAAS}/loadbalancers/{deleting}?cascade=true")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    server.kill().await;

    let server = Running::start(dir.path()).await;
    let client = server.client.clone();
    serves(&vip, port).await;
    assert!(client.settled(&deleting).await.is_null());
    let list = client.get(&format!("{LBAAS}/loadbalancers")).await;
    let list = list.body["loadbalancers"].as_array().unwrap().clone();
    assert_eq!(list.len(), 6);
    for lb in list {
        let lb = client.settled(lb["id"].as_str().unwrap()).await;
        assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
        serves(lb["vip_address"].as_str().unwrap(), port).await;
    }
    server.kill().await;
}

#[tokio::test]
async fn an_edit_interrupted_by_a_crash_can_be_completed() {
    let dir = tempfile::tempdir().unwrap();
    let (port, more) = (whoami::free_port().await, whoami::free_port().await);
    let mut server = Running::start(dir.path()).await;
    let mut client = server.client.clone();
    let old = ["127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap()];
    let id = client.new_lb(graph(port, &old)).await;

    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    let replaced = draft.groups[0].key;
    draft.groups[0].servers.clear();
    draft.add_server_at(replaced, "127.0.0.1".into(), "3".into(), None);
    draft.add_server_at(replaced, "127.0.0.1".into(), "4".into(), None);
    let group = draft.add_group();
    draft.add_server_at(group, "127.0.0.1".into(), "5".into(), None);
    let listener = draft.add_listener();
    draft.listener_mut(listener).unwrap().port = more.to_string();
    draft.listener_mut(listener).unwrap().group = Some(group);
    draft.name = "edited".into();
    let mut resolved = edit.resolve(&draft).unwrap();
    let steps = resolved.plan().steps.len();
    assert_eq!(steps, 7);

    // Killed after each step in turn: as soon as it is answered, and before it is carried out.
    let mut taken = 0;
    while taken <= steps {
        let plan = resolved.plan();
        let Some(request) =
            PlanRun::new(resolved.edit().base().loadbalancer.id, plan).next_request()
        else {
            break;
        };
        let answer = client.step(&request).await;
        assert!(answer.is_ok(), "{answer:?}: {request:?}");
        taken += 1;
        server.kill().await;
        server = Running::start(dir.path()).await;
        client = server.client.clone();
        assert_eq!(client.settled(&id).await["provisioning_status"], "ACTIVE");
        let fresh = client.graph(&id).await;
        let rebased = resolved.edit().rebase(resolved.draft(), fresh, ConflictResolution::Ours);
        assert_eq!(rebased.conflicts, [], "nobody else has changed anything");
        resolved = rebased.edit.resolve(&rebased.draft).unwrap();
    }
    assert_eq!(taken, steps, "no step was lost, and none taken twice");
    let done = client.graph(&id).await;
    assert_eq!(done.loadbalancer.name, "edited");
    assert_eq!((done.listeners.len(), done.pools.len()), (2, 2));
    let mut ports: Vec<_> =
        done.members.values().flatten().map(|member| member.protocol_port).collect();
    ports.sort_unstable();
    assert_eq!(ports, [3, 4, 5]);
    server.kill().await;
}
