//! The load balancers: loading, following events, creating and deleting.

mod handle;
mod model;
mod reading;

pub use handle::LoadBalancers;

use super::{
    certificates::Uses,
    graph::Graph,
    loading::Loading,
    row::{Row, SearchNames, TypeLabels},
};
use crate::client::{self, Result};
use handle::Work;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use model::Model;
use openstack_types::{
    LoadBalancerId, ProvisioningStatus,
    octavia::{CreateLoadBalancer, LoadBalancer},
};
use reading::{read_graphs, read_monitors};
use std::collections::HashMap;
use std::sync::Arc;

impl LoadBalancers {
    /// Sets the texts that a search finds a type by.
    pub fn set_type_labels(self, type_labels: TypeLabels) {
        self.model.update(|model| model.set_type_labels(type_labels));
    }

    /// Sets the names of certificates and creators that a search finds load balancers by.
    pub fn set_names(self, names: SearchNames) {
        if self.names.with_untracked(|known| *known != names) {
            self.names.set(names);
        }
    }

    /// The state of reading the list.
    pub fn loading(self) -> Loading {
        self.loading.get()
    }

    /// The time of the last update, in milliseconds since 1970.
    pub fn updated(self) -> Option<f64> {
        self.updated.get()
    }

    /// All rows, unordered; reactive.
    pub fn with_rows<T>(self, work: impl FnOnce(&[Arc<Row>]) -> T) -> T {
        self.model.with(|model| work(model.rows()))
    }

    /// Names that a search finds load balancers by; reactive.
    pub fn with_names<T>(self, work: impl FnOnce(&SearchNames) -> T) -> T {
        self.names.with(work)
    }

    /// Which listeners use which certificates. Follows every change, so read it in a `Memo`.
    pub fn certificate_uses(self) -> Uses {
        self.model.with(|model| Uses::of_graphs(model.graphs()))
    }

    /// The row of a load balancer. Follows every change, so read it in a `Memo`.
    pub fn row(self, id: LoadBalancerId) -> Option<Arc<Row>> {
        self.model.with(|model| model.row(id))
    }

    /// A load balancer with its graph. Follows every change, so read it in a `Memo`.
    pub fn graph(self, id: LoadBalancerId) -> Option<Arc<Graph>> {
        self.model.with(|model| model.graph(id))
    }

    /// Reads the list unless it has been read.
    pub fn ensure_listed(self) {
        let loading = self.loading.get_untracked();
        if !loading.listed && !loading.busy {
            self.list();
        }
    }

    /// Reads the list again.
    pub fn list(self) {
        if self.loading.with_untracked(|loading| loading.busy) {
            self.work.update_value(|work| work.list_again = true);
            return;
        }
        self.loading.update(|loading| loading.busy = true);
        let epoch = self.begin_reading();
        spawn_local(async move {
            let show = |some: &[LoadBalancer]| {
                if self.is_current(epoch) {
                    self.model.update(|model| model.begin_with(some));
                }
            };
            self.opening.wait().await;
            if !self.is_current(epoch) {
                return;
            }
            let answer = read_graphs(None, true, None, &show).await;
            if !self.is_current(epoch) {
                return;
            }
            self.loading.update(|loading| {
                loading.busy = false;
                loading.listed |= answer.is_ok();
                // A 401 is handled by the session.
                loading.error = answer.as_ref().err().filter(|e| e.status != 401).cloned();
            });
            if answer.is_ok() {
                self.updated.set(Some(Date::now()));
            }
            let mut graphs = answer.ok();
            self.end_reading(1, &mut |model| {
                graphs.take().into_iter().for_each(|graphs| model.replace_all(graphs));
            });
            let again = self.work.try_update_value(|work| std::mem::take(&mut work.list_again));
            if again == Some(true) {
                self.list();
            } else {
                self.schedule_work();
            }
        });
    }

    /// Reads a load balancer with its graph, including health monitors.
    ///
    /// # Errors
    /// The error of the service; 404 removes the load balancer from the store.
    pub async fn read(self, id: LoadBalancerId) -> Result<()> {
        self.work.update_value(|work| work.read_monitors = Some(read_monitors));
        let epoch = self.begin_reading();
        self.opening.wait().await;
        let is_known = self.model.with_untracked(|model| model.row(id).is_some());
        let answer = read_graphs(Some(id), is_known, Some(read_monitors), &|_| ()).await;
        if !self.is_current(epoch) {
            return answer.map(drop);
        }
        let outcome = answer.as_ref().map(drop).map_err(Clone::clone);
        self.work.update_value(|work| work.arrived.push((id, answer)));
        self.show();
        outcome
    }

