use super::*;
use engine::spec::{
    Balance, InsertHeaders, ListenerMode, ListenerSpec, LoadBalancerSpec, MemberSpec, MonitorKind,
    MonitorSpec, PoolMode, PoolSpec,
};
use openstack_types::metrics::Part;
use std::net::Ipv4Addr;

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn counted(active: u64, connections: u64) -> TrafficCounters {
    TrafficCounters {
        active_connections: active,
        connections,
        requests: 2 * connections,
        bytes_in: 10,
        responses: [0, connections, 0, 0, connections, 0],
        ..TrafficCounters::default()
    }
}

/// Load balancer 1 with listeners 2 and 3, of which 2 has a pool with members 4 and 5.
fn spec() -> LoadBalancerSpec {
    let listener = |number, pool| ListenerSpec {
        id: id(number),
        mode: ListenerMode::Http,
        port: number as u16,
        connection_limit: None,
        default_pool: pool,
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::ZERO,
        timeout_connect: Duration::ZERO,
        timeout_server: Duration::ZERO,
        timeout_tcp_inspect: Duration::ZERO,
        insert_headers: InsertHeaders::default(),
    };
    let member = |number| MemberSpec {
        id: id(number),
        address: Ipv4Addr::LOCALHOST.into(),
        port: number as u16,
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    };
    let pool = PoolSpec {
        id: id(9),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: None,
        tls: None,
        members: vec![member(4), member(5)],
        monitor: Some(MonitorSpec {
            kind: MonitorKind::Tcp,
            delay: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            rise: 1,
            fall: 1,
        }),
    };
    LoadBalancerSpec {
        id: id(1),
        vip: Ipv4Addr::LOCALHOST.into(),
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![listener(2, Some(id(9))), listener(3, None)],
        pools: vec![pool],
    }
}

fn traffic() -> Traffic {
    let traffic = Traffic { clock: Clock::stopped(), known: Mutex::default() };
    traffic.announce(id(1), &Shape::of(&spec()));
    traffic
}

fn pass(traffic: &Traffic, steps: u64) {
    traffic.clock.advance(steps);
}

fn part(metrics: &Metrics, number: u128) -> Option<&Part> {
    metrics.parts.iter().find(|part| part.id == Uuid::from_u128(number))
}

fn of(traffic: &Traffic, number: u128, after: Option<u64>) -> Option<Metrics> {
    traffic.metrics(id(1), Uuid::from_u128(number), after)
}

#[test]
fn a_load_balancer_sums_its_listeners() {
    let traffic = traffic();
    traffic.add(
        id(1),
        &[(id(2), counted(2, 5)), (id(3), counted(1, 1))],
        &[(id(4), counted(1, 3))],
    );
    traffic.add(
        id(1),
        &[(id(2), counted(1, 5)), (id(3), counted(0, 0))],
        &[(id(4), counted(3, 1))],
    );
    pass(&traffic, 1);
    let whole = of(&traffic, 1, None).unwrap().focus;
    assert_eq!((whole.active, whole.http), (1, true));
    assert_eq!(whole.series.requests.last(), Some(&22));
    assert_eq!(whole.series.connections.last(), Some(&11));
    assert_eq!(whole.series.bytes_in.last(), Some(&40));
    assert_eq!(whole.series.active.last(), Some(&3), "the maximum in the step");
    assert_eq!(whole.series.server_errors.last(), Some(&11));
    let metrics = of(&traffic, 4, None).unwrap();
    assert_eq!(metrics.focus.series.requests.last(), Some(&8));
    assert_eq!(metrics.focus.active, 3);
    assert_eq!(part(&metrics, 2).unwrap().hits.last(), Some(&20));
    assert_eq!(part(&metrics, 2).unwrap().failed.last(), Some(&10));
    assert_eq!(part(&metrics, 3).unwrap().hits.last(), Some(&2));
    assert_eq!(part(&metrics, 5), None, "without traffic");
    assert_eq!(of(&traffic, 7, None), None, "an unknown part");
}

