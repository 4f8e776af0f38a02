//! Which of its sights the list shows: each tells something else.

use crate::store::LoadBalancers;
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

/// What stands where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
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

/// Follows the store.
pub(super) fn of(balancers: LoadBalancers, shown: Memo<Vec<LoadBalancerId>>) -> Memo<Sight> {
    Memo::new(move |_| {
        let loading = balancers.loading();
        let any = balancers.with_rows(|rows| !rows.is_empty());
        let found = shown.with(|shown| !shown.is_empty());
        match (loading.listed, any, found) {
            (_, _, true) => Sight::Rows,
            (_, true, false) => Sight::NoMatch,
            (true, false, _) => Sight::Empty,
            (false, false, _) if loading.error.is_some() && !loading.busy => Sight::Failed,
            (false, false, _) => Sight::Loading,
        }
    })
}
