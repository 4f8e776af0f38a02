//! How what others change comes to be known: gathered, read anew a few at a time, and shown together.

use super::{
    handle::LoadBalancers,
    model::{self, Model},
};
use crate::{
    client::{self, Result},
    store::graph::Graph,
};
use futures::FutureExt;
use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, octavia::LoadBalancer, portal::Event};
use std::{collections::HashMap, sync::Arc};

/// Milliseconds in which changes are gathered before the page shows them together.
const GATHER: u32 = 40;
/// With more load balancers than this to read anew, one list is cheaper, unless it is a long one.
const READ_ONE_BY_ONE: usize = 20;
/// Rows of a list that cost as much as one load balancer read by itself.
const ROWS_FOR_ONE: usize = 100;
/// Load balancers read at a time: a browser sends few requests at once, and one that waits for long is
/// given up.
const READ_AT_ONCE: usize = 16;

impl LoadBalancers {
    /// Shows what has arrived.
    pub(super) fn show(self) {
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

    /// Hears of a change; what arrives together is shown together.
    pub(in crate::store) fn hear(self, event: Event) {
        self.work.update_value(|work| {
            if work.reading > 0 {
                work.heard_while_reading.push(event.clone());
            }
            work.gathered.push(event);
        });
        self.work_soon();
    }

    /// Reads a load balancer soon, unless it is gone by then.
    pub(in crate::store) fn read_later(self, id: LoadBalancerId) {
        if self.model.with_untracked(|model| model.row(id).is_none()) {
            return;
        }
        self.work.update_value(|work| {
            work.to_read.insert(id);
        });
        self.work_soon();
    }

    pub(super) fn work_soon(self) {
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

    pub(super) fn begin_reading(self) -> u32 {
        self.work
            .try_update_value(|work| {
                work.reading += 1;
                work.epoch
            })
            .unwrap_or_default()
    }

    pub(super) fn is_current(self, epoch: u32) -> bool {
        self.work.try_with_value(|work| work.epoch == epoch).unwrap_or(false)
    }

    /// Ends as many readings with what they brought. It may be older than changes that were heard
    /// meanwhile: they are carried out on it.
    pub(super) fn end_reading(self, readings: usize, bring: &mut dyn FnMut(&mut Model)) {
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
pub(super) async fn read_graphs(
    of: Option<LoadBalancerId>,
    heard: &dyn Fn(&[LoadBalancer]),
) -> Result<Vec<Arc<Graph>>> {
    let balancers = async move {
        match of {
            None => client::octavia::load_balancers(heard).await,
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
        let read = futures::future::join_all(ids.map(client::octavia::health_monitor)).await;
        for monitor in read {
            match monitor {
                Ok(monitor) => drop(monitors.insert(monitor.id, monitor)),
                // It went between the two requests; whoever hears of that reads again.
                Err(error) if error.status == 404 => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Graph::assemble(balancers, listeners, pools, members, monitors))
}
