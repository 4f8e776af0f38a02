//! The rows that are shown, in order. Works on indexes only, so that 10,000 rows are filtered
//! between two keystrokes. Pure.

use super::{
    order::{lower, natural_key, sort_indexes},
    row::{Attention, Row},
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

/// The rows of `order` that match every word of the search, and the filters of the list: a state and a type.
pub fn matching<'a>(
    rows: &'a [Arc<Row>],
    order: &[u32],
    search: &str,
    [state, kind]: [Option<&str>; MAX_FILTERS],
) -> Vec<&'a Row> {
    let state = state.and_then(attention_of);
    let kind = kind.map(|kind| match kind {
        "network" => LbType::Network,
        _ => LbType::Application,
    });
    let passes = |row: &&Row| {
        state.is_none_or(|state| row.attention() == state)
            && kind.is_none_or(|kind| row.kind == Some(kind))
    };
    let search = lower(search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let rows = order.iter().filter_map(|index| rows.get(*index as usize)).map(AsRef::as_ref);
    rows.filter(passes)
        .filter(|row| words.iter().all(|word| row.searchable.contains(word)))
        .collect()
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
