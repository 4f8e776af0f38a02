//! Transfers the stick tables of session persistence from one generation to the next: exports their entries
//! from the old process and imports them into the new one, so that clients stay on their members.

use crate::{
    admin::AdminSession,
    render::{BackendName, backends},
    spec::{LoadBalancerSpec, MemberSpec, Persistence, PoolSpec},
};
use openstack_types::MemberId;
use std::{collections::HashSet, io};

/// The most entries of a table that are transferred, the most recently used first. They take about 60 ms.
const MAX_ENTRIES: usize = 10_000;

/// Transfers every table that both configurations have. `old_process` runs `old`, `new_process` runs `new`.
pub(crate) async fn transfer_stick_tables(
    old_process: &mut AdminSession,
    old: &LoadBalancerSpec,
    new_process: &mut AdminSession,
    new: &LoadBalancerSpec,
) -> io::Result<()> {
    for table in shared_tables(old, new) {
        let exported = export_stick_table(old_process, table.old_backend).await?;
        import_stick_table(new_process, &table, &exported).await?;
    }
    Ok(())
}

async fn export_stick_table(process: &mut AdminSession, table: BackendName) -> io::Result<String> {
    process.execute(&format!("show table {table}")).await
}

async fn import_stick_table(
    process: &mut AdminSession,
    table: &SharedTable<'_>,
    exported: &str,
) -> io::Result<()> {
    process.execute_all(&import_commands(table, exported)).await
}

/// A table that both generations have. HAProxy names a table after its backend.
#[derive(Debug)]
struct SharedTable<'a> {
    old_backend: BackendName,
    new_backend: BackendName,
    old_pool: &'a PoolSpec,
    new_pool: &'a PoolSpec,
}

/// The tables of pools that are in both configurations with the same kind of persistence.
fn shared_tables<'a>(old: &'a LoadBalancerSpec, new: &'a LoadBalancerSpec) -> Vec<SharedTable<'a>> {
    let mut seen = HashSet::new();
    backends(new)
        .filter(|(_, pool, _)| seen.insert(pool.id))
        .filter_map(|(_, new_pool, new_backend)| {
            let uses_table = matches!(
                new_pool.persistence,
                Some(Persistence::SourceIp | Persistence::AppCookie(_))
            );
            let (_, old_pool, old_backend) =
                backends(old).find(|(_, pool, _)| pool.id == new_pool.id)?;
            (uses_table && old_pool.persistence == new_pool.persistence).then_some(SharedTable {
                old_backend,
                new_backend,
                old_pool,
                new_pool,
            })
        })
        .collect()
}

/// The admin commands that fill the new table with the exported entries (the answer to `show table`).
/// Entries of removed members are dropped.
fn import_commands(table: &SharedTable<'_>, exported: &str) -> Vec<String> {
    let mut entries: Vec<(u64, &str, usize)> = exported
        .lines()
        .filter_map(|line| {
            let Entry { key, expires, server_id } = parse_entry(line)?;
            let member = by_server_id(table.old_pool).nth(server_id.checked_sub(1)?)?.id;
            Some((expires, key, server_id_of(table.new_pool, member)?))
        })
        .collect();
    entries.sort_unstable_by(|a, b| b.cmp(a));
    entries
        .into_iter()
        .take(MAX_ENTRIES)
        .map(|(_, key, server_id)| {
            format!("set table {} key {key} data.server_id {server_id}", table.new_backend)
        })
        .collect()
}

/// Members in the order in which HAProxy numbers its servers, from 1.
fn by_server_id(pool: &PoolSpec) -> impl Iterator<Item = &MemberSpec> {
    let mut seen = HashSet::new();
    pool.members.iter().filter(move |member| seen.insert(member.id))
}

fn server_id_of(pool: &PoolSpec, member: MemberId) -> Option<usize> {
    by_server_id(pool).position(|other| other.id == member).map(|index| index + 1)
}

#[derive(Debug, PartialEq, Eq)]
struct Entry<'a> {
    key: &'a str,
    /// Milliseconds left.
    expires: u64,
    server_id: usize,
}

/// Parses a line such as `0x55d0: key=192.0.2.1 use=0 exp=3599 server_id=1 server_key=…`.
///
/// The key may be a client's cookie. A key with anything but harmless characters is dropped, so that it can
/// never end a command and begin another.
fn parse_entry(line: &str) -> Option<Entry<'_>> {
    let field = |name: &str| {
        line.split(' ').find_map(|word| word.strip_prefix(name).and_then(|w| w.strip_prefix('=')))
    };
    let key = field("key")?;
    let is_harmless = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_+/=~".contains(&byte));
    is_harmless.then_some(())?;
    let expires = field("exp")?.parse().ok()?;
    Some(Entry { key, expires, server_id: field("server_id")?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_parsed_and_the_heading_is_skipped() {
        let line =
            "0x556d2ce39570: key=::ffff:127.0.0.1 use=0 exp=3596992 server_id=2 server_key=-";
        let entry = Entry { key: "::ffff:127.0.0.1", expires: 3_596_992, server_id: 2 };
        assert_eq!(parse_entry(line), Some(entry));
        assert_eq!(parse_entry("# table: b1, type: ipv6, size:102400, used:1"), None);
    }

    #[test]
    fn a_cookie_cannot_inject_a_command() {
        for key in ["a;shutdown", "a\\n", "a\"b", "<<", "", "$(x)", "a\u{e9}"] {
            let line = format!("0x1: key={key} use=0 exp=1 server_id=1");
            assert_eq!(parse_entry(&line), None, "{key}");
        }
        let spaced = "0x1: key=a; set server exp=9 server_id=9 use=0 exp=1 server_id=1";
        assert_eq!(parse_entry(spaced), None);
    }
}
