//! The load balancers with their rows, by id. Pure.

use crate::store::{
    graph::{Graph, Patch},
    row::{Row, TypeLabels},
};
use openstack_types::{
    LoadBalancerId, ProvisioningStatus,
    octavia::LoadBalancer,
    portal::{Event, EventAction, EventKind},
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// All load balancers. A row has the same index as its graph.
#[derive(Default)]
pub(super) struct Model {
    type_labels: TypeLabels,
    graphs: Vec<Arc<Graph>>,
    rows: Vec<Arc<Row>>,
    places: HashMap<LoadBalancerId, usize>,
    /// Shown as being deleted before the request is sent.
    deleting: HashSet<LoadBalancerId>,
    /// Known without their graph: the rest of the first list is still loading.
    bare: HashSet<LoadBalancerId>,
}

/// Whether an event can be applied again to a newer state without harm.
pub(super) fn is_patch(event: &Event) -> bool {
    matches!(event.action, EventAction::Status | EventAction::Deleted)
}

impl Model {
    pub(super) fn set_type_labels(&mut self, type_labels: TypeLabels) {
        self.type_labels = type_labels;
        self.rows = self.graphs.iter().map(|graph| self.draw(graph)).collect();
    }

    fn draw(&self, graph: &Graph) -> Arc<Row> {
        let mut row = Row::of(graph, &self.type_labels);
        row.whole = !self.bare.contains(&row.id);
        if self.deleting.contains(&row.id) {
            row.provisioning = ProvisioningStatus::PendingDelete;
        }
        Arc::new(row)
    }

    /// Shows resources as being deleted, or as they were.
    pub(super) fn set_deleting(&mut self, ids: &[LoadBalancerId], deleting: bool) {
        for id in ids {
            if deleting {
                self.deleting.insert(*id);
            } else {
                self.deleting.remove(id);
            }
            if let Some(&place) = self.places.get(id) {
                self.rows[place] = self.draw(&self.graphs[place]);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.deleting.clear();
        self.replace_all(Vec::new());
    }

    pub(super) fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    pub(super) fn graphs(&self) -> &[Arc<Graph>] {
        &self.graphs
    }

    pub(super) fn ids(&self) -> Vec<LoadBalancerId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    pub(super) fn row(&self, id: LoadBalancerId) -> Option<Arc<Row>> {
        self.places.get(&id).map(|place| self.rows[*place].clone())
    }

    pub(super) fn graph(&self, id: LoadBalancerId) -> Option<Arc<Graph>> {
        let place = self.places.get(&id).filter(|_| !self.bare.contains(&id))?;
        let mut graph = self.graphs[*place].clone();
        if self.deleting.contains(&id) {
            let balancer = &mut Arc::make_mut(&mut graph).balancer;
            balancer.provisioning_status = ProvisioningStatus::PendingDelete;
        }
        Some(graph)
    }

    /// Adds load balancers that are not known yet, without their graph.
    pub(super) fn begin_with(&mut self, some: &[LoadBalancer]) {
        for balancer in some {
            if !self.places.contains_key(&balancer.id) {
                self.bare.insert(balancer.id);
                let balancer = balancer.clone();
                self.add(Arc::new(Graph { balancer, listeners: vec![], pools: vec![] }));
            }
        }
    }

    /// Takes a complete list. Unchanged load balancers keep their `Arc`, so that their rows are not
    /// drawn again. Health monitors, which a list does not have, are kept.
    pub(super) fn replace_all(&mut self, mut graphs: Vec<Arc<Graph>>) {
        for graph in &mut graphs {
            let known = self.places.get(&graph.balancer.id).map(|place| &self.graphs[*place]);
            if let Some(known) = known.cloned() {
                keep_monitors(graph, &known);
                if *graph == known {
                    *graph = known;
                }
            }
        }
        self.bare.clear();
        let rows = graphs
            .iter()
            .map(|graph| {
                let known = self.places.get(&graph.balancer.id).copied();
                match known {
                    Some(at) if Arc::ptr_eq(&self.graphs[at], graph) && self.rows[at].whole => {
                        self.rows[at].clone()
                    }
                    _ => self.draw(graph),
                }
            })
            .collect();
        self.rows = rows;
        self.places = graphs.iter().map(|graph| graph.balancer.id).zip(0..).collect();
        self.graphs = graphs;
    }

    pub(super) fn put(&mut self, graph: Arc<Graph>) {
        self.bare.remove(&graph.balancer.id);
        self.add(graph);
    }

    fn add(&mut self, graph: Arc<Graph>) {
        let row = self.draw(&graph);
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
        self.deleting.remove(&id);
        self.bare.remove(&id);
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
        self.rows[place] = self.draw(&self.graphs[place]);
        Some(result)
    }

    /// Whether a load balancer is being deleted, so that nothing more is requested of it.
    pub(super) fn is_being_deleted(&self, id: LoadBalancerId) -> bool {
        self.places.get(&id).is_some_and(|place| {
            self.graphs[*place].balancer.provisioning_status == ProvisioningStatus::PendingDelete
        })
    }

    /// Applies events in their order; returns the load balancers that must be read again. Those
    /// that are being deleted, or deleted by the last event, are left out.
    pub(super) fn apply_all(&mut self, events: &[Event], listed: bool) -> HashSet<LoadBalancerId> {
        let mut to_read = HashSet::new();
        for event in events {
            if event.kind == EventKind::LoadBalancer && event.action == EventAction::Deleted {
                to_read.remove(&LoadBalancerId(event.id));
            }
            to_read.extend(self.apply(event, listed));
        }
        to_read.retain(|id| !self.is_being_deleted(*id));
        to_read
    }

    /// Applies an event; returns the load balancer that must be read again, if any. Events of
    /// unknown load balancers matter only to a page that shows all of them (`listed`).
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
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{balancer, event, graph};
    use openstack_types::OperatingStatus;
    use serde_json::json;

    const IDS: [&str; 3] = [
        "00000000-0000-0000-0000-0000000000a1",
        "00000000-0000-0000-0000-0000000000a2",
        "00000000-0000-0000-0000-0000000000a3",
    ];

    fn three() -> Vec<Arc<Graph>> {
        let one = |id: &&str| Graph { balancer: balancer(id, id), ..graph() };
        IDS.iter().map(|id| Arc::new(one(id))).collect()
    }

    fn model() -> Model {
        let mut model = Model::default();
        model.replace_all(three());
        model
    }

    fn id(i: usize) -> LoadBalancerId {
        IDS[i].parse().unwrap()
    }

    #[test]
    fn after_a_deletion_the_others_are_still_found() {
        for (gone, gone_id) in IDS.iter().enumerate().take(3) {
            let mut model = model();
            model.apply(&event("loadbalancer", "deleted", gone_id, json!({})), true);
            for other in 0..3 {
                let row = model.row(id(other)).map(|row| row.id);
                assert_eq!(row, (other != gone).then(|| id(other)));
                assert_eq!(model.graph(id(other)).is_some(), other != gone);
            }
            assert_eq!(model.rows().len(), 2);
        }
    }

    #[test]
    fn an_unchanged_row_keeps_its_arc() {
        let mut model = model();
        let before: Vec<_> = model.rows().to_vec();
        let mut list = three();
        Arc::make_mut(&mut list[1]).balancer.operating_status = OperatingStatus::Error;
        list.reverse();
        model.replace_all(list);
        for (i, before) in before.iter().enumerate() {
            let now = model.row(id(i)).unwrap();
            assert_eq!(Arc::ptr_eq(before, &now), i != 1);
        }
        assert_eq!(model.row(id(1)).unwrap().operating, OperatingStatus::Error);
    }

    #[test]
    fn a_pending_deletion_stays_visible_until_it_is_undone() {
        let mut model = model();
        let shown = |model: &Model| {
            let row = model.row(id(1)).unwrap().provisioning.clone();
            assert_eq!(model.graph(id(1)).unwrap().balancer.provisioning_status, row);
            row
        };
        model.set_deleting(&[id(1)], true);
        assert_eq!(shown(&model), ProvisioningStatus::PendingDelete);
        assert_eq!(model.row(id(0)).unwrap().provisioning, ProvisioningStatus::Active);
        let status = json!({"provisioning_status": "PENDING_UPDATE"});
        model.apply(&event("loadbalancer", "status", IDS[1], status), true);
        assert_eq!(shown(&model), ProvisioningStatus::PendingDelete);
        model.replace_all(three());
        assert_eq!(shown(&model), ProvisioningStatus::PendingDelete);
        // Nothing was sent yet, so changes of it are read like any other's.
        let updated = event("loadbalancer", "updated", IDS[1], json!({}));
        assert_eq!(model.apply_all(&[updated], true), HashSet::from([id(1)]));
        model.set_deleting(&[id(1)], false);
        assert_eq!(shown(&model), ProvisioningStatus::Active);
    }

    #[test]
    fn loaded_load_balancers_are_shown_while_the_rest_loads() {
        let mut model = Model::default();
        let begun: Vec<_> = three().iter().map(|graph| graph.balancer.clone()).collect();
        model.begin_with(&begun[..2]);
        assert_eq!(model.rows().len(), 2);
        assert!(!model.row(id(0)).unwrap().whole);
        // Nobody takes it for one that has nothing.
        assert!(model.graph(id(0)).is_none());
        // One of them is read for itself meanwhile, and not forgotten over the next page.
        model.put(three()[1].clone());
        model.begin_with(&begun);
        assert_eq!(model.rows().len(), 3);
        assert_eq!(model.graph(id(1)).as_ref(), Some(&three()[1]));
        // Without anything on it, it is all there is, too.
        let mut all = three();
        all[2] = Arc::new(Graph { listeners: vec![], pools: vec![], ..(*all[2]).clone() });
        model.replace_all(all);
        assert!(model.rows().iter().all(|row| row.whole));
        assert_eq!(model.graph(id(0)).as_ref(), Some(&three()[0]));
    }

    #[test]
    fn an_unknown_load_balancer_is_read_only_if_all_are_listed() {
        let mut model = Model::default();
        let created = event("loadbalancer", "created", IDS[0], json!({}));
        assert_eq!(model.apply(&created, false), None);
        assert_eq!(model.apply(&created, true), Some(id(0)));
        let gone = event("loadbalancer", "deleted", IDS[0], json!({}));
        assert_eq!(model.apply(&gone, true), None);
    }

    #[test]
    fn a_deleted_load_balancer_is_not_read() {
        let updated = event("loadbalancer", "updated", IDS[0], json!({}));
        let deleting = event(
            "loadbalancer",
            "status",
            IDS[0],
            json!({"provisioning_status": "PENDING_DELETE"}),
        );
        let gone = event("loadbalancer", "deleted", IDS[0], json!({}));
        let one = HashSet::from([id(0)]);
        assert_eq!(model().apply_all(std::slice::from_ref(&updated), true), one);
        assert!(model().apply_all(&[updated.clone(), deleting.clone()], true).is_empty());
        assert!(model().apply_all(&[deleting.clone(), updated.clone()], true).is_empty());
        assert!(model().apply_all(&[updated.clone(), gone.clone()], true).is_empty());
        // It could not be deleted after all.
        let failed =
            event("loadbalancer", "status", IDS[0], json!({"provisioning_status": "ERROR"}));
        assert_eq!(model().apply_all(&[deleting, failed, updated], true), one);
        // It was not known.
        let created = event("loadbalancer", "created", IDS[0], json!({}));
        assert!(Model::default().apply_all(&[created, gone], true).is_empty());
    }

    #[test]
    fn an_event_during_a_read_is_applied_to_the_answer() {
        let mut model = model();
        let deleting = json!({"provisioning_status": "PENDING_DELETE"});
        let event = event("loadbalancer", "status", IDS[0], deleting);
        model.apply(&event, true);
        model.replace_all(three());
        assert_eq!(model.row(id(0)).unwrap().provisioning, ProvisioningStatus::Active);
        assert!(is_patch(&event));
        model.apply(&event, false);
        assert_eq!(model.row(id(0)).unwrap().provisioning, ProvisioningStatus::PendingDelete);
    }
}
