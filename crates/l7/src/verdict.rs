//! Whether a condition is fulfilled.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Match,
    NoMatch,
    /// A regular expression that takes too many steps, a header whose value is not known, or a value of a later
    /// version of the API.
    Unknown,
}
