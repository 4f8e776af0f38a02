//! Transfers the stick tables of session persistence from one process to the next: exports their entries
//! from the old process and imports them into the new one, so that clients stay on their members.

mod entry;

use crate::{
    admin::AdminSession,
    render::{BackendName, backends},
    server_ids::ServerIds,
    spec::{LoadBalancerSpec, Persistence},
};
use entry::Entry;
use openstack_types::PoolId;
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    io,
};

/// A stick table of a process. HAProxy names it after its backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StickTable {
    backend: BackendName,
    persistence: Persistence,
    is_http: bool,
}

/// The stick tables of a process that runs `spec`.
pub(crate) fn stick_tables(spec: &LoadBalancerSpec) -> Vec<StickTable> {
    let mut seen = HashSet::new();
    backends(spec)
        .filter(|(_, pool, _)| seen.insert(pool.id))
        .filter_map(|(listener, pool, backend)| {
            let persistence = pool.persistence.clone()?;
            let is_http = listener.mode.is_http();
            let has_table = match persistence {
                Persistence::SourceIp => true,
                Persistence::AppCookie(_) => is_http,
                Persistence::HttpCookie => false,
            };
            has_table.then_some(StickTable { backend, persistence, is_http })
        })
        .collect()
}

impl StickTable {
    pub(crate) fn backend(&self) -> BackendName {
        self.backend
    }

    /// Whether its entries are learned from the responses to HTTP requests.
    pub(crate) fn is_http(&self) -> bool {
        self.is_http
    }

    fn continues_in(&self, next: &Self) -> bool {
        self.backend.pool == next.backend.pool && self.persistence == next.persistence
    }
}

/// The entries of a process that were exported already, so that later only the others are.
#[derive(Debug, Default)]
pub(crate) struct Exported {
    hasher: RandomState,
    /// The server id of each entry, by the hash of pool and key. Much smaller than the entries.
    servers: HashMap<u64, u32>,
}

impl Exported {
    /// The entries that are new or have another server than at the last call, those that expire first at the
    /// front.
    async fn export_changed(
        &mut self,
        process: &mut AdminSession,
        table: &StickTable,
        ids: &ServerIds,
    ) -> io::Result<Vec<Entry>> {
        let text = process.execute(&format!("show table {}", table.backend)).await?;
        let known: HashSet<u32> = ids.values().collect();
        let mut entries: Vec<Entry> = text
            .lines()
            .filter_map(|line| Entry::parse(line, ids))
            .filter(|entry| known.contains(&entry.server_id))
            .filter(|entry| self.is_changed(table.backend.pool, entry))
            .collect();
        // HAProxy drops the entries that expire first when a table is full, and expects those used last at
        // the end.
        entries.sort_by_key(|entry| entry.expires);
        Ok(entries)
    }

    fn is_changed(&mut self, pool: PoolId, entry: &Entry) -> bool {
        let hash = self.hasher.hash_one((pool, &entry.key));
        self.servers.insert(hash, entry.server_id) != Some(entry.server_id)
    }
}

/// A process with its stick tables.
pub(crate) struct Source<'a> {
    pub(crate) process: &'a mut AdminSession,
    pub(crate) tables: &'a [StickTable],
    pub(crate) exported: &'a mut Exported,
}

/// Copies every table that both processes have, without what an earlier call copied. Both number their servers
/// by `ids`. Entries of members without an id are dropped.
pub(crate) async fn transfer_stick_tables(
    from: Source<'_>,
    to: &mut AdminSession,
    tables: &[StickTable],
    ids: &ServerIds,
) -> io::Result<()> {
    for next in tables {
        let Some(table) = from.tables.iter().find(|table| table.continues_in(next)) else {
            continue;
        };
        let entries = from.exported.export_changed(from.process, table, ids).await?;
        let commands = entries.iter().map(|entry| entry.import_command(next.backend));
        if let Err(error) = to.execute_all(Box::new(commands)).await {
            // The next call copies all of them.
            *from.exported = Exported::default();
            return Err(error);
        }
    }
    Ok(())
}
