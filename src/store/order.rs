//! Sorting and lower case for all lists. Pure.
//!
//! The standard library's sort is compiled for each type, 2 KB of the first download each time, and
//! its table of lower case takes 5 KB that the browser has already.

use std::{cmp::Ordering, mem};

/// Sorts; stable.
pub fn sort<T>(all: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut indexes: Vec<u32> = (0_u32..).take(all.len()).collect();
    sort_indexes(&mut indexes, &mut |a, b| compare(&all[a], &all[b]).then(a.cmp(&b)));
    let mut before: Vec<_> = mem::take(all).into_iter().map(Some).collect();
    let at = |index: u32| before.get_mut(index as usize).and_then(Option::take);
    *all = indexes.into_iter().filter_map(at).collect();
}

/// Sorts indexes by their values.
pub fn sort_indexes(indexes: &mut [u32], compare: &mut dyn FnMut(usize, usize) -> Ordering) {
    indexes.sort_unstable_by(|a, b| compare(*a as usize, *b as usize));
}

/// Converts to lower case.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    text.to_lowercase()
}

/// A sort key in natural order: runs of digits compare as numbers, the rest letter by letter in
/// lower case.
pub fn natural_key(name: &str) -> String {
    let name = lower(name);
    let mut key = String::with_capacity(name.len());
    let mut rest = name.as_str();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = rest[..end].trim_start_matches('0');
            // A longer number is greater. Compared with letters, it sorts as a digit.
            key.push('0');
            key.extend(char::from_u32(' ' as u32 + digits.len().min(999) as u32));
            key.push_str(digits);
            rest = &rest[end..];
        } else {
            key.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    key
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library(mut all: Vec<(u8, u8)>) {
            let mut known = all.clone();
            known.sort_by_key(|(key, _)| *key);
            sort(&mut all, |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(all, known);
        }
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn every_script_has_its_lower_case() {
        assert_eq!(lower("WEB-1"), "web-1");
        assert_eq!(lower("ÄRGER Ω 應用程式"), "ärger ω 應用程式");
    }
}
