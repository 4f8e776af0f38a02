use super::*;
use crate::spec::{CertificatePem, InsertHeaders, MonitorSpec, PoolMode, TlsSpec, TlsVersions};
use openstack_types::tls::TlsCiphers;
use std::time::Duration;
use uuid::Uuid;

const OPEN_FILES: u64 = 20_000;

fn id(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn member(n: u8) -> MemberSpec {
    MemberSpec {
        id: id(n).into(),
        address: "192.0.2.1".parse().unwrap(),
        port: n.into(),
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    }
}

fn listener(n: u8, mode: ListenerMode) -> ListenerSpec {
    ListenerSpec {
        id: id(n).into(),
        mode,
        port: n.into(),
        connection_limit: None,
        default_pool: Some(id(1).into()),
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::from_secs(50),
        timeout_connect: Duration::from_secs(5),
        timeout_server: Duration::from_secs(50),
        timeout_tcp_inspect: Duration::ZERO,
        insert_headers: InsertHeaders::default(),
    }
}

/// One HTTP listener and one pool with two members.
fn spec() -> LoadBalancerSpec {
    LoadBalancerSpec {
        id: id(9).into(),
        vip: "192.0.2.80".parse().unwrap(),
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![listener(21, ListenerMode::Http)],
        pools: vec![PoolSpec {
            id: id(1).into(),
            mode: PoolMode::Http,
            balance: Balance::RoundRobin,
            persistence: None,
            tls: None,
            members: vec![member(11), member(12)],
            monitor: None,
        }],
    }
}

fn commands(running: &LoadBalancerSpec, wanted: &LoadBalancerSpec) -> Option<Vec<String>> {
    let mut ids = ServerIds::of(running);
    ids.assign(wanted);
    let change = runtime_change(running, wanted, &ids, OPEN_FILES)?;
    Some(change.commands.iter().map(|command| command.text().to_string()).collect())
}

fn server(member: u8, listener: u8) -> String {
    format!("{}:{}/{}", id(1), id(listener), id(member))
}

/// A change of `spec` with the expected commands, or `None` for another process.
fn assert_change(
    prepare: impl Fn(&mut LoadBalancerSpec),
    change: impl Fn(&mut LoadBalancerSpec),
    expected: Option<&[String]>,
) {
    let mut running = spec();
    prepare(&mut running);
    let mut wanted = running.clone();
    change(&mut wanted);
    assert_eq!(commands(&running, &wanted).as_deref(), expected);
}

#[test]
fn members_are_changed_added_and_removed() {
    let (one, two, three) = (server(11, 21), server(12, 21), server(13, 21));
    let plain = |_: &mut LoadBalancerSpec| {};
    assert_change(plain, plain, Some(&[]));
    assert_change(
        plain,
        |spec| spec.pools[0].members[0].weight = 0,
        Some(&[format!("set server {one} weight 0")]),
    );
    assert_change(
        plain,
        |spec| spec.pools[0].members[1].enabled = false,
        Some(&[format!("set server {two} state maint")]),
    );
    assert_change(
        plain,
        |spec| spec.pools[0].members.insert(0, member(13)),
        Some(&[
            format!("add server {three} 192.0.2.1:13 id 3 weight 1"),
            format!("set server {three} state ready"),
        ]),
    );
    assert_change(
        plain,
        |spec| {
            spec.pools[0].members.remove(0);
        },
        Some(&[format!("set server {one} state maint")]),
    );
    assert_change(plain, |spec| spec.pools[0].members[0].port = 99, None);
    assert_change(plain, |spec| spec.pools[0].members[0].backup = true, None);
    assert_change(plain, |spec| spec.pools[0].members.swap(0, 1), Some(&[]));
}

#[test]
fn what_haproxy_cannot_add_needs_another_process() {
    let add = |spec: &mut LoadBalancerSpec| spec.pools[0].members.push(member(13));
    let static_hash = |spec: &mut LoadBalancerSpec| spec.pools[0].balance = Balance::SourceIp;
    let cookie = |spec: &mut LoadBalancerSpec| {
        spec.pools[0].persistence = Some(Persistence::HttpCookie);
    };
    let tracked = |spec: &mut LoadBalancerSpec| {
        spec.listeners.push(listener(22, ListenerMode::Http));
        spec.pools[0].monitor = Some(MonitorSpec {
            kind: MonitorKind::Tcp,
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 2,
            fall: 3,
        });
    };
    assert_change(static_hash, add, None);
    assert_change(static_hash, |spec| spec.pools[0].members[0].weight = 3, None);
    assert_change(
        static_hash,
        |spec| {
            spec.pools[0].members.pop();
        },
        None,
    );
    assert_change(cookie, add, None);
    assert_change(tracked, add, None);
    let states =
        [21, 22].map(|listener| format!("set server {} state maint", server(12, listener)));
    assert_change(
        tracked,
        |spec| {
            spec.pools[0].members.pop();
        },
        Some(&states),
    );
    assert_change(static_hash, |spec| spec.pools[0].members[1].enabled = false, Some(&states[..1]));
}

#[test]
fn a_checked_member_is_added_with_its_check() {
    let checked = |spec: &mut LoadBalancerSpec| {
        spec.pools[0].monitor = Some(MonitorSpec {
            kind: MonitorKind::Tcp,
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 2,
            fall: 3,
        });
    };
    let three = server(13, 21);
    assert_change(
        checked,
        |spec| {
            spec.pools[0].members.push(MemberSpec { enabled: false, ..member(13) });
        },
        Some(&[
            format!(
                "add server {three} 192.0.2.1:13 id 3 weight 1 disabled check inter 5000ms fall 3 rise 2"
            ),
            format!("enable health {three}"),
        ]),
    );
}

#[test]
fn a_connection_limit_is_lowered() {
    let limit =
        |limit| move |spec: &mut LoadBalancerSpec| spec.listeners[0].connection_limit = limit;
    let set = |n: u64| vec![format!("set maxconn frontend {} {n}", id(21))];
    assert_change(limit(None), limit(Some(7)), Some(&set(7)));
    assert_change(limit(Some(7)), limit(Some(0)), Some(&set(1)));
    assert_change(limit(Some(7)), limit(Some(8)), None);
    assert_change(limit(Some(7)), limit(None), None);
    assert_change(limit(None), |spec| spec.listeners[0].port = 80, None);
    let timeout = |spec: &mut LoadBalancerSpec| spec.listeners[0].timeout_client *= 2;
    assert_change(limit(None), timeout, None);
}

#[test]
fn certificates_are_replaced_one_by_one() {
    let tls = |certificates: [&str; 2]| {
        let [default, sni] =
            certificates.map(|pem| CertificatePem::new(pem.as_bytes().to_vec().into()));
        ListenerMode::TerminatedHttps(TlsSpec {
            default_certificate: default,
            sni_certificates: vec![sni],
            versions: TlsVersions::V1_2,
            ciphers: TlsCiphers::default(),
            alpn: Vec::new(),
            hsts: None,
            client_authentication: None,
        })
    };
    let with = |certificates: [&'static str; 2]| {
        move |spec: &mut LoadBalancerSpec| spec.listeners[0].mode = tls(certificates)
    };
    // One listener, then its crt-list at 7.
    assert_change(
        with(["a\n", "b\n"]),
        with(["c\n\nd\r\n", "e"]),
        Some(&[
            "set ssl cert /proc/self/fd/8 <<\nc\nd\n".to_owned(),
            "commit ssl cert /proc/self/fd/8".to_owned(),
            "set ssl cert /proc/self/fd/9 <<\ne\n".to_owned(),
            "commit ssl cert /proc/self/fd/9".to_owned(),
        ]),
    );
    let long: &'static str = Box::leak("x".repeat(15_000).into_boxed_str());
    assert_change(with(["a", "b"]), with(["a", long]), None);
    assert_change(with(["a", "b"]), |spec| spec.listeners[0].mode = ListenerMode::Http, None);
}
