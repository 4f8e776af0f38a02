//! Which servers of a server group are shown, and in which order. Pure.

use crate::{
    pages::load_balancers::labels::endpoint_label,
    routes::{Direction, ListQuery, ServerSort},
    store::lower,
};
use openstack_types::{MemberId, OperatingStatus, portal::MemberSummary};

/// Servers of a group on the first tab. The traffic path draws as many one by one.
pub(super) const FEW: usize = 6;

/// The index of the filter `health` in a [`ListQuery`] of servers, and its value for servers that are down.
pub(super) const HEALTH: (usize, &str) = (0, "down");

/// The search for servers in the URL.
pub(super) type ServerQuery = ListQuery<ServerSort>;

/// Whether only servers that are down are shown.
pub(super) fn is_down_only(query: &ServerQuery) -> bool {
    let (filter, down) = HEALTH;
    query.filters[filter] == Some(down)
}

/// How urgent a status is; most urgent first.
fn urgency(status: &OperatingStatus) -> u8 {
    match status {
        OperatingStatus::Error => 0,
        OperatingStatus::Degraded | OperatingStatus::Unknown(_) => 1,
        OperatingStatus::Draining => 2,
        OperatingStatus::Offline => 3,
        OperatingStatus::NoMonitor | OperatingStatus::Online => 4,
    }
}

/// The first servers, failed ones before others.
pub(super) fn few_servers(members: &[MemberSummary]) -> Vec<MemberId> {
    let mut all: Vec<_> = members.iter().collect();
    all.sort_by_key(|one| urgency(&one.operating_status));
    all.into_iter().take(FEW).map(|one| one.id).collect()
}

/// Every word of the search has to be in the address, port, name, tags or status of a server.
pub(super) fn found_servers(members: &[MemberSummary], query: &ServerQuery) -> Vec<MemberId> {
    let search = lower(&query.search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let down_only = is_down_only(query);
    let matches = |one: &&MemberSummary| {
        if down_only && one.operating_status != OperatingStatus::Error {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let endpoint = endpoint_label(&one.address, one.protocol_port);
        let text = lower(&format!("{endpoint} {} {}", one.name, one.operating_status));
        words.iter().all(|word| text.contains(word))
    };
    let mut all: Vec<_> = members.iter().filter(matches).collect();
    match query.sort {
        // As the graph has them.
        ServerSort::Address => {}
        ServerSort::Weight => all.sort_by_key(|one| one.weight),
        ServerSort::Health => all.sort_by_key(|one| urgency(&one.operating_status)),
    }
    if query.direction == Direction::Descending {
        all.reverse();
    }
    all.into_iter().map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::load_balancers::details::test_graph::graph;
    use serde_json::json;

    fn addresses(query: &ServerQuery) -> Vec<String> {
        let graph = graph(&json!({"pools": [{"members": [
            {"address": "10.0.0.1", "weight": 5},
            {"address": "10.0.0.2", "operating_status": "ERROR", "name": "Blue"},
            {"address": "10.0.0.10", "operating_status": "DRAINING", "weight": 0},
            {"address": "10.0.0.11", "operating_status": "ERROR"},
        ]}]}));
        let members = &graph.pools[0].members;
        let found = found_servers(members, query);
        let address =
            |id: &MemberId| members.iter().find(|one| one.id == *id).unwrap().address.clone();
        found.iter().map(address).collect()
    }

    #[test]
    fn failed_servers_come_first() {
        let query = ServerQuery::default();
        assert_eq!(addresses(&query), ["10.0.0.2", "10.0.0.11", "10.0.0.10", "10.0.0.1"]);
        let query = query.sorted_by(ServerSort::Weight).sorted_by(ServerSort::Weight);
        assert_eq!(addresses(&query)[0], "10.0.0.1");
    }

    #[test]
    fn every_word_of_the_search_matches() {
        let found = |search: &str, down_only: bool| {
            let query = ServerQuery { search: search.to_owned(), ..Default::default() };
            let (filter, down) = HEALTH;
            addresses(&query.filtered(filter, if down_only { down } else { "" }))
        };
        assert_eq!(found("blue error", false), ["10.0.0.2"]);
        assert_eq!(found("10.0.0.1", true), ["10.0.0.11"]);
        assert_eq!(found("", true), ["10.0.0.2", "10.0.0.11"]);
        assert_eq!(found(":443", false), Vec::<String>::new());
    }
}
