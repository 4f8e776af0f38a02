//! Which parts of a load balancer are drawn. Pure.
//!
//! What would make the picture too high to be taken in is folded into one box with a number.

use crate::store::{Graph, PoolGraph, row::protocol_word};
use openstack_types::{ListenerId, MemberId, OperatingStatus, PoolId, octavia::Listener};
use uuid::Uuid;

/// Listeners drawn one by one.
const LISTENERS: usize = 8;
/// Server groups drawn one by one.
const GROUPS: usize = 6;
/// Servers of a group drawn one by one, and all servers together.
const SERVERS: (usize, usize) = (6, 10);

/// What a box stands for; a box stays the same while this does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Clients,
    Vip,
    Listener(ListenerId),
    /// All that lead to one group, or to none.
    Listeners(Option<PoolId>),
    Group(PoolId),
    Groups,
    Server(MemberId),
    /// All of a group, or all there are.
    Servers(Option<PoolId>),
}

/// What stands in a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Clients,
    /// An address, an endpoint or a name, as it is.
    Named(String),
    /// A server group without a name.
    Unnamed,
    Listeners(usize),
    Groups(usize),
    Servers {
        healthy: usize,
        total: usize,
    },
}

/// The id of the element on the page that tells all about a part.
pub(in crate::pages::load_balancers::details) fn anchor_id(id: Uuid) -> String {
    format!("anchor-{id}")
}

/// A box without a place yet.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) what: What,
    /// The worst there is, where it stands for several.
    pub(super) status: Option<OperatingStatus>,
    /// Whose traffic counts as its own.
    pub(super) counted: Vec<Uuid>,
    /// The part of the page that tells more; none stands for nothing on the page.
    pub(super) place: Option<String>,
}

impl Found {
    pub(super) fn new(key: Key, what: What, counted: Vec<Uuid>) -> Self {
        Self { key, what, status: None, counted, place: None }
    }
}

fn are_folded(graph: &Graph) -> bool {
    graph.pools.len() > GROUPS
}

/// Each with the group that it leads to, in the order of the groups, so that few lines cross.
pub(super) fn listeners(graph: &Graph) -> Vec<(Found, Option<Key>)> {
    let place = |pool: Option<PoolId>| {
        graph.pools.iter().position(|one| Some(one.pool.id) == pool).unwrap_or(usize::MAX)
    };
    let to = |pool: Option<PoolId>| {
        let pool = pool.filter(|_| place(pool) < usize::MAX)?;
        Some(if are_folded(graph) { Key::Groups } else { Key::Group(pool) })
    };
    let mut ordered: Vec<_> = graph.listeners.iter().collect();
    ordered.sort_by_key(|one| place(one.default_pool_id));
    if ordered.len() <= LISTENERS {
        let one = |listener: &Listener| {
            let words = protocol_word(&listener.protocol);
            let what = What::Named(format!("{words}:{}", listener.protocol_port));
            let found = Found {
                status: Some(listener.operating_status.clone()),
                place: Some(anchor_id(listener.id.0)),
                ..Found::new(Key::Listener(listener.id), what, vec![listener.id.0])
            };
            (found, to(listener.default_pool_id))
        };
        return ordered.into_iter().map(one).collect();
    }
    let leads_to = |one: &&Listener| {
        one.default_pool_id
            .filter(|_| !are_folded(graph) && place(one.default_pool_id) < usize::MAX)
    };
    ordered
        .chunk_by(|a, b| leads_to(a) == leads_to(b))
        .map(|some| {
            let pool = leads_to(&some[0]);
            let counted = some.iter().map(|one| one.id.0).collect();
            let found = Found {
                status: worst(some.iter().map(|one| &one.operating_status)),
                place: Some(anchor_id(some[0].id.0)),
                ..Found::new(Key::Listeners(pool), What::Listeners(some.len()), counted)
            };
            (found, to(some[0].default_pool_id))
        })
        .collect()
}

/// Those that are drawn: each, or one box for all.
pub(super) fn groups(graph: &Graph) -> Vec<Found> {
    if are_folded(graph) {
        return vec![Found {
            status: worst(graph.pools.iter().map(|one| &one.pool.operating_status)),
            place: graph.pools.first().map(|one| anchor_id(one.pool.id.0)),
            ..Found::new(Key::Groups, What::Groups(graph.pools.len()), members(&graph.pools))
        }];
    }
    let one = |group: &PoolGraph| Found {
        status: Some(group.pool.operating_status.clone()),
        place: Some(anchor_id(group.pool.id.0)),
        ..Found::new(
            Key::Group(group.pool.id),
            match group.pool.name.trim() {
                "" => What::Unnamed,
                name => What::Named(name.to_owned()),
            },
            members(std::slice::from_ref(group)),
        )
    };
    graph.pools.iter().map(one).collect()
}

/// Each with the group it belongs to.
pub(super) fn servers(graph: &Graph) -> Vec<(Key, Found)> {
    if are_folded(graph) {
        return count(&graph.pools, None).map(|found| (Key::Groups, found)).into_iter().collect();
    }
    let all: usize = graph.pools.iter().map(|group| group.members.len()).sum();
    let mut found = Vec::new();
    for group in &graph.pools {
        let key = Key::Group(group.pool.id);
        if group.members.len() > SERVERS.0 || all > SERVERS.1 {
            let counted = count(std::slice::from_ref(group), Some(group.pool.id));
            found.extend(counted.map(|counted| (key, counted)));
            continue;
        }
        found.extend(group.members.iter().map(|member| {
            let what = What::Named(member_word(&member.address, member.protocol_port));
            let server = Found {
                status: Some(member.operating_status.clone()),
                place: Some(anchor_id(member.id.0)),
                ..Found::new(Key::Server(member.id), what, vec![member.id.0])
            };
            (key, server)
        }));
    }
    found
}

/// All servers of some groups as one box; none is none.
fn count(groups: &[PoolGraph], of: Option<PoolId>) -> Option<Found> {
    let all = || groups.iter().flat_map(|group| &group.members);
    let first = all().next()?;
    let serves = |status: &OperatingStatus| {
        matches!(status, OperatingStatus::Online | OperatingStatus::NoMonitor)
    };
    let healthy = all().filter(|one| serves(&one.operating_status)).count();
    Some(Found {
        status: worst(all().map(|one| &one.operating_status)),
        place: Some(anchor_id(first.id.0)),
        ..Found::new(
            Key::Servers(of),
            What::Servers { healthy, total: all().count() },
            members(groups),
        )
    })
}

fn members(groups: &[PoolGraph]) -> Vec<Uuid> {
    groups.iter().flat_map(|group| &group.members).map(|member| member.id.0).collect()
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`
fn member_word(address: &str, port: u16) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

/// Some that work and some that do not are DEGRADED together.
fn worst<'a>(
    statuses: impl Iterator<Item = &'a OperatingStatus> + Clone,
) -> Option<OperatingStatus> {
    let rank = |status: &OperatingStatus| match status {
        OperatingStatus::Error => 5,
        OperatingStatus::Degraded => 4,
        OperatingStatus::Offline => 3,
        OperatingStatus::Unknown(_) | OperatingStatus::Draining => 2,
        OperatingStatus::NoMonitor => 1,
        OperatingStatus::Online => 0,
    };
    let worst = statuses.clone().max_by_key(|status| rank(status))?;
    let some_work = statuses.clone().any(|status| rank(status) < 2);
    match worst {
        OperatingStatus::Error if some_work => Some(OperatingStatus::Degraded),
        other => Some(other.clone()),
    }
}
