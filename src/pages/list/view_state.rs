//! What a list shows in place of rows.

/// What a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ViewState {
    /// The first load is under way.
    Loading,
    /// Rows, also during a refresh and after it failed.
    Rows,
    /// There is no resource.
    Empty,
    /// There are resources, but none matches the search.
    NoMatch,
    /// The first load failed.
    Failed,
}

impl ViewState {
    /// The state of a list with `total` resources, of which the search leaves `matching`. `busy` means
    /// that a load is under way, `listed` that one has succeeded, `failed` that the last one failed.
    pub(super) fn of(
        busy: bool,
        listed: bool,
        failed: bool,
        total: usize,
        matching: usize,
    ) -> Self {
        match (listed, total > 0, matching > 0) {
            (_, _, true) => Self::Rows,
            // A match may still arrive.
            (false, true, false) if busy => Self::Loading,
            (_, true, false) => Self::NoMatch,
            (true, false, _) => Self::Empty,
            (false, false, _) if failed && !busy => Self::Failed,
            (false, false, _) => Self::Loading,
        }
    }
}
