//! The load balancers the page knows: loading, following changes, and the verbs.

mod model;

use super::{
    Graph,
    certificates::Uses,
    row::{Row, TypeWords},
};
use crate::client::{self, Result};
use futures::FutureExt;
use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use model::Model;
use openstack_types::{
    LoadBalancerId, ProvisioningStatus,
    error::ApiError,
    octavia::{CreateLoadBalancer, LoadBalancer},
    portal::Event,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Milliseconds in which changes are gathered before the page shows them together.
const GATHER: u32 = 40;
/// With more load balancers than this to read anew, one list is cheaper, unless it is a long one.
const READ_ONE_BY_ONE: usize = 20;
/// Rows of a list that cost as much as one load balancer read by itself.
const ROWS_FOR_ONE: usize = 100;
/// Load balancers read at a time: a browser sends few requests at once, and one that waits for long is
/// given up.
const READ_AT_ONCE: usize = 16;

/// How loading the list stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loading {
    /// A request is under way.
    pub busy: bool,
    /// The whole list has been read at least once.
    pub listed: bool,
    /// Why the last load failed; what was known before is kept.
    pub error: Option<ApiError>,
}

/// The load balancers; a handle.
#[derive(Clone, Copy)]
pub struct LoadBalancers {
    model: RwSignal<Model>,
    loading: RwSignal<Loading>,
    /// Milliseconds since 1970 of the last news.
    updated: RwSignal<Option<f64>>,
    work: StoredValue<Work>,
}

/// What was answered about one load balancer.
type Answer = Result<Vec<Arc<Graph>>>;

/// What is under way; nothing that a view follows.
#[derive(Default)]
struct Work {
    /// Goes up with every change of user or project: answers of before are thrown away.
    epoch: u32,
    /// Requests under way whose answers may be older than a change that was heard meanwhile.
    reading: usize,
    /// Such changes, to be carried out once more on the answer.
    heard_while_reading: Vec<Event>,
    gathered: Vec<Event>,
    to_read: HashSet<LoadBalancerId>,
    /// How many of them are being read.
    one_by_one: usize,
    /// Answers that wait for others, to be shown together.
    arrived: Vec<(LoadBalancerId, Answer)>,
    timer_set: bool,
    show_set: bool,
    list_again: bool,
}

impl LoadBalancers {
    pub(super) fn new() -> Self {
        Self {
            model: RwSignal::default(),
            loading: RwSignal::default(),
            updated: RwSignal::new(None),
            work: StoredValue::default(),
        }
    }

    /// Says by which words a search finds a type.
    pub fn set_words(self, words: TypeWords) {
        self.model.update(|model| model.set_words(words));
    }

    /// Says by which names a search finds those who use a certificate.
    pub fn name_certificates(self, names: Vec<(String, String)>) {
        self.model.update(|model| model.name_certificates(names));
    }

    /// How loading the list stands.
    pub fn loading(self) -> Loading {
        self.loading.get()
    }

    /// Milliseconds since 1970 of the last news.
    pub fn updated(self) -> Option<f64> {
        self.updated.get()
    }

    /// Works on every row, in no order that means anything; follows every change.
    pub fn with_rows<T>(self, work: impl FnOnce(&[Arc<Row>]) -> T) -> T {
        self.model.with(|model| work(model.rows()))
    }

    /// Which listeners use which certificates; follows every change, so read it in a `Memo`.
    pub fn certificate_uses(self) -> Uses {
        self.model.with(|model| Uses::of_graphs(model.graphs()))
    }

    /// The row of a load balancer; follows every change, so read it in a `Memo`.
    pub fn row(self, id: LoadBalancerId) -> Option<Arc<Row>> {
        self.model.with(|model| model.row(id))
    }

    /// A load balancer with all that hangs on it; follows every change, so read it in a `Memo`.
    pub fn graph(self, id: LoadBalancerId) -> Option<Arc<Graph>> {
        self.model.with(|model| model.graph(id))
    }

    /// Reads the list unless it is known already.
    pub fn ensure_listed(self) {
        let loading = self.loading.get_untracked();
        if !loading.listed && !loading.busy {
            self.list();
        }
    }

