//! Which rows are shown and in which order: indexes only, so that ten thousand rows are filtered
//! between two keystrokes. Pure.

use super::{
    order::{lower, sort_indexes},
    row::Row,
};
use crate::routes::{Direction, ListQuery, SortKey};
use std::cmp::Ordering;
use std::sync::Arc;

/// Indexes of the rows that every word of the search matches, in the order asked for.
pub fn view(rows: &[Arc<Row>], query: &ListQuery) -> Vec<u32> {
    let search = lower(&query.search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let mut shown: Vec<u32> = (0_u32..)
        .zip(rows)
        .filter(|(_, row)| words.iter().all(|word| row.searchable.contains(word)))
        .map(|(index, _)| index)
        .collect();
    sort_indexes(&mut shown, &mut |a, b| {
        let (a, b) = (&rows[a], &rows[b]);
        let order = compare(a, b, query.sort);
        let order = match query.direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        };
        // The same order every time, whatever order the service lists them in.
        order.then_with(|| b.created_at.cmp(&a.created_at)).then_with(|| a.id.cmp(&b.id))
    });
    shown
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
            // healthy of all, as fractions without dividing; none at all is the least.
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
        SortKey::CreatedBy => a.created_by.cmp(&b.created_by),
    }
}
