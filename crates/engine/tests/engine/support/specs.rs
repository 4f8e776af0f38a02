//! Specifications with the defaults of the tests.

use engine::spec::*;
use openstack_types::{ListenerId, LoadBalancerId, MemberId, PoolId};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use uuid::Uuid;

pub fn member_at(id: MemberId, at: SocketAddr) -> MemberSpec {
    MemberSpec {
        id,
        address: at.ip(),
        port: at.port(),
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    }
}

pub fn listener(mode: ListenerMode, port: u16, pool: Option<PoolId>) -> ListenerSpec {
    ListenerSpec {
        id: ListenerId(Uuid::new_v4()),
        mode,
        port,
        connection_limit: None,
        default_pool: pool,
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::from_secs(50),
        timeout_connect: Duration::from_secs(5),
        timeout_server: Duration::from_secs(50),
        timeout_tcp_inspect: Duration::ZERO,
        insert_headers: InsertHeaders::default(),
    }
}

pub fn pool(members: impl IntoIterator<Item = MemberSpec>) -> PoolSpec {
    PoolSpec {
        id: PoolId(Uuid::new_v4()),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: None,
        tls: None,
        members: members.into_iter().collect(),
        monitor: None,
    }
}

/// One HTTP listener on port 8000, which needs no privileges, with one pool.
pub fn load_balancer(vip: IpAddr, pool: PoolSpec) -> LoadBalancerSpec {
    LoadBalancerSpec {
        id: LoadBalancerId(Uuid::new_v4()),
        vip,
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![listener(ListenerMode::Http, 8000, Some(pool.id))],
        pools: vec![pool],
    }
}

pub fn monitor(kind: MonitorKind) -> MonitorSpec {
    MonitorSpec {
        kind,
        delay: Duration::from_millis(300),
        // Long enough for a busy machine: only a member that never answers times out.
        timeout: Duration::from_secs(10),
        rise: 2,
        fall: 2,
    }
}

pub fn http_check() -> HttpCheck {
    HttpCheck {
        method: "GET".parse().unwrap(),
        path: "/health".parse().unwrap(),
        expected: "200".parse().unwrap(),
        host: CheckHost::Absent,
    }
}
