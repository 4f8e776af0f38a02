/// PCRE2 compiles to at most 65,535 bytes; [`Node::size`] overestimates.
pub(super) const MAX_SIZE: usize = 20_000;

/// What the limits need to know about a part of an expression.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// Bytes of the compiled form, at most.
    pub(super) size: usize,
    /// The number of bytes that it matches, if it is always the same.
    pub(super) width: Option<usize>,
    pub(super) repeat: Repeatable,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeatable {
    No,
    /// A repeat is a number in the compiled form.
    Counted,
    /// A repeat copies the compiled form.
    Copied,
    NotAscii,
}

impl Node {
    pub(super) const EMPTY: Self = Self { size: 0, width: Some(0), repeat: Repeatable::No };
    pub(super) const ASSERTION: Self = Self { size: 1, ..Self::EMPTY };
    pub(super) const BYTE: Self = Self { size: 2, width: Some(1), repeat: Repeatable::Counted };
    pub(super) const CLASS: Self = Self { size: 34, ..Self::BYTE };

    pub(super) fn then(self, next: Self) -> Self {
        let width = self.width.zip(next.width).map(|(a, b)| a + b);
        Self { size: self.size.saturating_add(next.size), width, repeat: Repeatable::No }
    }
}
