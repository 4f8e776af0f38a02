//! The load balancer that the page shows.

use crate::store::Graph;
use leptos::prelude::*;
use std::sync::Arc;

/// The last known version; kept after the load balancer is deleted.
pub(super) type ShownGraph = Memo<Option<Arc<Graph>>>;

/// A part of the graph. A view that follows a part is not redrawn when other parts change.
pub(super) fn select<T: PartialEq + Send + Sync + 'static>(
    shown: ShownGraph,
    part: impl Fn(&Graph) -> T + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |_| shown.with(|graph| graph.as_deref().map(&part)))
}
