//! Positions of policies.

use crate::RowKey;

/// The position to send for each row of `wanted`, from 1, if the rows are created and moved one after
/// the other. `None` for a row that stays, or that is created at the end. The fewest rows are moved.
///
/// `current` has the rows that are there, in their order. Those that are not wanted stay until the end.
pub(super) fn places(current: &[Option<RowKey>], wanted: &[RowKey]) -> Vec<Option<u32>> {
    let mut places = Vec::new();
    move_one_by_one(current, wanted, |position, _| places.push(position));
    places
}

/// The orders that rows have while they are moved one after the other.
pub(super) fn orders_between(current: &[RowKey], wanted: &[RowKey]) -> Vec<Vec<RowKey>> {
    let current: Vec<Option<RowKey>> = current.iter().copied().map(Some).collect();
    let mut orders = Vec::new();
    move_one_by_one(&current, wanted, |_, rows| {
        orders.push(rows.iter().copied().flatten().collect());
    });
    orders
}

/// Calls `then` for each row of `wanted` with its place and the order when it has it.
fn move_one_by_one(
    current: &[Option<RowKey>],
    wanted: &[RowKey],
    mut then: impl FnMut(Option<u32>, &[Option<RowKey>]),
) {
    let stays = longest_increasing(current, wanted);
    let mut rows = current.to_vec();
    let mut before: Option<RowKey> = None;
    for key in wanted {
        let mut position = None;
        if !stays.contains(key) {
            let old = rows.iter().position(|row| *row == Some(*key));
            if let Some(old) = old {
                rows.remove(old);
            }
            let index = before.map_or(0, |before| {
                rows.iter().position(|row| *row == Some(before)).map_or(rows.len(), |at| at + 1)
            });
            let at_end = index == rows.len();
            rows.insert(index, Some(*key));
            position = (old.is_some() || !at_end).then(|| index as u32 + 1);
        }
        before = Some(*key);
        then(position, &rows);
    }
}

/// The most rows that are in the same order in both lists.
fn longest_increasing(current: &[Option<RowKey>], wanted: &[RowKey]) -> Vec<RowKey> {
    let there = current.iter().flatten();
    let there: Vec<(RowKey, usize)> = there
        .filter_map(|key| Some((*key, wanted.iter().position(|wanted| wanted == key)?)))
        .collect();
    // The best chain that ends at each row: its length and the row before it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(there.len());
    for (index, (_, at)) in there.iter().enumerate() {
        let before = (0..index).filter(|before| there[*before].1 < *at);
        let before = before.max_by_key(|before| best[*before].0);
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut next = (0..there.len()).max_by_key(|index| best[*index].0);
    let mut chain = Vec::new();
    while let Some(index) = next {
        chain.push(there[index].0);
        next = best[index].1;
    }
    chain
}

/// The rows that are in each of the other lists, too.
pub(super) fn common(rows: &[RowKey], others: [&[RowKey]; 2]) -> Vec<RowKey> {
    let is_common = |row: &&RowKey| others.iter().all(|other| other.contains(row));
    rows.iter().filter(is_common).copied().collect()
}

/// The rows of both lists: those of the first in their order, and the others after those that they follow in
/// the second.
pub(super) fn joined(first: &[RowKey], other: &[RowKey]) -> Vec<RowKey> {
    let mut rows = first.to_vec();
    let mut before: Option<RowKey> = None;
    for key in other {
        if !rows.contains(key) {
            let index = before.and_then(|before| rows.iter().position(|row| *row == before));
            rows.insert(index.map_or(0, |index| index + 1), *key);
        }
        before = Some(*key);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(numbers: &[u32]) -> Vec<RowKey> {
        numbers.iter().copied().map(RowKey).collect()
    }

    fn places_of(current: &[u32], wanted: &[u32]) -> Vec<Option<u32>> {
        let current: Vec<_> = keys(current).into_iter().map(Some).collect();
        places(&current, &keys(wanted))
    }

    #[test]
    fn the_fewest_rows_are_moved() {
        assert_eq!(places_of(&[1, 2, 3], &[3, 1, 2]), [Some(1), None, None]);
        assert_eq!(places_of(&[1, 2, 3], &[2, 3, 1]), [None, None, Some(3)]);
        assert_eq!(places_of(&[1, 2, 3], &[1, 3]), [None, None]);
        assert_eq!(places_of(&[1, 2], &[1, 9, 2]), [None, Some(2), None]);
        assert_eq!(places_of(&[1, 2], &[1, 2, 9]), [None, None, None]);
        // A new row takes its place before one that will be removed.
        assert_eq!(places_of(&[1, 2], &[1, 9]), [None, Some(2)]);
    }

    #[test]
    fn added_rows_stay_below_those_that_they_follow() {
        let join = |first: &[u32], other: &[u32]| {
            let joined = joined(&keys(first), &keys(other));
            joined.into_iter().map(|key| key.0).collect::<Vec<_>>()
        };
        assert_eq!(join(&[2, 1], &[1, 9, 2]), [2, 1, 9]);
        assert_eq!(join(&[2, 1], &[1, 8, 2]), [2, 1, 8]);
        assert_eq!(join(&[1, 2], &[8, 1, 2]), [8, 1, 2]);
    }

    proptest! {
        #[test]
        fn moves_lead_to_the_wanted_order(
            current in Just((0_u32..6).collect::<Vec<_>>()).prop_shuffle(),
            wanted in Just((3_u32..9).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let places = places_of(&current, &wanted);
            let mut rows = current;
            for (key, place) in wanted.iter().zip(&places) {
                let is_there = rows.contains(key);
                match place {
                    None if is_there => {}
                    None => rows.push(*key),
                    Some(position) => {
                        rows.retain(|row| row != key);
                        rows.insert((*position as usize - 1).min(rows.len()), *key);
                    }
                }
            }
            rows.retain(|row| wanted.contains(row));
            prop_assert_eq!(rows, wanted);
        }
    }
}
