//! Applies one load balancer: reads its specification, hands it to the engine, stores the outcome.

use super::{desired, parts::Parts, request::Request, retries::Next, traffic::Shape};
use crate::store::octavia::{
    engine_spec::{DesiredState, DownListener, RefusedMember, leave_out_refused_members},
    operating_status,
    provisioning::{self, Recorded},
};
use engine::{Applied, ApplyError, ApplyOptions, spec::LoadBalancerSpec};
use futures_util::FutureExt;
use openstack_types::LoadBalancerId;
use std::panic::AssertUnwindSafe;

/// Why something does not run that this program could not even try. The cause is in the log.
const INTERNAL_ERROR: &str = "an internal error; the log of the server has the details";

/// Applies the load balancer and stores the outcome.
pub(super) async fn apply(parts: &Parts, request: Request) -> Next {
    let id = request.id;
    let applied = AssertUnwindSafe(apply_until_current(parts, request)).catch_unwind().await;
    match applied {
        Ok(Ok(next)) => next,
        Ok(Err(error)) => {
            tracing::error!(%error, loadbalancer = %id, "the outcome of a change is not stored; trying again");
            Next::RetrySoon
        }
        Err(_) => {
            tracing::error!(loadbalancer = %id, "applying a load balancer panicked");
            record_internal_error(parts, id).await
        }
    }
}

/// Nothing stays pending because of a fault of this program.
async fn record_internal_error(parts: &Parts, id: LoadBalancerId) -> Next {
    let recorded =
        parts.store.write(move |tx| provisioning::record_internal_error(tx, id, INTERNAL_ERROR));
    match recorded.await {
        Ok(()) => Next::RetryLater,
        Err(error) => {
            let error: rusqlite::Error = error;
            tracing::error!(%error, loadbalancer = %id, "the outcome of a change is not stored");
            Next::RetrySoon
        }
    }
}

async fn apply_until_current(parts: &Parts, request: Request) -> rusqlite::Result<Next> {
    loop {
        if let Some(next) = apply_once(parts, request).await? {
            return Ok(next);
        }
    }
}

/// Returns `None` if the load balancer was changed meanwhile.
async fn apply_once(parts: &Parts, request: Request) -> rusqlite::Result<Option<Next>> {
    let id = request.id;
    let Some(desired) = desired::read(parts, id).await? else {
        parts.engine.remove(id).await;
        return Ok(Some(Next::Settled));
    };
    if desired.deleted {
        parts.engine.remove(id).await;
        parts.store.write(move |tx| provisioning::delete_load_balancer(tx, id)).await?;
        parts.traffic.forget(id);
        tracing::info!(loadbalancer = %id, "deleted");
        return Ok(Some(Next::Settled));
    }
    let DesiredState { revision, spec, mut down, loops, .. } = desired;
    let mut refused = Vec::new();
    if let Some(mut spec) = spec {
        refused = leave_out_refused_members(&mut spec, &parts.address_policy, &loops);
        let options = ApplyOptions {
            unspecified: down.iter().map(|down| down.listener).collect(),
            new_process: request.new_process,
        };
        let applied = match run(parts, id, spec, options).await {
            Ok(applied) => applied,
            // If the server is stopping, its next start applies the change.
            Err(ApplyError::ShuttingDown) => return Ok(Some(Next::RetrySoon)),
            Err(error @ ApplyError::Panicked) => {
                tracing::error!(%error, loadbalancer = %id, "a load balancer is not applied");
                return Ok(Some(record_internal_error(parts, id).await));
            }
        };
        for down in &mut down {
            down.serves_previous = applied.serves(down.listener);
        }
        down.extend(applied.failed.iter().map(|failed| DownListener {
            listener: failed.listener,
            reason: failed.failure.to_string(),
            may_pass: failed.failure.may_pass(),
            serves_previous: applied.serves(failed.listener),
        }));
    }
    let next = next(&down, !loops.is_empty());
    for DownListener { listener, reason, serves_previous, .. } in &down {
        tracing::warn!(loadbalancer = %id, %listener, %reason, serves_previous, "a listener does not run as wanted");
    }
    for RefusedMember { member, reason } in &refused {
        tracing::warn!(loadbalancer = %id, %member, %reason, "serving without a member");
    }
    let recorded = parts
        .store
        .write(move |tx| {
            operating_status::record_refused_members(tx, id, &refused)?;
            provisioning::record_outcome(tx, id, revision, &down)
        })
        .await?;
    tracing::info!(loadbalancer = %id, revision, ?recorded, "applied");
    Ok((recorded == Recorded::Done).then_some(next))
}

/// A change of another load balancer can end a loop, and does not apply this one.
fn next(down: &[DownListener], has_loop: bool) -> Next {
    if down.iter().any(|down| down.may_pass) {
        Next::RetrySoon
    } else if down.is_empty() && !has_loop {
        Next::Settled
    } else {
        Next::RetryLater
    }
}

async fn run(
    parts: &Parts,
    id: LoadBalancerId,
    spec: LoadBalancerSpec,
    options: ApplyOptions,
) -> Result<Applied, ApplyError> {
    let wanted = Shape::of(&spec);
    parts.traffic.announce(id, &wanted);
    let applied = parts.engine.apply_with(spec, options).await?;
    parts.traffic.retain(id, &wanted.with(Shape::of(&applied.running)));
    Ok(applied)
}
