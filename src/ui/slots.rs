//! Which row on the screen shows what: rows are dear to make and cheap to change. Pure.

/// A row on the screen: its number, and the key of what it shows.
pub(super) type Slot<K> = (u32, K);

/// Has the rows that are `drawn` show `keys`, in their order.
///
/// What is shown already keeps its row. The rest takes the rows of what is shown no longer, those in
/// its own place first, so that little moves. A row that somebody is at (`held`, its place) shows
/// nothing else: what one is about to do there was meant for what it shows. `next` numbers new rows.
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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn other_keys_take_the_rows_that_are_there() {
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
    fn where_somebody_is_nothing_else_appears() {
        let mut next = 3;
        let drawn = [(1, 'a'), (2, 'b'), (3, 'c')];
        let shown = assign(&drawn, &['x', 'y', 'z'], Some(1), &mut next);
        assert_eq!(shown, [(1, 'x'), (4, 'y'), (3, 'z')]);
        // Unless it is still shown.
        assert_eq!(assign(&drawn, &['b'], Some(1), &mut next), [(2, 'b')]);
    }

    proptest! {
        #[test]
        fn each_key_has_one_row_and_keeps_it(
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
