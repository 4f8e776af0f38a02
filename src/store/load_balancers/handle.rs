//! The handle to the load balancers, and what is under way for them.

use super::model::Model;
use crate::{
    client::Result,
    store::{graph::Graph, loading::Loading},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, portal::Event};
use std::{collections::HashSet, sync::Arc};

/// The load balancers; a handle.
#[derive(Clone, Copy)]
pub struct LoadBalancers {
    pub(super) model: RwSignal<Model>,
    pub(super) loading: RwSignal<Loading>,
    /// Milliseconds since 1970 of the last news.
    pub(super) updated: RwSignal<Option<f64>>,
    pub(super) work: StoredValue<Work>,
}

impl LoadBalancers {
    pub(in crate::store) fn new() -> Self {
        Self {
            model: RwSignal::default(),
            loading: RwSignal::default(),
            updated: RwSignal::new(None),
            work: StoredValue::default(),
        }
    }
}

/// What was answered about one load balancer.
type Answer = Result<Vec<Arc<Graph>>>;

/// What is under way; nothing that a view follows.
#[derive(Default)]
pub(super) struct Work {
    /// Goes up with every change of user or project: answers of before are thrown away.
    pub(super) epoch: u32,
    /// Requests under way whose answers may be older than a change that was heard meanwhile.
    pub(super) reading: usize,
    /// Such changes, to be carried out once more on the answer.
    pub(super) heard_while_reading: Vec<Event>,
    pub(super) gathered: Vec<Event>,
    pub(super) to_read: HashSet<LoadBalancerId>,
    /// How many of them are being read.
    pub(super) one_by_one: usize,
    /// Answers that wait for others, to be shown together.
    pub(super) arrived: Vec<(LoadBalancerId, Answer)>,
    pub(super) timer_set: bool,
    pub(super) show_set: bool,
    pub(super) list_again: bool,
}

impl Work {
    /// Throws away what is under way.
    pub(super) fn forget(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::default() };
    }
}
