//! `show stat`: the counters of a process, and differences of counters across processes.

use crate::{admin::AdminSession, error::StatsError, render::BackendName, report::TrafficCounters};
use openstack_types::{ListenerId, MemberId, PoolId};
use std::{collections::BTreeMap, io};

/// One answer to `show stat`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    /// Since the start of the process.
    pub(crate) counters: ProcessCounters,
    /// One entry for each member of each backend.
    pub(crate) servers: Vec<ServerStats>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessCounters {
    pub(crate) listeners: BTreeMap<ListenerId, TrafficCounters>,
    /// The sum over all backends of a member.
    pub(crate) members: BTreeMap<MemberId, TrafficCounters>,
}

/// A member in one backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerStats {
    pub(crate) backend: BackendName,
    pub(crate) member: MemberId,
    /// `UP`, `DOWN 1/2`, `MAINT`, `no check` and so on.
    pub(crate) status: String,
    /// `L4CON`, `L7STS` and so on, after `* ` while a check runs. Empty without a check.
    pub(crate) check_status: String,
    pub(crate) check_code: Option<u16>,
    pub(crate) check_millis: Option<u64>,
    pub(crate) last_check: String,
    /// The checks run in another backend.
    pub(crate) tracks: bool,
}

impl Stats {
    /// Reads the statistics of a process, and the difference of its counters to `counters`, which are updated.
    pub(crate) async fn read(
        admin: &mut AdminSession,
        counters: &mut ProcessCounters,
    ) -> io::Result<(Self, ProcessCounters)> {
        let text = admin.execute("show stat").await?;
        let stats = Self::parse(&text).map_err(io::Error::other)?;
        let delta = stats.counters.since(counters);
        *counters = stats.counters.clone();
        Ok((stats, delta))
    }

    /// Parses the CSV.
    pub(crate) fn parse(text: &str) -> Result<Self, StatsError> {
        let mut stats = Self::default();
        for_each_row(text, |row| stats.add_row(row))?;
        Ok(stats)
    }

    /// The number of requests that are not answered yet, in the HTTP backends of `pools`.
    pub(crate) fn parse_open_requests(text: &str, pools: &[PoolId]) -> Result<u64, StatsError> {
        let mut open = 0;
        for_each_row(text, |row| {
            let is_one = row.text("svname") == "BACKEND"
                && row.text("mode") == "http"
                && BackendName::parse(row.text("pxname")).is_some_and(|b| pools.contains(&b.pool));
            if is_one {
                open += row.number("scur");
            }
        })?;
        Ok(open)
    }

    fn add_row(&mut self, row: &Row<'_>) {
        match row.text("svname") {
            "FRONTEND" => {
                let Ok(listener) = row.text("pxname").parse() else { return };
                let counters = self.counters.listeners.entry(listener).or_default();
                counters.add(&TrafficCounters {
                    active_connections: row.number("scur"),
                    connections: row.number("conn_tot"),
                    requests: row.number("req_tot"),
                    bytes_in: row.number("bin"),
                    bytes_out: row.number("bout"),
                    errors: row.number("ereq"),
                    responses: row.responses(),
                });
            }
            "BACKEND" => {
                let Some(backend) = BackendName::parse(row.text("pxname")) else { return };
                let listener = self.counters.listeners.entry(backend.listener).or_default();
                listener.errors += row.number("econ") + row.number("eresp");
            }
            member => {
                let Some(backend) = BackendName::parse(row.text("pxname")) else { return };
                let Ok(member) = member.parse() else { return };
                let sessions = row.number("stot");
                let counters = self.counters.members.entry(member).or_default();
                counters.add(&TrafficCounters {
                    active_connections: row.number("scur"),
                    connections: sessions,
                    requests: if row.text("mode") == "http" { sessions } else { 0 },
                    bytes_in: row.number("bin"),
                    bytes_out: row.number("bout"),
                    errors: row.number("econ") + row.number("eresp"),
                    responses: row.responses(),
                });
                self.servers.push(ServerStats {
                    backend,
                    member,
                    status: row.text("status").to_owned(),
                    check_status: row.text("check_status").to_owned(),
                    check_code: row.text("check_code").parse().ok(),
                    check_millis: row.text("check_duration").parse().ok(),
                    last_check: row.text("last_chk").to_owned(),
                    tracks: !row.text("tracked").is_empty(),
                });
            }
        }
    }

    /// Whether no client connection is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.counters.listeners.values().all(|counters| counters.active_connections == 0)
    }
}

/// Columns are found by name, because newer versions of HAProxy have more of them.
fn for_each_row(text: &str, mut use_row: impl FnMut(&Row<'_>)) -> Result<(), StatsError> {
    let text = text.trim_start().strip_prefix("# ").ok_or(StatsError::NoHeader)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns: BTreeMap<String, usize> = reader
        .headers()?
        .iter()
        .enumerate()
        .map(|(index, name)| (name.to_owned(), index))
        .collect();
    for record in reader.records() {
        use_row(&Row { columns: &columns, record: &record? });
    }
    Ok(())
}

struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    fn text(&self, column: &str) -> &'a str {
        self.columns.get(column).and_then(|index| self.record.get(*index)).unwrap_or_default()
    }

    fn number(&self, column: &str) -> u64 {
        self.text(column).parse().unwrap_or(0)
    }

    fn responses(&self) -> [u64; 6] {
        ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"]
            .map(|column| self.number(column))
    }
}

