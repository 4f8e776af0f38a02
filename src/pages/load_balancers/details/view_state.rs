//! Whether the page shows the load balancer, and reading it.

use super::shown_graph::ShownGraph;
use crate::store::{Graph, Store};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, error::ApiError};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ViewState {
    Loading,
    /// It does not exist, or the user may not see it.
    NotFound {
        /// It was shown before.
        was_shown: bool,
    },
    /// The first read failed.
    Failed(ApiError),
    Shown,
}

/// Reads the load balancer with its listeners, server groups and servers; a handle.
#[derive(Clone, Copy)]
pub(super) struct GraphReader {
    pub(super) busy: RwSignal<bool>,
    /// Why the last read failed.
    pub(super) error: RwSignal<Option<ApiError>>,
    store: Store,
    id: LoadBalancerId,
}

impl GraphReader {
    /// A reader whose first read has begun.
    pub(super) fn start(store: Store, id: LoadBalancerId) -> Self {
        let reader = Self { busy: RwSignal::new(false), error: RwSignal::new(None), store, id };
        reader.read();
        reader
    }

    /// Reads again, unless a read is in progress.
    pub(super) fn read(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let result = self.store.load_balancers.read(self.id).await;
            // `try_set`: the page may have been left meanwhile.
            self.busy.try_set(false);
            self.error.try_set(result.err());
        });
    }
}

pub(super) fn view_state(
    current: Memo<Option<Arc<Graph>>>,
    shown: ShownGraph,
    reader: GraphReader,
) -> Memo<ViewState> {
    Memo::new(move |_| {
        if current.with(Option::is_some) {
            return ViewState::Shown;
        }
        if shown.with(Option::is_some) {
            return ViewState::NotFound { was_shown: true };
        }
        match reader.error.get() {
            Some(error) if matches!(error.status, 403 | 404) => {
                ViewState::NotFound { was_shown: false }
            }
            Some(error) => ViewState::Failed(error),
            None => ViewState::Loading,
        }
    })
}
