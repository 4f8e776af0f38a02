//! Recycles rows: creating them is slow, changing them is fast. Pure.

/// A row element: its number, and the key that it shows.
pub(super) type Slot<K> = (u32, K);

/// Assigns `keys` to the rows `drawn`, in the order of `keys`.
///
/// A key that is shown already keeps its row. Other keys reuse rows whose key is no longer shown,
/// preferably at the same index, so that little moves. The row at index `held`, which has the
/// focus, never shows another key: the user's next action is meant for the one it shows. `next`
/// numbers new rows.
pub(super) fn assign<K: Copy + Eq>(
    drawn: &[Slot<K>],
    keys: &[K],
    held: Option<usize>,
    next: &mut u32,
) -> Vec<Slot<K>> {
    let shows = |key: &K| drawn.iter().find(|(_, shown)| shown == key).map(|(number, _)| *number);
    let goes = |place: usize, shown: &K| held != Some(place) && !keys.contains(shown);
    let mut free: Vec<Option<u32>> = (0..)
        .zip(drawn)
        .map(|(place, (number, shown))| goes(place, shown).then_some(*number))
        .collect();
    let slots: Vec<(Option<u32>, K)> = (0..)
        .zip(keys)
        .map(|(place, key)| {
            let own = || free.get_mut(place).and_then(Option::take);
            (shows(key).or_else(own), *key)
        })
        .collect();
    let mut rest = free.into_iter().flatten();
    slots
        .into_iter()
        .map(|(slot, key)| {
            let slot = slot.or_else(|| rest.next()).unwrap_or_else(|| {
                *next += 1;
                *next
            });
            (slot, key)
        })
        .collect()
}

/// How many indexes the rows `seen`, the first at index `first`, have moved down in `keys`.
///
/// The topmost row that still exists decides. A row that moves alone moves further than its
/// neighbours, so the smallest distance counts.
pub(super) fn shift<K: Eq>(seen: &[Slot<K>], first: usize, keys: &[K]) -> f64 {
    (first..)
        .zip(seen)
        .filter_map(|(was, (_, key))| {
            let now = keys.iter().position(|other| other == key)?;
            Some(now as f64 - was as f64)
        })
        .min_by(|a, b| a.abs().total_cmp(&b.abs()))
        .unwrap_or_default()
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn other_keys_reuse_rows() {
        let mut next = 3;
        let drawn = [(1, 'a'), (2, 'b'), (3, 'c')];
        assert_eq!(assign(&drawn, &['x', 'y'], None, &mut next), [(1, 'x'), (2, 'y')]);
        assert_eq!(
            assign(&drawn, &['b', 'x', 'y'], None, &mut next),
            [(2, 'b'), (1, 'x'), (3, 'y')]
        );
        assert_eq!(assign(&drawn, &['a', 'b', 'c', 'd'], None, &mut next)[3], (4, 'd'));
    }

    #[test]
    fn the_focused_row_is_never_recycled() {
        let mut next = 3;
        let drawn = [(1, 'a'), (2, 'b'), (3, 'c')];
        let shown = assign(&drawn, &['x', 'y', 'z'], Some(1), &mut next);
        assert_eq!(shown, [(1, 'x'), (4, 'y'), (3, 'z')]);
        // Unless it is still shown.
        assert_eq!(assign(&drawn, &['b'], Some(1), &mut next), [(2, 'b')]);
    }

    #[test]
    fn rows_added_and_removed_above_shift_visible_ones() {
        // Of `abcdefg`, what is seen begins with `c`.
        let seen = [(1, 'c'), (2, 'd'), (3, 'e')];
        for (now, moved) in [
            ("abcdefg", 0.0),
            ("xyabcdefg", 2.0),
            ("cdefg", -2.0),
            ("abcdefgx", 0.0),
            // The topmost stays where something comes or goes below it, or it goes itself.
            ("abcxyde", 0.0),
            ("xabcyde", 1.0),
            ("bce", -1.0),
            ("abdefg", -1.0),
            // It alone has another place: the others stay.
            ("cabdefg", 0.0),
            ("abxy", 0.0),
            ("", 0.0),
        ] {
            let keys: Vec<char> = now.chars().collect();
            assert_eq!(shift(&seen, 2, &keys), moved, "{now}");
        }
    }

    proptest! {
        #[test]
        fn the_new_index_of_the_topmost_row_is_found(
            keys in proptest::collection::hash_set(0_u8..80, 1..60),
            stays in proptest::collection::vec(proptest::bool::ANY, 60),
            new in 0_u8..20,
            top in 0_usize..60,
        ) {
            let before: Vec<u8> = keys.into_iter().collect();
            let top = top % before.len();
            let seen: Vec<Slot<u8>> = (1..).zip(before[top..].iter().copied()).collect();
            // All that is seen stays; above, some go, and some come.
            let above = before[..top].iter().zip(&stays).filter(|(_, stays)| **stays);
            let mut after: Vec<u8> = (100..100 + new).chain(above.map(|(key, _)| *key)).collect();
            let now = after.len();
            after.extend(&before[top..]);
            let moved = shift(&seen, top, &after);
            prop_assert!((top as f64 + moved - now as f64).abs() < 0.5);
        }

        #[test]
        fn each_key_keeps_its_row(
            before in proptest::collection::hash_set(0_u8..40, 0..30),
            after in proptest::collection::hash_set(0_u8..40, 0..30),
            held in proptest::option::of(0_usize..30),
        ) {
            let mut next = 0;
            let before: Vec<u8> = before.into_iter().collect();
            let after: Vec<u8> = after.into_iter().collect();
            let drawn = assign(&[], &before, None, &mut next);
            let shown = assign(&drawn, &after, held, &mut next);
            prop_assert_eq!(shown.iter().map(|(_, key)| *key).collect::<Vec<_>>(), after.clone());
            let numbers: HashSet<u32> = shown.iter().map(|(number, _)| *number).collect();
            prop_assert_eq!(numbers.len(), after.len());
            for (number, key) in &drawn {
                let now = shown.iter().find(|(_, shown)| shown == key);
                prop_assert!(now.is_none_or(|(now, _)| now == number));
            }
            let made = next as usize - before.len();
            let lost = usize::from(held.is_some_and(|held| held < before.len()));
            prop_assert!(made <= after.len().saturating_sub(before.len()) + lost);
        }
    }
}
