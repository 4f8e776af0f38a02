//! Random expressions: `l7::regex_matches` must find what the library finds that HAProxy uses.

use openstack_types::field::check_regex;
use pcre2::bytes::RegexBuilder;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};

/// Without `\R`, whose repeats PCRE2 takes for possessive before a byte that they can match.
const PARTS: &[&str] = &[
    "a",
    "b",
    "A",
    "ab",
    "1",
    " ",
    "é",
    ".",
    "^",
    "$",
    "|",
    "(",
    ")",
    "(?:",
    "(?i)",
    "(?i:",
    "(?-i:",
    "(?s:",
    "(?m:",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "(?P<n>",
    "(?P=n)",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "?+",
    "{2}",
    "{1,2}",
    "{0,}",
    "{2,}+",
    "[ab]",
    "[^a]",
    "[a-c1]",
    "[[:upper:]]",
    "[[:^alpha:]_]",
    "[^[:lower:]]",
    r"\d",
    r"\W",
    r"\s",
    r"\S",
    r"\b",
    r"\B",
    r"\A",
    r"\Z",
    r"\z",
    r"\h",
    r"\v",
    r"\x41",
    r"\.",
    "(a|",
    "(?#x)",
    "(a*)*",
];

#[test]
fn expressions_match_what_pcre2_matches() {
    let expression = vec(select(PARTS), 1..10).prop_map(|parts| parts.concat());
    let text = vec(select(vec!["a", "b", "A", "B", "1", " ", "\n", "\r", "_", ".", "é"]), 0..8);
    let texts = vec(text.prop_map(|parts| parts.concat()), 4);
    let (mut compared, mut matched) = (0, 0);
    let mut runner = TestRunner::default();
    let strategy = (expression, texts, any::<bool>());
    while compared < 40_000 {
        let (expression, texts, ignore_case) = super::generate(&mut runner, &strategy);
        if check_regex(&expression).is_err() {
            continue;
        }
        let regex = RegexBuilder::new().caseless(ignore_case).build(&expression);
        let regex = regex.unwrap_or_else(|error| panic!("{expression}: {error}"));
        for text in texts {
            // Both have limits.
            let Ok(expected) = regex.is_match(text.as_bytes()) else { continue };
            let Some(actual) = l7::regex_matches(&expression, &text, ignore_case) else { continue };
            assert_eq!(actual, expected, "{expression:?} {text:?} {ignore_case}");
            compared += 1;
            matched += usize::from(actual);
        }
    }
    assert!(matched > compared / 20 && matched < compared * 19 / 20, "{matched} of {compared}");
}
