use super::*;
use crate::spec::{
    Balance, InsertHeaders, ListenerMode, MonitorKind, MonitorSpec, PolicyAction, PolicySpec,
    PoolMode,
};
use openstack_types::{L7PolicyId, LoadBalancerId};
use std::time::Duration;
use uuid::Uuid;

fn listener(number: u8, port: u16, pool: PoolId) -> ListenerSpec {
    ListenerSpec {
        id: ListenerId(Uuid::from_bytes([number; 16])),
        mode: ListenerMode::Http,
        port,
        connection_limit: None,
        default_pool: Some(pool),
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::from_secs(1),
        timeout_connect: Duration::from_secs(1),
        timeout_server: Duration::from_secs(1),
        timeout_tcp_inspect: Duration::ZERO,
        insert_headers: InsertHeaders::default(),
    }
}

fn pool(number: u8) -> PoolSpec {
    PoolSpec {
        id: PoolId(Uuid::from_bytes([number; 16])),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: None,
        tls: None,
        members: Vec::new(),
        monitor: None,
    }
}

/// Listener 1 and 2 share pool 1; listener 3 has pool 3.
fn spec() -> LoadBalancerSpec {
    let pools = vec![pool(1), pool(3)];
    LoadBalancerSpec {
        id: LoadBalancerId(Uuid::from_bytes([9; 16])),
        vip: "127.21.0.9".parse().unwrap(),
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![
            listener(1, 80, pools[0].id),
            listener(2, 81, pools[0].id),
            listener(3, 82, pools[1].id),
        ],
        pools,
    }
}

fn refused() -> ListenerFailure {
    ListenerFailure::Process("refused".to_owned())
}

#[test]
fn what_has_not_failed_runs_as_wanted() {
    let spec = spec();
    let candidate = Candidate::new(spec.clone(), Vec::new());
    assert_eq!(candidate.effective(None), spec);
    assert!(candidate.into_failures().is_empty());
}

#[test]
fn a_new_listener_that_fails_is_left_out_and_one_that_runs_stays_as_it_is() {
    let running = spec();
    let mut wanted = spec();
    for listener in &mut wanted.listeners {
        listener.connection_limit = Some(7);
    }
    wanted.pools[1].balance = Balance::SourceIp;
    wanted.listeners.push(listener(4, 83, wanted.pools[0].id));
    let mut candidate = Candidate::new(wanted.clone(), Vec::new());
    candidate.fail(wanted.listeners[2].id, refused());
    candidate.fail(wanted.listeners[3].id, refused());

    let mut expected = wanted.clone();
    expected.listeners.pop();
    expected.listeners[2] = running.listeners[2].clone();
    // Only the failed listener uses the pool, which may be the cause.
    expected.pools[1] = running.pools[1].clone();
    assert_eq!(candidate.effective(Some(&running)), expected);
    expected.listeners.pop();
    expected.pools[1] = wanted.pools[1].clone();
    assert_eq!(candidate.effective(None), expected, "nothing has run before");
    assert_eq!(candidate.into_failures().len(), 2);
}

#[test]
fn a_shared_pool_is_as_wanted_if_one_of_its_listeners_is() {
    let running = spec();
    let mut wanted = spec();
    wanted.pools[0].balance = Balance::SourceIp;
    let mut candidate = Candidate::new(wanted.clone(), Vec::new());
    candidate.fail(wanted.listeners[0].id, refused());
    assert_eq!(candidate.effective(Some(&running)).pools, wanted.pools);
    candidate.fail(wanted.listeners[1].id, refused());
    assert_eq!(candidate.effective(Some(&running)).pools, running.pools);
}

#[test]
fn a_failed_listener_keeps_a_pool_that_was_removed() {
    let mut running = spec();
    running.pools[0].monitor = Some(MonitorSpec {
        kind: MonitorKind::Tcp,
        delay: Duration::from_secs(1),
        timeout: Duration::from_secs(1),
        rise: 1,
        fall: 1,
    });
    running.listeners[2].policies.push(PolicySpec {
        id: L7PolicyId(Uuid::from_bytes([5; 16])),
        action: PolicyAction::RedirectToPool(running.pools[0].id),
        rules: Vec::new(),
    });
    let mut wanted = spec();
    wanted.listeners.drain(..2);
    wanted.pools.remove(0);
    let mut candidate = Candidate::new(wanted.clone(), Vec::new());
    candidate.fail(wanted.listeners[0].id, refused());
    let effective = candidate.effective(Some(&running));
    assert_eq!(effective.listeners, running.listeners[2..]);
    assert!(effective.pools.contains(&running.pools[0]), "it still redirects there");
}

#[test]
fn a_listener_that_is_not_specified_runs_on_until_it_fails_itself() {
    let running = spec();
    let mut wanted = spec();
    let missing = wanted.listeners.remove(0).id;
    let mut candidate = Candidate::new(wanted.clone(), vec![missing]);
    assert!(candidate.belongs(missing));
    let effective = candidate.effective(Some(&running));
    assert!(effective.listeners.contains(&running.listeners[0]));
    assert_eq!(candidate.effective(None), wanted);
    candidate.fail(missing, refused());
    assert_eq!(candidate.effective(Some(&running)), wanted);
    assert!(candidate.into_failures().is_empty(), "the caller knows that it failed");
}

#[test]
fn the_second_failure_leaves_a_listener_out() {
    let running = spec();
    let mut candidate = Candidate::new(spec(), Vec::new());
    let id = running.listeners[0].id;
    candidate.fail(id, refused());
    assert_eq!(candidate.effective(Some(&running)).listeners, running.listeners);
    candidate.fail(id, refused());
    assert_eq!(candidate.effective(Some(&running)).listeners, running.listeners[1..]);
}

#[test]
fn of_two_listeners_on_one_port_the_first_runs() {
    let mut wanted = spec();
    wanted.listeners[1].port = 80;
    let candidate = Candidate::new(wanted.clone(), Vec::new());
    assert_eq!(candidate.effective(None).listeners.len(), 2);
    let [failed] = &candidate.into_failures()[..] else { panic!("one failed") };
    assert_eq!(failed.listener, wanted.listeners[1].id);
    assert_eq!(failed.failure.to_string(), "port 80 of 127.21.0.9 is used by two listeners");
}
