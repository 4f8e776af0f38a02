//! Events about load balancers and their parts, sent after the commit.

use crate::{
    change::Change,
    model::{
        ID, MEMBER, OPERATING_STATUS, PROJECT_ID, PROVISIONING_STATUS, Resource, Row, UPDATED_AT,
        load_balancer::USER_ID,
    },
    store::Tx,
};
use openstack_types::{
    UserId,
    portal::{Event, EventAction, EventKind},
};

/// Emits a change of `row`, which is `load_balancer` or a part of it.
pub fn emit(tx: &Tx<'_>, resource: &Resource, action: EventAction, row: &Row, load_balancer: &Row) {
    emit_with_reason(tx, resource, action, row, load_balancer, None);
}

/// Emits a change with the reason of the new status.
pub(super) fn emit_with_reason(
    tx: &Tx<'_>,
    resource: &Resource,
    action: EventAction,
    row: &Row,
    load_balancer: &Row,
    reason: Option<String>,
) {
    let event = event(resource, action, row, load_balancer);
    send(tx, event.map(|event| Event { reason, ..event }), load_balancer);
}

/// Emits the health of a member. `since` is the time of the change if the status is new.
pub(super) fn emit_member_health(
    tx: &Tx<'_>,
    member: &Row,
    load_balancer: &Row,
    reason: Option<String>,
    since: Option<String>,
) {
    let event = event(&MEMBER, EventAction::Status, member, load_balancer);
    send(tx, event.map(|event| Event { reason, since, ..event }), load_balancer);
}

fn event(
    resource: &Resource,
    action: EventAction,
    row: &Row,
    load_balancer: &Row,
) -> Option<Event> {
    Some(Event {
        kind: EventKind::from_wire(resource.name),
        action,
        id: row.get(ID).parse().ok()?,
        loadbalancer_id: load_balancer.get(ID).parse().ok(),
        project_id: load_balancer.get(PROJECT_ID).into(),
        provisioning_status: Some(row.get(PROVISIONING_STATUS)),
        operating_status: Some(row.get(OPERATING_STATUS)),
        updated_at: row.get(UPDATED_AT).map(str::to_owned),
        reason: None,
        since: None,
    })
}

fn send(tx: &Tx<'_>, event: Option<Event>, load_balancer: &Row) {
    if let Some(event) = event {
        let owner = Some(UserId(load_balancer.get(USER_ID).to_owned()));
        tx.emit(Change { event, owner });
    }
}