impl TrafficCounters {
    fn add(&mut self, other: &Self) {
        self.active_connections += other.active_connections;
        self.connections += other.connections;
        self.requests += other.requests;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.errors += other.errors;
        for (sum, other) in self.responses.iter_mut().zip(other.responses) {
            *sum += other;
        }
    }

    /// The difference to `earlier`. The open connections are not a difference.
    fn since(&self, earlier: &Self) -> Self {
        let mut responses = self.responses;
        for (now, before) in responses.iter_mut().zip(earlier.responses) {
            *now = now.saturating_sub(before);
        }
        Self {
            active_connections: self.active_connections,
            connections: self.connections.saturating_sub(earlier.connections),
            requests: self.requests.saturating_sub(earlier.requests),
            bytes_in: self.bytes_in.saturating_sub(earlier.bytes_in),
            bytes_out: self.bytes_out.saturating_sub(earlier.bytes_out),
            errors: self.errors.saturating_sub(earlier.errors),
            responses,
        }
    }
}

impl ProcessCounters {
    /// The difference between two answers of one process.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        fn difference<K: Ord + Copy>(
            now: &BTreeMap<K, TrafficCounters>,
            before: &BTreeMap<K, TrafficCounters>,
        ) -> BTreeMap<K, TrafficCounters> {
            now.iter()
                .map(|(key, counters)| {
                    (*key, before.get(key).map_or(*counters, |earlier| counters.since(earlier)))
                })
                .collect()
        }
        Self {
            listeners: difference(&self.listeners, &earlier.listeners),
            members: difference(&self.members, &earlier.members),
        }
    }

    /// Adds the counters of another process of the same load balancer.
    pub(crate) fn add(&mut self, other: &Self) {
        for (key, counters) in &other.listeners {
            self.listeners.entry(*key).or_default().add(counters);
        }
        for (key, counters) in &other.members {
            self.members.entry(*key).or_default().add(counters);
        }
    }

    /// Whether there was no traffic and no connection is open.
    pub(crate) fn is_zero(&self) -> bool {
        self.listeners
            .values()
            .chain(self.members.values())
            .all(|c| *c == TrafficCounters::default())
    }
}

impl ServerStats {
    pub(crate) fn pool(&self) -> PoolId {
        self.backend.pool
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENER: &str = "11111111-1111-4111-8111-111111111111";
    const POOL: &str = "22222222-2222-4222-8222-222222222222";
    const MEMBER: &str = "33333333-3333-4333-8333-333333333333";

    fn csv(requests: u64) -> String {
        format!(
            "# pxname,svname,scur,stot,bin,bout,ereq,econ,eresp,status,check_status,check_code,\
             check_duration,hrsp_2xx,req_tot,last_chk,tracked,mode,conn_tot,\n\
             {LISTENER},FRONTEND,1,9,100,200,1,,,OPEN,,,,{requests},{requests},,,http,4,\n\
             {POOL}:{LISTENER},{MEMBER},1,{requests},90,190,,2,3,UP 1/2,L7STS,503,12,{requests},,\
             \"a \"\"quoted\"\", text\",,http,,\n\
             {POOL}:{LISTENER},BACKEND,1,{requests},90,190,,2,3,UP,,,,{requests},,,,http,,\n"
        )
    }

    #[test]
    fn columns_are_found_by_name() {
        let stats = Stats::parse(&csv(7)).unwrap();
        let listener = stats.counters.listeners[&LISTENER.parse().unwrap()];
        assert_eq!((listener.connections, listener.requests, listener.errors), (4, 7, 6));
        assert_eq!(listener.responses, [0, 7, 0, 0, 0, 0]);
        let member = stats.counters.members[&MEMBER.parse().unwrap()];
        assert_eq!((member.connections, member.requests, member.errors), (7, 7, 5));
        assert_eq!(stats.servers[0].last_check, "a \"quoted\", text");
        assert_eq!(stats.servers[0].check_code, Some(503));
        assert!(!stats.is_idle());
        let [pool, other] = [POOL, LISTENER].map(|id| id.parse().unwrap());
        assert_eq!(Stats::parse_open_requests(&csv(7), &[pool]).unwrap(), 1);
        assert_eq!(Stats::parse_open_requests(&csv(7), &[other]).unwrap(), 0);
    }

    #[test]
    fn counters_never_decrease_when_a_new_process_starts() {
        let (old, new) = (Stats::parse(&csv(50)).unwrap(), Stats::parse(&csv(2)).unwrap());
        let mut delta = old.counters.since(&Stats::parse(&csv(40)).unwrap().counters);
        delta.add(&new.counters.since(&ProcessCounters::default()));
        assert_eq!(delta.listeners[&LISTENER.parse().unwrap()].requests, 12);
        assert_eq!(delta.members[&MEMBER.parse().unwrap()].requests, 12);
    }

    #[test]
    fn an_answer_that_is_not_csv_is_an_error() {
        assert!(Stats::parse("Unknown command").is_err());
    }
}
