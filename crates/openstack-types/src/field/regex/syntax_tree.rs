//! The parsed form of a regular expression.

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) fn from(matches: impl Fn(u8) -> bool) -> Self {
        let mut set = Self::default();
        (0..=u8::MAX).filter(|byte| matches(*byte)).for_each(|byte| set.insert(byte));
        set
    }

    pub(super) fn byte(byte: u8) -> Self {
        Self::from(|one| one == byte)
    }

    pub(super) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self::from(|byte| self.contains(byte) || other.contains(byte))
    }

    pub(super) fn complement(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// Adds the other case of each ASCII letter.
    pub(super) fn any_case(self) -> Self {
        Self::from(|byte| {
            self.contains(byte.to_ascii_lowercase()) || self.contains(byte.to_ascii_uppercase())
        })
    }

    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

/// A regular expression, or a part of one. It matches bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regex {
    /// One byte of the set.
    Byte(ByteSet),
    Assertion(Assertion),
    Sequence(Vec<Regex>),
    /// The first that leads to a match.
    Alternatives(Vec<Regex>),
    Repeat {
        what: Box<Regex>,
        min: usize,
        /// `None` is any number.
        max: Option<usize>,
        kind: RepeatKind,
    },
    /// A named group. The number counts from 0.
    Group(usize, Box<Regex>),
    /// Matches in one way only: what follows can't change it.
    Atomic(Box<Regex>),
    Look {
        /// The number of bytes in front that the content matches; `None` looks ahead.
        behind: Option<usize>,
        is_negated: bool,
        what: Box<Regex>,
    },
    /// The text that a group matched.
    Reference {
        group: usize,
        ignore_case: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatKind {
    Greedy,
    Lazy,
    Possessive,
}

/// What holds at a position, without a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assertion {
    /// `^` or `\A`
    Start,
    /// `^` in multi-line mode.
    LineStart,
    /// `$` or `\Z`: the end, or a line feed at the end.
    LastLineEnd,
    /// `$` in multi-line mode.
    LineEnd,
    /// `\z`
    End,
    WordBoundary,
    NotWordBoundary,
}
