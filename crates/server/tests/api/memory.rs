//! What the real binary takes of the machine.

use crate::common::{PASSWORD, binary::Running};
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

/// Resident memory of a process, in MiB.
fn resident_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn sign_ins_leave_no_memory_behind() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path()).await;
    let before = resident_mib(server.id());
    let mut sign_ins = JoinSet::new();
    for _ in 0..200 {
        let client = server.client.clone();
        sign_ins.spawn(async move {
            client.post("/portal/session", json!({"user": "admin", "password": PASSWORD})).await
        });
    }
    while let Some(answer) = sign_ins.join_next().await {
        assert_eq!(answer.unwrap().status, StatusCode::OK);
    }
    let after = resident_mib(server.id());
    println!("{before} MiB before, {after} MiB after 200 sign-ins at once");
    // One check takes 19 MiB. Twice the 60 MiB that the release build stays below.
    assert!(after < 120, "{before} MiB before, {after} MiB after");
    server.kill().await;
}