    /// Reads a load balancer without its graph: whether it can be changed now.
    ///
    /// # Errors
    /// The error of the service; 404 removes the load balancer from the store.
    pub(super) async fn read_without_graph(self, id: LoadBalancerId) -> Result<LoadBalancer> {
        let epoch = self.begin_reading();
        let answer = client::octavia::load_balancer(id).await;
        if !self.is_current(epoch) {
            return answer;
        }
        self.end_reading(1, &mut |model| match &answer {
            Ok(balancer) => {
                model.change(id, |graph| graph.balancer.clone_from(balancer));
            }
            Err(error) if error.status == 404 => model.remove(id),
            Err(_) => {}
        });
        answer
    }

    /// Creates a load balancer with its graph, and adds it to the list. The service is to create it
    /// once for each `key`.
    ///
    /// # Errors
    /// The error of the service.
    pub async fn create(self, request: &CreateLoadBalancer, key: &str) -> Result<LoadBalancer> {
        let created = client::octavia::create_load_balancer(request, key).await?;
        self.add(&created);
        Ok(created)
    }

    /// Reads the newest load balancers, and adds them to the list.
    ///
    /// # Errors
    /// The error of the service.
    pub async fn read_newest(self) -> Result<Vec<LoadBalancer>> {
        let newest = client::octavia::newest_load_balancers().await?;
        newest.iter().for_each(|balancer| self.add(balancer));
        Ok(newest)
    }

    fn add(self, created: &LoadBalancer) {
        let id = created.id;
        let graph = Graph::assemble(vec![created.clone()], vec![], vec![], vec![], HashMap::new());
        self.model.update(|model| {
            for graph in graph {
                if model.graph(id).is_none() {
                    model.put(graph);
                }
            }
        });
        self.read_later(id);
    }

    /// Shows resources as being deleted before requests are sent, or as they were.
    pub fn set_deleting(self, ids: &[LoadBalancerId], deleting: bool) {
        self.model.update(|model| model.set_deleting(ids, deleting));
    }

    /// Deletes a load balancer with its graph. It is shown as DELETING before the service answers,
    /// so that nothing more is requested of it.
    ///
    /// # Errors
    /// The error of the service; it is shown as it was then.
    pub async fn delete(self, id: LoadBalancerId) -> Result<()> {
        let before = self.mark(id, None, ProvisioningStatus::PendingDelete);
        match client::octavia::delete_load_balancer(id).await {
            // Already deleted.
            Err(error) if error.status == 404 => {
                self.model.update(|model| model.remove(id));
                Ok(())
            }
            Err(error) => {
                if let Some(before) = before {
                    self.mark(id, Some(&ProvisioningStatus::PendingDelete), before);
                }
                if error.status == 409 {
                    self.read_later(id);
                }
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Replaces the status if it is `from`; returns the previous one.
    fn mark(
        self,
        id: LoadBalancerId,
        from: Option<&ProvisioningStatus>,
        to: ProvisioningStatus,
    ) -> Option<ProvisioningStatus> {
        let change = |model: &mut Model| {
            model.change(id, |graph| {
                let status = &mut graph.balancer.provisioning_status;
                let fits = from.is_none_or(|from| from == status);
                fits.then(|| std::mem::replace(status, to))
            })
        };
        self.model.try_update(change).flatten().flatten()
    }

    /// Discards everything, for another user or project. Returns whether anything had been read, or
    /// was being read.
    ///
    /// Whether any had been read, or was being read.
    pub(super) fn forget(self) -> bool {
        self.work.update_value(Work::forget);
        self.model.update(Model::clear);
        self.names.set(SearchNames::default());
        let loading = self.loading.get_untracked();
        self.loading.set(Loading::default());
        self.updated.set(None);
        loading.listed || loading.busy
    }

    /// Reads again what the page shows, after events were missed.
    pub(super) fn resync(self) {
        if self.loading.with_untracked(|loading| loading.listed || loading.busy) {
            self.list();
        } else {
            for id in self.model.with_untracked(Model::ids) {
                self.read_later(id);
            }
        }
    }
}
