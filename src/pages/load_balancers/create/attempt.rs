//! Sending the request that creates a load balancer, once: an answer can be lost after the service has
//! done its work, and a second request must not create a second load balancer.

use crate::{pages::load_balancers::form::draft_storage::DraftStorage, store::Store};
use leptos::prelude::*;
use openstack_types::{
    LoadBalancerId,
    error::ApiError,
    octavia::{CreateLoadBalancer, LoadBalancer},
    portal::Mode,
};
use serde::{Deserialize, Serialize};

/// Beside the draft: what was sent without an answer so far.
const STORAGE: DraftStorage = DraftStorage("create-load-balancer-sent");

/// Milliseconds that the clock of the service may be behind.
const CLOCK_SKEW: f64 = 120_000.0;

/// A request that was sent; kept until it is answered, also over a reload.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Attempt {
    idempotency_key: String,
    /// Milliseconds since 1970.
    sent_at: f64,
    request: CreateLoadBalancer,
}

impl Attempt {
    fn new(request: &CreateLoadBalancer) -> Self {
        Self {
            idempotency_key: random_key(),
            sent_at: js_sys::Date::now(),
            request: request.clone(),
        }
    }
}

/// 128 random bits. `crypto.randomUUID` exists on `https://` and localhost only.
fn random_key() -> String {
    let word = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}{:08x}{:08x}", word(), word(), word(), word())
}

/// Creates a load balancer, unless an earlier request of this wizard has created it already.
///
/// # Errors
/// The error of the service. Without a response (status 0) it is unknown whether the load balancer
/// exists; the next call finds out before it sends anything.
pub(super) async fn create_once(
    store: Store,
    from: Option<LoadBalancerId>,
    request: &CreateLoadBalancer,
) -> Result<LoadBalancer, ApiError> {
    let support = store.session.support(request.provider.as_deref());
    let request = &plan::supported::limit_create(request, &support)
        .map_err(|lacking| plan::supported::refusal(&lacking))?;
    let earlier = STORAGE.load::<Attempt>(store, from);
    let attempt = match earlier {
        Some(earlier) if earlier.request == *request && knows_keys(store) => earlier,
        Some(earlier) => match find_created(store, &earlier).await? {
            Some(created) => return Ok(finished(from, created)),
            None => Attempt::new(request),
        },
        None => Attempt::new(request),
    };
    STORAGE.save(store, from, &attempt);
    let send = || store.load_balancers.create(request, &attempt.idempotency_key);
    let mut result = send().await;
    // The answer may be lost: only a repetition or a look can tell.
    if result.as_ref().is_err_and(|error| error.status == 0) {
        result = if knows_keys(store) {
            send().await
        } else {
            let found = find_created(store, &attempt).await;
            found.and_then(|found| found.ok_or_else(|| ApiError::no_response(ApiError::TIMEOUT)))
        };
    }
    if result.as_ref().map_or_else(|error| error.status != 0, |_| true) {
        STORAGE.clear(from);
    }
    result
}

/// Whether the service creates only one load balancer for each `Idempotency-Key`.
fn knows_keys(store: Store) -> bool {
    store.info.with_untracked(|info| info.as_ref().is_some_and(|info| info.mode == Mode::Embedded))
}

/// Forgets a request without an answer.
pub(super) fn forget(from: Option<LoadBalancerId>) {
    STORAGE.clear(from);
}

fn finished(from: Option<LoadBalancerId>, created: LoadBalancer) -> LoadBalancer {
    STORAGE.clear(from);
    created
}

/// The load balancer that a request created; `None` if there is none.
async fn find_created(store: Store, attempt: &Attempt) -> Result<Option<LoadBalancer>, ApiError> {
    let newest = store.load_balancers.read_newest().await?;
    Ok(newest.into_iter().find(|balancer| {
        let created_at = js_sys::Date::parse(&format!("{}Z", balancer.created_at));
        balancer.name == attempt.request.name && created_at >= attempt.sent_at - CLOCK_SKEW
    }))
}