#[test]
fn only_steps_after_the_given_one_are_reported() {
    let traffic = traffic();
    pass(&traffic, 1);
    let before = of(&traffic, 1, None).unwrap().newest;
    traffic.add(id(1), &[(id(2), counted(0, 1))], &[(id(4), counted(0, 1))]);
    pass(&traffic, 1);
    let metrics = of(&traffic, 1, None).unwrap();
    assert_eq!(metrics.focus.series.requests, [0, 2]);
    // One step is over since.
    let metrics = of(&traffic, 1, Some(before)).unwrap();
    assert_eq!(metrics.focus.series.requests, [2]);
    assert_eq!(part(&metrics, 4).unwrap().hits, [2]);
    // None is.
    let metrics = of(&traffic, 1, Some(metrics.newest)).unwrap();
    assert_eq!(metrics.focus.series.requests, Vec::<u64>::new());
    assert_eq!(metrics.focus.series.from, before + 2);
    assert!(metrics.parts.is_empty());
    // Steps that are yet to come are those of another clock.
    let metrics = of(&traffic, 1, Some(before + 1000)).unwrap();
    assert_eq!(metrics.focus.series.requests, [0, 2]);
}

#[test]
fn open_connections_are_reported_without_new_steps() {
    let traffic = traffic();
    traffic.add(id(1), &[(id(2), counted(2, 0))], &[(id(4), counted(2, 0))]);
    pass(&traffic, 3);
    let metrics = of(&traffic, 4, None).unwrap();
    assert_eq!(metrics.focus.series.active[0], 2);
    let metrics = of(&traffic, 1, Some(metrics.newest)).unwrap();
    assert_eq!(part(&metrics, 4).map(|part| part.active), Some(2));
    traffic.idle(id(1));
    let metrics = of(&traffic, 1, Some(metrics.newest)).unwrap();
    assert_eq!((metrics.focus.active, metrics.parts.len()), (0, 0));
}

#[test]
fn old_steps_and_deleted_parts_are_removed() {
    let traffic = traffic();
    traffic.add(id(1), &[(id(2), counted(0, 1))], &[]);
    pass(&traffic, 1);
    pass(&traffic, KEPT as u64 + 20);
    let metrics = of(&traffic, 1, None).unwrap();
    assert_eq!(metrics.newest + 1 - metrics.focus.series.from, KEPT as u64);
    assert!(metrics.focus.series.requests.is_empty(), "long ago");

    let mut smaller = spec();
    smaller.listeners.pop();
    smaller.pools[0].members.pop();
    traffic.retain(id(1), &Shape::of(&smaller));
    assert_eq!(of(&traffic, 3, None), None);
    assert_eq!(of(&traffic, 5, None), None);
    // What it still finishes counts for the load balancer.
    traffic.add(id(1), &[(id(3), counted(0, 4))], &[(id(5), counted(0, 4))]);
    assert_eq!(of(&traffic, 3, None), None);
    pass(&traffic, 1);
    assert_eq!(of(&traffic, 1, None).unwrap().focus.series.connections.last(), Some(&4));
    traffic.forget(id(1));
    assert!(traffic.known().is_empty());
}

#[test]
fn check_results_are_reported_once_and_end_with_their_monitor() {
    let traffic = traffic();
    let check = CheckResult {
        passed: false,
        result: "connection refused".to_owned(),
        duration: Some(Duration::from_millis(3)),
        observed_at: SystemTime::now(),
        interval: Duration::from_secs(5),
    };
    traffic.record_checks(id(1), vec![(id(4), check)]);
    let metrics = of(&traffic, 1, None).unwrap();
    assert_eq!(metrics.checks[0].result, "connection refused");
    assert_eq!((metrics.checks[0].duration, metrics.checks[0].interval), (Some(3), 5000));
    assert_eq!(of(&traffic, 1, Some(metrics.newest)).unwrap().checks.len(), 1, "in this step");
    let mut unchecked = spec();
    unchecked.pools[0].monitor = None;
    traffic.retain(id(1), &Shape::of(&unchecked));
    assert!(of(&traffic, 1, None).unwrap().checks.is_empty());
}
