//! The handle to the load balancers, and the work in progress for them.

use super::model::Model;
use crate::{
    client::Result,
    store::{graph::Graph, loading::Loading, row::SearchNames, stream_opening::StreamOpening},
};
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use openstack_types::{
    HealthMonitorId, LoadBalancerId,
    octavia::{HealthMonitor, Pool},
    portal::Event,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The load balancers; a handle.
#[derive(Clone, Copy)]
pub struct LoadBalancers {
    pub(super) model: RwSignal<Model>,
    /// The names that a search finds load balancers by.
    pub(super) names: RwSignal<SearchNames>,
    pub(super) loading: RwSignal<Loading>,
    /// The time of the last update, in milliseconds since 1970.
    pub(super) updated: RwSignal<Option<f64>>,
    pub(super) work: StoredValue<Work>,
    pub(super) opening: StreamOpening,
}

impl LoadBalancers {
    pub(in crate::store) fn new(opening: StreamOpening) -> Self {
        Self {
            model: RwSignal::default(),
            names: RwSignal::default(),
            loading: RwSignal::default(),
            updated: RwSignal::new(None),
            work: StoredValue::default(),
            opening,
        }
    }
}

/// The answer for one load balancer.
type Answer = Result<Vec<Arc<Graph>>>;

/// Reads the health monitors of pools.
pub(super) type ReadMonitors = fn(&[Pool]) -> LocalBoxFuture<'static, Result<Monitors>>;
pub(super) type Monitors = HashMap<HealthMonitorId, HealthMonitor>;

/// Work in progress; not reactive.
#[derive(Default)]
pub(super) struct Work {
    /// Increases with every change of user or project, so that earlier answers are ignored.
    pub(super) epoch: u32,
    /// Running requests, whose answers may be older than events that arrive meanwhile.
    pub(super) reading: usize,
    /// Events that arrived meanwhile, to be applied again to the answer.
    pub(super) events_while_reading: Vec<Event>,
    pub(super) collected: Vec<Event>,
    pub(super) to_read: HashSet<LoadBalancerId>,
    /// How many of them are being read one by one.
    pub(super) one_by_one: usize,
    /// Answers that wait to be shown together.
    pub(super) arrived: Vec<(LoadBalancerId, Answer)>,
    pub(super) timer_set: bool,
    pub(super) show_set: bool,
    pub(super) list_again: bool,
    /// Set once a page has read a load balancer with its health monitors.
    pub(super) read_monitors: Option<ReadMonitors>,
}

impl Work {
    /// Discards the work in progress.
    pub(super) fn forget(&mut self) {
        let read_monitors = self.read_monitors;
        *self = Self { epoch: self.epoch + 1, read_monitors, ..Self::default() };
    }
}
