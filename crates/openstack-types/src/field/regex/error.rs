//! Errors of the parser.

use thiserror::Error;

/// Why a text is not a regular expression. `position` counts characters from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{problem} at character {position}")]
pub struct RegexError {
    pub position: usize,
    pub problem: RegexProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum RegexProblem {
    #[error("a group without )")]
    UnclosedGroup,
    #[error(") without a group")]
    UnopenedGroup,
    #[error("[ without ]")]
    UnclosedClass,
    #[error("nothing to repeat")]
    NothingToRepeat,
    #[error("a repeat that is not {{n}}, {{n,}} or {{n,m}} with n ≤ m ≤ 65535")]
    BadRepeat,
    #[error("an unknown escape")]
    UnknownEscape,
    /// HAProxy does not number groups.
    #[error("a reference to a group by number; name it with (?P<name>…) and (?P=name)")]
    NumberedReference,
    #[error("a kind of group that is not supported")]
    UnknownGroup,
    #[error("a group name that is not unique, or not of letters, digits and _")]
    BadName,
    #[error("a range or class in [] that is not valid")]
    BadRange,
    /// HAProxy compares bytes.
    #[error("a character beyond ASCII that is repeated or in []; put it into a group")]
    NotAscii,
    #[error("a look-behind without a fixed length")]
    Lookbehind,
    #[error("an expression that becomes too large")]
    TooLarge,
}
