//! Whether a condition is fulfilled.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Match,
    NoMatch,
    /// A regular expression that the matcher can't evaluate, or a value of a later version of the API.
    Unknown,
}
