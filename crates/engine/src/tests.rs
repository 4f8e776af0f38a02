//! A fault of the engine itself.

use super::{report::Report, *};
use openstack_types::ListenerId;
use spec::{InsertHeaders, ListenerMode, ListenerSpec, LoadBalancerSpec};
use std::{net::Ipv4Addr, time::Instant};
use tokio::net::TcpStream;

/// One listener without a pool, at an address that no other test uses.
fn load_balancer() -> LoadBalancerSpec {
    let [a, b, ..] = std::process::id().to_ne_bytes();
    LoadBalancerSpec {
        id: LoadBalancerId(uuid::Uuid::new_v4()),
        vip: Ipv4Addr::new(127, 22, a, b).into(),
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![ListenerSpec {
            id: ListenerId(uuid::Uuid::new_v4()),
            mode: ListenerMode::Http,
            port: 8000,
            connection_limit: None,
            default_pool: None,
            policies: Vec::new(),
            allowed_cidrs: Vec::new(),
            timeout_client: Duration::from_secs(50),
            timeout_connect: Duration::from_secs(5),
            timeout_server: Duration::from_secs(50),
            timeout_tcp_inspect: Duration::ZERO,
            insert_headers: InsertHeaders::default(),
        }],
        pools: Vec::new(),
    }
}

/// One thread, so that the supervisor runs only while the test waits.
#[tokio::test]
async fn a_panic_ends_the_process_and_asks_to_apply_again() {
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let (engine, mut reports) = Engine::start(EngineConfig::new(run_dir.clone())).await.unwrap();
    let spec = load_balancer();
    let at = (spec.vip, spec.listeners[0].port);
    assert!(engine.apply(spec.clone()).await.unwrap().failed.is_empty());
    assert!(TcpStream::connect(at).await.is_ok());

    engine.send(spec.id, Command::Panic);
    assert_eq!(engine.apply(spec.clone()).await.unwrap_err(), ApplyError::Panicked);
    let deadline = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(at).await.is_ok() {
        assert!(Instant::now() < deadline, "the process still runs");
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    let needed = Report::ApplyNeeded { loadbalancer: spec.id };
    while reports.recv().await.unwrap() != needed {}
    tokio::time::resume();

    assert!(engine.apply(spec.clone()).await.unwrap().failed.is_empty());
    assert!(TcpStream::connect(at).await.is_ok());
    engine.shutdown().await;
    std::fs::remove_dir_all(run_dir).unwrap();
}

/// Between two changes, nobody waits for the supervisor.
#[tokio::test]
async fn the_next_apply_after_a_panic_starts_another_supervisor() {
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let (engine, _reports) = Engine::start(EngineConfig::new(run_dir.clone())).await.unwrap();
    let spec = LoadBalancerSpec { listeners: Vec::new(), ..load_balancer() };
    assert!(engine.apply(spec.clone()).await.is_ok());
    let supervisor = engine.send(spec.id, Command::Panic);
    supervisor.closed().await;
    assert!(engine.apply(spec).await.is_ok());
    engine.shutdown().await;
    std::fs::remove_dir_all(run_dir).unwrap();
}
