//! Which of the four sights the page is.

use super::Shown;
use crate::store::{Graph, Store};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, error::ApiError};
use std::sync::Arc;

/// What there is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ViewState {
    /// Nothing is known yet.
    Loading,
    /// It is not there, or not for the caller to see.
    Gone {
        /// It was, while one looked.
        was_here: bool,
    },
    /// It could not be read, and nothing is known of it.
    Failed(ApiError),
    /// The load balancer.
    Shown,
}

/// Reading it with all that hangs on it; a handle.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// A request is under way.
    pub(super) busy: RwSignal<bool>,
    /// Why the last one failed; what was known before is kept.
    pub(super) error: RwSignal<Option<ApiError>>,
    store: Store,
    id: LoadBalancerId,
}

impl Reading {
    pub(super) fn begin(store: Store, id: LoadBalancerId) -> Self {
        let reading = Self { busy: RwSignal::new(false), error: RwSignal::new(None), store, id };
        reading.again();
        reading
    }

    /// Reads it anew (`Refresh`).
    pub(super) fn again(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.store.load_balancers.read(self.id).await;
            // The page may be gone by now.
            self.busy.try_set(false);
            self.error.try_set(answer.err());
        });
    }
}

pub(super) fn view_state(
    live: Memo<Option<Arc<Graph>>>,
    shown: Shown,
    reading: Reading,
) -> Memo<ViewState> {
    Memo::new(move |_| {
        if live.with(Option::is_some) {
            return ViewState::Shown;
        }
        if shown.with(Option::is_some) {
            return ViewState::Gone { was_here: true };
        }
        match reading.error.get() {
            Some(error) if matches!(error.status, 403 | 404) => ViewState::Gone { was_here: false },
            Some(error) => ViewState::Failed(error),
            None => ViewState::Loading,
        }
    })
}
