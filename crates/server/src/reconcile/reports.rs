//! Stores what the engine reports: member health, process state, traffic and checks.

use super::traffic::Traffic;
use crate::store::{Store, octavia::operating_status};
use engine::report::{Health, Report};
use openstack_types::{LoadBalancerId, MemberId};
use std::collections::BTreeSet;

enum StatusReport {
    Member(MemberId, Health),
    /// `Some`: the process is down, and why.
    Process(LoadBalancerId, Option<String>),
}

/// Stores reports in one transaction, with the statuses that follow from them.
pub(super) async fn store(store: &Store, traffic: &Traffic, reports: Vec<Report>) {
    let mut statuses = Vec::new();
    let mut loadbalancers = BTreeSet::new();
    for report in reports {
        match report {
            Report::MemberHealth { loadbalancer, member, health, .. } => {
                loadbalancers.insert(loadbalancer);
                statuses.push(StatusReport::Member(member, health));
            }
            Report::ProcessDown { loadbalancer, reason } => {
                tracing::warn!(%loadbalancer, %reason, "the process is down");
                traffic.idle(loadbalancer);
                loadbalancers.insert(loadbalancer);
                statuses.push(StatusReport::Process(loadbalancer, Some(reason)));
            }
            Report::ProcessUp { loadbalancer } => {
                loadbalancers.insert(loadbalancer);
                statuses.push(StatusReport::Process(loadbalancer, None));
            }
            Report::Traffic { loadbalancer, listeners, members } => {
                traffic.add(loadbalancer, &listeners, &members);
            }
            Report::Checks { loadbalancer, checks } => {
                traffic.record_checks(loadbalancer, checks);
            }
        }
    }
    if statuses.is_empty() {
        return;
    }
    let stored = store
        .write(move |tx| {
            for status in &statuses {
                match status {
                    StatusReport::Member(id, health) => {
                        operating_status::record_member_health(tx, *id, health)?;
                    }
                    StatusReport::Process(id, down) => {
                        operating_status::record_process_state(tx, *id, down.as_deref())?;
                    }
                }
            }
            loadbalancers.iter().try_for_each(|id| operating_status::update(tx, &id.to_string()))
        })
        .await;
    if let Err(error) = stored {
        let error: rusqlite::Error = error;
        tracing::error!(%error, "storing reports of the engine failed");
    }
}