    /// Reads the list anew (`Refresh`).
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
            let answer = read_graphs(None, &show).await;
            if !self.is_current(epoch) {
                return;
            }
            self.loading.update(|loading| {
                loading.busy = false;
                loading.listed |= answer.is_ok();
                // That the session ended is told, and mended, by the session.
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
                self.work_soon();
            }
        });
    }

    /// Reads one load balancer with all that hangs on it, health monitors too.
    ///
    /// # Errors
    /// What the service says; 404 takes it out of what is known.
    pub async fn read(self, id: LoadBalancerId) -> Result<()> {
        let epoch = self.begin_reading();
        let answer = read_graphs(Some(id), &|_| ()).await;
        if !self.is_current(epoch) {
            return answer.map(drop);
        }
        let told = answer.as_ref().map(drop).map_err(Clone::clone);
        self.work.update_value(|work| work.arrived.push((id, answer)));
        self.show();
        told
    }

    /// Shows what has arrived.
    fn show(self) {
        let arrived = self.work.try_update_value(|work| {
            work.show_set = false;
            std::mem::take(&mut work.arrived)
        });
        let mut arrived = arrived.unwrap_or_default();
        if arrived.is_empty() {
            return;
        }
        if arrived.iter().any(|(_, answer)| answer.is_ok()) {
            self.updated.set(Some(Date::now()));
        }
        self.end_reading(arrived.len(), &mut |model| {
            for (id, answer) in arrived.drain(..) {
                match answer {
                    Ok(graphs) => graphs.into_iter().for_each(|one| model.put(one)),
                    Err(error) if error.status == 404 => model.remove(id),
                    Err(_) => {}
                }
            }
        });
    }

    /// Reads one, and shows it when no other is awaited, or soon. Each time that something is shown,
    /// all that is listed is searched and sorted anew.
    async fn read_among_others(self, id: LoadBalancerId) {
        let epoch = self.begin_reading();
        // A failure here is made good by the next change or by Refresh.
        let answer = read_graphs(Some(id), &|_| ()).await;
        if !self.is_current(epoch) {
            return;
        }
        let (more, last, timer_set) = self
            .work
            .try_update_value(|work| {
                work.one_by_one = work.one_by_one.saturating_sub(1);
                work.arrived.push((id, answer));
                let last = work.reading <= work.arrived.len();
                let timer_set = std::mem::replace(&mut work.show_set, !last);
                (!work.to_read.is_empty(), last, timer_set)
            })
            .unwrap_or_default();
        if more {
            self.work_soon();
        }
        if last {
            self.show();
        } else if !timer_set {
            Timeout::new(GATHER, move || self.show()).forget();
        }
    }

    /// Reads a load balancer alone: whether it may be changed now, and why not.
    ///
    /// # Errors
    /// What the service says; 404 takes it out of what is known.
    pub(super) async fn read_itself(self, id: LoadBalancerId) -> Result<LoadBalancer> {
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

    /// Creates a load balancer with all that hangs on it; it is in the list at once.
    ///
    /// # Errors
    /// What the service says.
    pub async fn create(self, request: &CreateLoadBalancer) -> Result<LoadBalancer> {
        let created = client::octavia::create_load_balancer(request).await?;
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
        Ok(created)
    }

    /// Shows some as being deleted before anything is sent, or as they are again.
    pub fn set_leaving(self, ids: &[LoadBalancerId], leaving: bool) {
        self.model.update(|model| model.set_leaving(ids, leaving));
    }

    /// Deletes a load balancer with all that hangs on it; it shows DELETING at once, before there is an
    /// answer: from then on nothing is asked of it that may be gone already.
    ///
    /// # Errors
    /// What the service says; then it shows what it was.
    pub async fn delete(self, id: LoadBalancerId) -> Result<()> {
        let before = self.mark(id, None, ProvisioningStatus::PendingDelete);
        match client::octavia::delete_load_balancer(id).await {
            // Gone already: what was wanted.
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

    /// Shows a state, where it is `from` that is shown; gives what was.
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

    /// Forgets everything: another user, or another project.
    ///
    /// Whether any had been read, or was being read.
    pub(super) fn forget(self) -> bool {
        self.work.update_value(|work| *work = Work { epoch: work.epoch + 1, ..Work::default() });
        self.model.update(Model::clear);
        let loading = self.loading.get_untracked();
        self.loading.set(Loading::default());
        self.updated.set(None);
        loading.listed || loading.busy
    }

    /// Changes were missed: reads again what the page shows.
    pub(super) fn resync(self) {
        if self.loading.with_untracked(|loading| loading.listed || loading.busy) {
            self.list();
        } else {
            for id in self.model.with_untracked(Model::ids) {
                self.read_later(id);
            }
        }
    }

    /// Hears of a change; what arrives together is shown together.
    pub(super) fn hear(self, event: Event) {
        self.work.update_value(|work| {
            if work.reading > 0 {
                work.heard_while_reading.push(event.clone());
            }
            work.gathered.push(event);
        });
        self.work_soon();
    }

    /// Reads a load balancer soon, unless it is gone by then.
    pub(super) fn read_later(self, id: LoadBalancerId) {
        if self.model.with_untracked(|model| model.row(id).is_none()) {
            return;
        }
        self.work.update_value(|work| {
            work.to_read.insert(id);
        });
        self.work_soon();
    }

    fn work_soon(self) {
        let set = self.work.try_update_value(|work| std::mem::replace(&mut work.timer_set, true));
        if set == Some(false) {
            Timeout::new(GATHER, move || self.work_now()).forget();
        }
    }

    fn work_now(self) {
        let Some((events, mut to_read)) = self.work.try_update_value(|work| {
            work.timer_set = false;
            (std::mem::take(&mut work.gathered), std::mem::take(&mut work.to_read))
        }) else {
            return;
        };
        let listed = self.loading.with_untracked(|loading| loading.listed);
        if !events.is_empty() {
            let told = self.model.try_update(|model| model.apply_all(&events, listed));
            to_read.extend(told.unwrap_or_default());
            if listed {
                self.updated.set(Some(Date::now()));
            }
        }
        if self.loading.with_untracked(|loading| loading.busy) {
            // The list that is under way may be of before, and is put over what is read meanwhile.
            self.work.update_value(|work| work.to_read.extend(to_read));
            return;
        }
        let rows = self.model.with_untracked(|model| model.rows().len());
        if listed && to_read.len() > READ_ONE_BY_ONE.max(rows / ROWS_FOR_ONE) {
            self.list();
            return;
        }
        let now = self.work.try_update_value(|work| {
            let room = READ_AT_ONCE.saturating_sub(work.one_by_one);
            let mut waiting = to_read.into_iter();
            let now: Vec<LoadBalancerId> = waiting.by_ref().take(room).collect();
            work.one_by_one += now.len();
            work.to_read.extend(waiting);
            now
        });
        for id in now.into_iter().flatten() {
            spawn_local(self.read_among_others(id));
        }
    }

    fn begin_reading(self) -> u32 {
        self.work
            .try_update_value(|work| {
                work.reading += 1;
                work.epoch
            })
            .unwrap_or_default()
    }

    fn is_current(self, epoch: u32) -> bool {
        self.work.try_with_value(|work| work.epoch == epoch).unwrap_or(false)
    }

    /// Ends as many readings with what they brought. It may be older than changes that were heard
    /// meanwhile: they are carried out on it.
    fn end_reading(self, readings: usize, bring: &mut dyn FnMut(&mut Model)) {
        self.work.update_value(|work| {
            work.reading = work.reading.saturating_sub(readings);
            if let Some(mut model) = self.model.try_write_untracked() {
                bring(&mut model);
                for event in work.heard_while_reading.iter().filter(|event| model::is_patch(event))
                {
                    model.apply(event, false);
                }
            }
            if work.reading == 0 {
                work.heard_while_reading.clear();
            }
        });
        self.model.notify();
    }
}

/// All load balancers, or one of them with its health monitors too; `heard` is told some of all as
/// soon as they are there.
///
/// Both in one, and each request a future of one type: several such functions weigh several times as
/// much, and all of it is downloaded before the first click.
async fn read_graphs(
    of: Option<LoadBalancerId>,
    heard: &dyn Fn(&[LoadBalancer]),
) -> Result<Vec<Arc<Graph>>> {
    let balancers = async move {
        match of {
            None => client::octavia::load_balancers(Some(heard)).await,
            Some(id) => client::octavia::load_balancer(id).await.map(|one| vec![one]),
        }
    };
    let (balancers, listeners, pools, members) = futures::try_join!(
        balancers.boxed_local(),
        client::octavia::listeners(of).boxed_local(),
        client::octavia::pools(of).boxed_local(),
        client::portal::members(of).boxed_local(),
    )?;
    let mut monitors = HashMap::new();
    if of.is_some() {
        let ids = pools.iter().filter_map(|pool| pool.healthmonitor_id);
        let read = futures::future::try_join_all(ids.map(client::octavia::health_monitor));
        monitors.extend(read.await?.into_iter().map(|monitor| (monitor.id, monitor)));
    }
    Ok(Graph::assemble(balancers, listeners, pools, members, monitors))
}
