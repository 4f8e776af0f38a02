//! The regular expressions of L7 rules: the part of PCRE2's syntax that every version compiles, as HAProxy calls
//! it. Without UTF mode, and with numbers for named groups only.
//!
//! What is left out is either unsafe (recursion, callouts, verbs such as `(*NO_JIT)`), means something else in
//! another version, or would not mean what it seems to.

mod error;
mod parser;
mod syntax_tree;

pub use error::{RegexError, RegexProblem};
pub use syntax_tree::{Assertion, ByteSet, Regex, RepeatKind};

/// The steps that the search for a match may take: HAProxy gives up then, and finds no match. Enough for every
/// expression that doesn't try the same text in many ways. In HAProxy they take a few milliseconds, for the worst
/// expression and the longest header about half a second.
pub const REGEX_STEPS: usize = 30_000;

/// Checks the syntax of a regular expression.
///
/// # Errors
/// The first problem and its position.
pub fn check_regex(text: &str) -> Result<(), RegexError> {
    parse_regex(text, false).map(drop)
}

/// Parses a regular expression.
///
/// # Errors
/// The first problem and its position.
pub fn parse_regex(text: &str, ignore_case: bool) -> Result<Regex, RegexError> {
    parser::parse(text, ignore_case)
}

#[cfg(test)]
mod tests;
