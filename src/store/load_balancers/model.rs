//! Load balancers by id with their rows. Pure.

use crate::store::{
    graph::{Graph, Patch},
    row::{Row, TypeWords},
};
use openstack_types::{
    LoadBalancerId,
    portal::{Event, EventAction, EventKind},
};
use std::collections::HashMap;
use std::sync::Arc;

/// Every load balancer known. A row has the same index as its graph.
#[derive(Default)]
pub(super) struct Model {
    words: TypeWords,
    graphs: Vec<Arc<Graph>>,
    rows: Vec<Arc<Row>>,
    places: HashMap<LoadBalancerId, usize>,
}

/// Whether carrying out the change again on something newer does no harm.
pub(super) fn is_patch(event: &Event) -> bool {
    matches!(event.action, EventAction::Status | EventAction::Deleted)
}

impl Model {
    pub(super) fn set_words(&mut self, words: TypeWords) {
        self.words = words;
        let words = &self.words;
        self.rows = self.graphs.iter().map(|graph| Arc::new(Row::of(graph, words))).collect();
    }

    pub(super) fn clear(&mut self) {
        self.replace_all(Vec::new());
    }

    pub(super) fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    pub(super) fn ids(&self) -> Vec<LoadBalancerId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    pub(super) fn row(&self, id: LoadBalancerId) -> Option<Arc<Row>> {
        self.places.get(&id).map(|place| self.rows[*place].clone())
    }

    pub(super) fn graph(&self, id: LoadBalancerId) -> Option<Arc<Graph>> {
        self.places.get(&id).map(|place| self.graphs[*place].clone())
    }

    /// Takes a whole list. What is as it was stays the same object, so that nothing of it is drawn
    /// anew; health monitors, which a list does not tell, are kept.
    pub(super) fn replace_all(&mut self, mut graphs: Vec<Arc<Graph>>) {
        for graph in &mut graphs {
            if let Some(known) = self.graph(graph.balancer.id) {
                keep_monitors(graph, &known);
                if *graph == known {
                    *graph = known;
                }
            }
        }
        let words = &self.words;
        let rows = graphs
            .iter()
            .map(|graph| {
                let known = self.places.get(&graph.balancer.id).map(|at| *at);
                match known {
                    Some(at) if Arc::ptr_eq(&self.graphs[at], graph) => self.rows[at].clone(),
                    _ => Arc::new(Row::of(graph, words)),
                }
            })
            .collect();
        self.rows = rows;
        self.places = graphs.iter().map(|graph| graph.balancer.id).zip(0..).collect();
        self.graphs = graphs;
    }

    pub(super) fn put(&mut self, graph: Arc<Graph>) {
        let row = Arc::new(Row::of(&graph, &self.words));
        match self.places.get(&graph.balancer.id) {
            Some(&place) => {
                self.rows[place] = row;
                self.graphs[place] = graph;
            }
            None => {
                self.places.insert(graph.balancer.id, self.rows.len());
                self.rows.push(row);
                self.graphs.push(graph);
            }
        }
    }

    pub(super) fn remove(&mut self, id: LoadBalancerId) {
        if let Some(place) = self.places.remove(&id) {
            self.rows.swap_remove(place);
            self.graphs.swap_remove(place);
            if let Some(moved) = self.rows.get(place) {
                self.places.insert(moved.id, place);
            }
        }
    }

    pub(super) fn change<T>(
        &mut self,
        id: LoadBalancerId,
        change: impl FnOnce(&mut Graph) -> T,
    ) -> Option<T> {
        let place = *self.places.get(&id)?;
        let graph = self.graphs.get_mut(place)?;
        let result = change(Arc::make_mut(graph));
        self.rows[place] = Arc::new(Row::of(graph, &self.words));
        Some(result)
    }

    /// Carries out a change; gives the load balancer that must be read anew, if one must be. Changes
    /// of load balancers that are not known matter only to a page that shows all of them (`listed`).
    pub(super) fn apply(&mut self, event: &Event, listed: bool) -> Option<LoadBalancerId> {
        let id = match (&event.kind, event.loadbalancer_id) {
            (EventKind::Secret, _) => return None,
            (EventKind::LoadBalancer, _) => LoadBalancerId(event.id),
            (_, Some(id)) => id,
            (_, None) => return None,
        };
        if event.kind == EventKind::LoadBalancer && event.action == EventAction::Deleted {
            self.remove(id);
            return None;
        }
        match self.change(id, |graph| graph.patch(event)) {
            Some(Patch::Done) => None,
            Some(Patch::ReadAnew) => Some(id),
            None if event.action == EventAction::Deleted => None,
            None => listed.then_some(id),
        }
    }
}

fn keep_monitors(graph: &mut Arc<Graph>, known: &Graph) {
    for old in &known.pools {
        if old.monitor.is_none() {
            continue;
        }
        let graph = Arc::make_mut(graph);
        let same = |pool: &&mut crate::store::PoolGraph| {
            pool.pool.id == old.pool.id && pool.pool.healthmonitor_id == old.pool.healthmonitor_id
        };
        if let Some(pool) = graph.pools.iter_mut().find(same) {
            pool.monitor.clone_from(&old.monitor);
        }
    }
    if graph.balancer.provisioning_status == known.balancer.provisioning_status
        && known.reason.is_some()
    {
        Arc::make_mut(graph).reason.clone_from(&known.reason);
    }
}
