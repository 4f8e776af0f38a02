//! Which of its sights the list shows: each tells something else.

/// What stands where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewState {
    /// The first load is under way.
    Loading,
    /// There is something to show; also while it is read anew, and when that failed.
    Rows,
    /// There is nothing at all.
    Empty,
    /// There is something, but nothing that the search asks for.
    NoMatch,
    /// The first load failed.
    Failed,
}

impl ViewState {
    /// Works it out: whether a load is under way, whether all has been read once, whether the last load
    /// failed, and how many there are and are shown.
    pub fn of(busy: bool, listed: bool, failed: bool, all: usize, shown: usize) -> Self {
        match (listed, all > 0, shown > 0) {
            (_, _, true) => Self::Rows,
            // What matches may be among what is on its way.
            (false, true, false) if busy => Self::Loading,
            (_, true, false) => Self::NoMatch,
            (true, false, _) => Self::Empty,
            (false, false, _) if failed && !busy => Self::Failed,
            (false, false, _) => Self::Loading,
        }
    }
}
