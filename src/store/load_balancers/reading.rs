//! Reads load balancers that have changed: events are collected, load balancers are read a few at a
//! time, and shown together.

use super::{
    handle::{LoadBalancers, Monitors, ReadMonitors},
    model::{self, Model},
};
use crate::{
    client::{self, Result},
    store::graph::Graph,
};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, join_all, ready},
};
use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    LoadBalancerId,
    octavia::{LoadBalancer, Pool},
    portal::Event,
};
use std::{collections::HashMap, sync::Arc};

/// Milliseconds in which events are collected before the page is updated.
const COLLECT: u32 = 40;
/// With more load balancers than this to read, one list is cheaper, unless it is long.
const READ_ONE_BY_ONE: usize = 20;
/// Rows of a list that cost as much as reading one load balancer.
const ROWS_FOR_ONE: usize = 100;
/// Concurrent reads. A browser queues further requests, which may then time out.
const READ_AT_ONCE: usize = 16;

/// Reads the health monitors of pools.
///
/// The list shows none, and the first download doesn't contain this function: [`LoadBalancers::read`],
/// which only other pages call, passes it to what reads one load balancer after an event.
pub(super) fn read_monitors(pools: &[Pool]) -> LocalBoxFuture<'static, Result<Monitors>> {
    let ids: Vec<_> = pools.iter().filter_map(|pool| pool.healthmonitor_id).collect();
    async move {
        let mut monitors = HashMap::new();
        for monitor in join_all(ids.into_iter().map(client::octavia::health_monitor)).await {
            match monitor {
                Ok(monitor) => drop(monitors.insert(monitor.id, monitor)),
                // Deleted between the two requests; its event is handled separately.
                Err(error) if error.status == 404 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(monitors)
    }
    .boxed_local()
}

impl LoadBalancers {
    /// Shows the answers that have arrived.
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

    /// Reads one load balancer, and shows it with others that are being read, or soon. Each update
    /// searches and sorts the whole list.
    async fn read_one(self, id: LoadBalancerId) {
        let epoch = self.begin_reading();
        // After a failure, the next event or `Refresh` reads it again.
        let monitors = self.work.try_with_value(|work| work.read_monitors).flatten();
        let answer = read_graphs(Some(id), true, monitors, &|_| ()).await;
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
            self.schedule_work();
        }
        if last {
            self.show();
        } else if !timer_set {
            Timeout::new(COLLECT, move || self.show()).forget();
        }
    }

    /// Handles an event. Events that arrive together are shown together.
    pub(in crate::store) fn on_event(self, event: Event) {
        self.work.update_value(|work| {
            if work.reading > 0 {
                work.events_while_reading.push(event.clone());
            }
            work.collected.push(event);
        });
        self.schedule_work();
    }

    /// Reads a load balancer soon, unless it is deleted by then.
    pub(in crate::store) fn read_later(self, id: LoadBalancerId) {
        if self.model.with_untracked(|model| model.row(id).is_none()) {
            return;
        }
        self.work.update_value(|work| {
            work.to_read.insert(id);
        });
        self.schedule_work();
    }

    pub(super) fn schedule_work(self) {
        let set = self.work.try_update_value(|work| std::mem::replace(&mut work.timer_set, true));
        if set == Some(false) {
            Timeout::new(COLLECT, move || self.process_events()).forget();
        }
    }

    fn process_events(self) {
        let Some((events, mut to_read)) = self.work.try_update_value(|work| {
            work.timer_set = false;
            (std::mem::take(&mut work.collected), std::mem::take(&mut work.to_read))
        }) else {
            return;
        };
        let listed = self.loading.with_untracked(|loading| loading.listed);
        if !events.is_empty() {
            let incomplete = self.model.try_update(|model| model.apply_all(&events, listed));
            to_read.extend(incomplete.unwrap_or_default());
            if listed {
                self.updated.set(Some(Date::now()));
            }
        }
        if self.loading.with_untracked(|loading| loading.busy) {
            // A running list may be older, and would replace what is read meanwhile.
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
            spawn_local(self.read_one(id));
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

    /// Ends `count` requests with their answers, and applies events that arrived meanwhile.
    pub(super) fn end_reading(self, readings: usize, bring: &mut dyn FnMut(&mut Model)) {
        self.work.update_value(|work| {
            work.reading = work.reading.saturating_sub(readings);
            if let Some(mut model) = self.model.try_write_untracked() {
                bring(&mut model);
                for event in work.events_while_reading.iter().filter(|event| model::is_patch(event))
                {
                    model.apply(event, false);
                }
            }
            if work.reading == 0 {
                work.events_while_reading.clear();
            }
        });
        self.model.notify();
    }
}

/// All load balancers, or one of them; `monitors` reads its health monitors, and `on_page` gets the
/// first load balancers before the rest has arrived. One that is not known is read before its parts.
///
/// One function for both, and one type of future for each request: several such functions take
/// several times the space in the first download.
pub(super) async fn read_graphs(
    of: Option<LoadBalancerId>,
    is_known: bool,
    monitors: Option<ReadMonitors>,
    on_page: &dyn Fn(&[LoadBalancer]),
) -> Result<Vec<Arc<Graph>>> {
    let balancers = async move {
        match of {
            None => client::octavia::load_balancers(on_page).await,
            Some(id) => client::octavia::load_balancer(id).await.map(|one| vec![one]),
        }
    };
    // Nothing is asked about the parts of a load balancer that may not exist.
    let balancers =
        if is_known { balancers.boxed_local() } else { ready(balancers.await).boxed_local() };
    let (balancers, listeners, pools, members) = futures::try_join!(
        balancers,
        client::octavia::listeners(of).boxed_local(),
        client::octavia::pools(of).boxed_local(),
        client::portal::members(of).boxed_local(),
    )?;
    let monitors = match monitors {
        Some(read) => read(&pools).await?,
        None => HashMap::new(),
    };
    Ok(Graph::assemble(balancers, listeners, pools, members, monitors))
}
