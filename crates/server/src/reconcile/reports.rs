//! What the engine tells, written down.

use crate::{app::App, store::octavia::health};
use engine::report::{Health, Report};
use openstack_types::{LoadBalancerId, MemberId};
use std::{collections::BTreeSet, sync::Arc};

enum Told {
    Member(MemberId, Health),
    Process(LoadBalancerId, Option<String>),
}

/// Writes down reports in one transaction, with all that follows from them.
pub async fn write(app: &Arc<App>, reports: Vec<Report>) {
    let mut told = Vec::new();
    let mut touched = BTreeSet::new();
    for report in reports {
        match report {
            Report::MemberHealth { loadbalancer, member, health, .. } => {
                touched.insert(loadbalancer);
                told.push(Told::Member(member, health));
            }
            Report::ProcessDown { loadbalancer, reason } => {
                tracing::warn!(%loadbalancer, %reason, "the process is down");
                app.reconcile.traffic().idle(loadbalancer);
                touched.insert(loadbalancer);
                told.push(Told::Process(loadbalancer, Some(reason)));
            }
            Report::ProcessUp { loadbalancer } => {
                touched.insert(loadbalancer);
                told.push(Told::Process(loadbalancer, None));
            }
            Report::Traffic { loadbalancer, listeners, members } => {
                app.reconcile.traffic().add(loadbalancer, &listeners, &members);
            }
            Report::Checks { loadbalancer, checks } => {
                app.reconcile.traffic().check(loadbalancer, checks);
            }
        }
    }
    if told.is_empty() {
        return;
    }
    let written = app
        .store
        .write(move |tx| {
            for told in &told {
                match told {
                    Told::Member(id, health) => health::record(tx, *id, health)?,
                    Told::Process(id, down) => health::record_process(tx, *id, down.as_deref())?,
                }
            }
            touched.iter().try_for_each(|id| health::roll_up(tx, &id.to_string()))
        })
        .await;
    if let Err(error) = written {
        let error: rusqlite::Error = error;
        tracing::error!(%error, "writing down what the engine told failed");
    }
}
