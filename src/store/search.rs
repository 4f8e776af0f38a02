//! The rows that are shown, in order. Works on indexes only, so that 10,000 rows are filtered
//! between two keystrokes. Pure.

use super::{
    order::{lower, natural_key, sort_indexes},
    row::{Attention, Row, SearchNames},
};
use crate::routes::{Direction, MAX_FILTERS, SortKey};
use openstack_types::{UserId, rules::LbType};
use std::cmp::Ordering;
use std::sync::Arc;

/// Indexes of all rows in the order asked for. The order they were in `before` may still be it: most
/// changes move nothing, and then nothing is sorted. `name_of` tells what is shown of a user.
pub fn order(
    rows: &[Arc<Row>],
    (key, direction): (SortKey, Direction),
    before: Option<&Vec<u32>>,
    name_of: &dyn Fn(&UserId) -> String,
) -> Vec<u32> {
    let creators: Vec<String> = match key {
        SortKey::CreatedBy => {
            let creator = |row: &Arc<Row>| row.created_by.as_ref().map(name_of);
            rows.iter().map(|row| natural_key(&creator(row).unwrap_or_default())).collect()
        }
        _ => Vec::new(),
    };
    let known = before.filter(|before| before.len() == rows.len()).cloned();
    let mut order = known.unwrap_or_else(|| (0_u32..).take(rows.len()).collect());
    sort_indexes(&mut order, &mut |a, b| {
        let by_creator = creators.get(a).cmp(&creators.get(b));
        let (a, b) = (&rows[a], &rows[b]);
        let order = by_creator.then_with(|| compare(a, b, key));
        let order = match direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        };
        // Ties are broken by id, whatever the order of the service.
        order.then_with(|| b.created_at.cmp(&a.created_at)).then_with(|| a.id.cmp(&b.id))
    });
    order
}

/// How many texts a [`Narrowing`] remembers.
const REMEMBERED: usize = 32;

/// What a search has found as it was typed, letter by letter: what a longer text finds is among what the text found
/// that it begins with. For rows, an order, names, and filters that stay the same.
#[derive(Debug, Default)]
pub struct Narrowing(Vec<(String, Vec<u32>)>);

impl Narrowing {
    /// The indexes of `order` whose rows match every word of the search, and the filters of the list: a state and a
    /// type.
    pub fn find(
        &mut self,
        rows: &[Arc<Row>],
        order: &[u32],
        names: &SearchNames,
        search: &str,
        filters: [Option<&str>; MAX_FILTERS],
    ) -> &[u32] {
        let search = lower(search);
        let shorter = self.0.iter().take_while(|(earlier, _)| search.starts_with(earlier.as_str()));
        let shorter = shorter.count();
        self.0.truncate(shorter);
        if self.0.last().is_none_or(|(earlier, _)| *earlier != search) {
            let words: Vec<Word> =
                search.split_whitespace().map(|text| Word::new(text, names)).collect();
            let passes = filter(filters);
            let among = self.0.last().map_or(order, |(_, found)| found);
            let matches = |index: &&u32| {
                let row = rows.get(**index as usize);
                row.is_some_and(|row| passes(row) && words.iter().all(|word| word.is_in(row)))
            };
            let found = among.iter().filter(matches).copied().collect();
            if self.0.len() == REMEMBERED {
                self.0.remove(0);
            }
            self.0.push((search, found));
        }
        self.0.last().map_or(&[], |(_, found)| found)
    }
}

/// A word of the search.
struct Word<'a> {
    text: &'a str,
    /// The creators whose name has it.
    creators: Vec<&'a UserId>,
    /// The ids of the certificates whose name has it.
    certificates: Vec<&'a str>,
}

impl<'a> Word<'a> {
    fn new(text: &'a str, names: &'a SearchNames) -> Self {
        let has_it = |name: &str| lower(name).contains(text);
        let creators = names.users.iter().filter(|(_, name)| has_it(name)).map(|(id, _)| id);
        let certificates = names.certificates.iter().filter(|(_, name)| has_it(name));
        let certificates = certificates.map(|(id, _)| id.as_str());
        Self { text, creators: creators.collect(), certificates: certificates.collect() }
    }

    fn is_in(&self, row: &Row) -> bool {
        row.searchable.contains(self.text)
            || row.created_by.as_ref().is_some_and(|creator| self.creators.contains(&creator))
            || (!self.certificates.is_empty() && self.names_a_certificate(row))
    }

    fn names_a_certificate(&self, row: &Row) -> bool {
        let is_named =
            |reference: &String| self.certificates.iter().any(|id| reference.ends_with(id));
        row.certificates.iter().any(is_named)
    }
}

/// Whether a row passes the filters of the list.
fn filter([state, kind]: [Option<&str>; MAX_FILTERS]) -> impl Fn(&Row) -> bool {
    let state = state.and_then(attention_of);
    let kind = kind.map(|kind| match kind {
        "network" => LbType::Network,
        _ => LbType::Application,
    });
    move |row| {
        state.is_none_or(|state| row.attention() == state)
            && kind.is_none_or(|kind| row.kind == Some(kind))
    }
}

/// What a value of the filter `state` stands for.
fn attention_of(state: &str) -> Option<Attention> {
    Some(match state {
        "healthy" => Attention::None,
        "changing" => Attention::Changing,
        "idle" => Attention::Idle,
        "degraded" => Attention::Impaired,
        "down" => Attention::Broken,
        _ => return None,
    })
}

fn compare(a: &Row, b: &Row, key: SortKey) -> Ordering {
    match key {
        SortKey::Name => a.name_key.cmp(&b.name_key),
        SortKey::State => (a.attention(), &a.provisioning, &a.operating).cmp(&(
            b.attention(),
            &b.provisioning,
            &b.operating,
        )),
        SortKey::Type => a.kind.cmp(&b.kind),
        SortKey::Vip => a.vip_key.cmp(&b.vip_key),
        SortKey::Listeners => {
            let key = |row: &Row| (row.listeners.first().map(|l| l.1), row.listeners.len());
            key(a).cmp(&key(b))
        }
        SortKey::Servers => {
            // Compares healthy/total as fractions without division; no server at all is the least.
            let (a, b) = (a.servers, b.servers);
            match (a.total, b.total) {
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                _ => (u64::from(a.healthy) * u64::from(b.total))
                    .cmp(&(u64::from(b.healthy) * u64::from(a.total)))
                    .then(a.total.cmp(&b.total)),
            }
        }
        SortKey::CreatedAt => a.created_at.cmp(&b.created_at),
        // Equal names.
        SortKey::CreatedBy => a.created_by.cmp(&b.created_by),
    }
}
