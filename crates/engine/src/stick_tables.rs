//! Hands the tables of session persistence from one generation to the next, so that a change does
//! not throw clients onto other members.

use crate::{
    render::{BackendName, backends},
    spec::{LoadBalancerSpec, MemberSpec, Persistence, PoolSpec},
};
use openstack_types::MemberId;
use std::collections::HashSet;

/// The most entries of a table that are carried over, the latest used first: some 60 ms.
const MOST: usize = 10_000;

/// A table that both generations have.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// What it is called in the old one.
    pub(crate) from: BackendName,
    to: BackendName,
    old: &'a PoolSpec,
    new: &'a PoolSpec,
}

/// The tables that `old` and `new` share: of the same pool, by the same key.
pub(crate) fn shared<'a>(old: &'a LoadBalancerSpec, new: &'a LoadBalancerSpec) -> Vec<Table<'a>> {
    let mut seen = HashSet::new();
    backends(new)
        .filter(|(_, pool, _)| seen.insert(pool.id))
        .filter_map(|(_, pool, to)| {
            let by_table =
                matches!(pool.persistence, Some(Persistence::SourceIp | Persistence::AppCookie(_)));
            let (_, before, from) = backends(old).find(|(_, before, _)| before.id == pool.id)?;
            (by_table && before.persistence == pool.persistence).then_some(Table {
                from,
                to,
                old: before,
                new: pool,
            })
        })
        .collect()
}

impl Table<'_> {
    /// The admin commands that fill the new table with what `shown` (the answer to `show table`)
    /// holds. A member that is gone takes its entries with it.
    pub(crate) fn commands(&self, shown: &str) -> Vec<String> {
        let mut entries: Vec<(u64, &str, usize)> = shown
            .lines()
            .filter_map(|line| {
                let (key, expires, server) = entry(line)?;
                let member = numbered(self.old).nth(server.checked_sub(1)?)?.id;
                Some((expires, key, self.number(member)?))
            })
            .collect();
        entries.sort_unstable_by(|a, b| b.cmp(a));
        entries
            .into_iter()
            .take(MOST)
            .map(|(_, key, number)| {
                format!("set table {} key {key} data.server_id {number}", self.to)
            })
            .collect()
    }

    fn number(&self, member: MemberId) -> Option<usize> {
        numbered(self.new).position(|other| other.id == member).map(|index| index + 1)
    }
}

/// Members in the order in which HAProxy numbers them, from 1.
fn numbered(pool: &PoolSpec) -> impl Iterator<Item = &MemberSpec> {
    let mut seen = HashSet::new();
    pool.members.iter().filter(move |member| seen.insert(member.id))
}

/// Key, milliseconds left, and server of a line such as
/// `0x55d0: key=192.0.2.1 use=0 exp=3599 server_id=1 server_key=…`.
///
/// The key may be a client's cookie: one with anything but harmless characters is forgotten, so
/// that it can never end a command and begin another.
fn entry(line: &str) -> Option<(&str, u64, usize)> {
    let field = |name: &str| {
        line.split(' ').find_map(|word| word.strip_prefix(name).and_then(|w| w.strip_prefix('=')))
    };
    let key = field("key")?;
    let harmless = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_+/=~".contains(&byte));
    harmless.then_some(())?;
    Some((key, field("exp")?.parse().ok()?, field("server_id")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::entry;

    #[test]
    fn entries() {
        let line =
            "0x556d2ce39570: key=::ffff:127.0.0.1 use=0 exp=3596992 server_id=2 server_key=-";
        assert_eq!(entry(line), Some(("::ffff:127.0.0.1", 3_596_992, 2)));
        assert_eq!(entry("# table: b1, type: ipv6, size:102400, used:1"), None);
    }

    #[test]
    fn a_cookie_cannot_become_a_command() {
        for key in ["a;shutdown", "a\\n", "a\"b", "<<", "", "$(x)", "a\u{e9}"] {
            assert_eq!(entry(&format!("0x1: key={key} use=0 exp=1 server_id=1")), None, "{key}");
        }
        let spaced = "0x1: key=a; set server exp=9 server_id=9 use=0 exp=1 server_id=1";
        assert_eq!(entry(spaced), None);
    }
}
