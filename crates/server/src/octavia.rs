//! Octavia v2, the load-balancing API: load balancers, listeners, pools, members, health monitors, L7
//! policies and rules.
//!
//! A handler validates the request body against the table of its resource ([`validate`],
//! [`crate::model`]) and runs one transaction ([`change`]), which locks the load balancer
//! ([`immutable`]), checks the quota ([`quota_check`]) and writes rows ([`build`]). After the commit,
//! [`crate::reconcile`] has the engine apply the change.

pub mod access;
mod allowed;
mod build;
mod certificates;
pub mod change;
mod create;
pub mod error;
mod health_monitors;
mod immutable;
mod l7policies;
mod l7rules;
mod list;
mod listeners;
mod load_balancers;
mod member_batch;
mod members;
mod part;
mod pools;
mod providers;
pub mod query;
mod quota_check;
mod quotas;
mod references;
mod request_body;
pub mod validate;
mod verification;
mod versions;
mod view;
mod vip_allocation;

use crate::{
    app::App,
    model::{HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, POOL},
};
use access::Actor;
use axum::{
    Router,
    routing::{MethodRouter, get, put},
};
use error::OctaviaError;
use list::{in_l7policy, in_pool, list, list_children, show, show_child};
use part::{delete, update};
use std::sync::Arc;

/// Everything below `/load-balancer`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(versions::list))
        .nest("/v2", v2())
        .nest("/v2.0", v2())
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::unknown_method)
}

fn v2() -> Router<Arc<App>> {
    let routes = routes().into_iter();
    routes
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods))
        .route("/", get(versions::list))
        .fallback(unknown_path_with_token)
        .method_not_allowed_fallback(error::unknown_method)
}

/// 404 of an unknown path, and 401 without a token, as in Octavia.
async fn unknown_path_with_token(_: Actor) -> OctaviaError {
    error::unknown_path().await
}

/// The paths below `/load-balancer/v2`.
pub fn paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/lbaas/loadbalancers", list(&LOAD_BALANCER).post(load_balancers::create)),
        (
            "/lbaas/loadbalancers/{id}",
            show(&LOAD_BALANCER).put(load_balancers::update).delete(load_balancers::delete),
        ),
        ("/lbaas/loadbalancers/{id}/status", get(load_balancers::statuses)),
        ("/lbaas/loadbalancers/{id}/statuses", get(load_balancers::statuses)),
        ("/lbaas/loadbalancers/{id}/stats", get(load_balancers::stats)),
        ("/lbaas/loadbalancers/{id}/failover", put(load_balancers::failover)),
        ("/lbaas/listeners", list(&LISTENER).post(listeners::create)),
        ("/lbaas/listeners/{id}", part::<listeners::Listener>()),
        ("/lbaas/listeners/{id}/stats", get(listeners::stats)),
        ("/lbaas/pools", list(&POOL).post(pools::create)),
        ("/lbaas/pools/{id}", part::<pools::Pool>()),
        (
            "/lbaas/pools/{parent}/members",
            list_children(&MEMBER, in_pool).post(members::create).put(member_batch::update),
        ),
        (
            "/lbaas/pools/{parent}/members/{id}",
            show_child(&MEMBER, in_pool)
                .put(update::<members::Member>)
                .delete(delete::<members::Member>),
        ),
        ("/lbaas/healthmonitors", list(&HEALTH_MONITOR).post(health_monitors::create)),
        ("/lbaas/healthmonitors/{id}", part::<health_monitors::HealthMonitor>()),
        ("/lbaas/l7policies", list(&L7POLICY).post(l7policies::create)),
        ("/lbaas/l7policies/{id}", part::<l7policies::L7Policy>()),
        (
            "/lbaas/l7policies/{parent}/rules",
            list_children(&L7RULE, in_l7policy).post(l7rules::create),
        ),
        (
            "/lbaas/l7policies/{parent}/rules/{id}",
            show_child(&L7RULE, in_l7policy)
                .put(update::<l7rules::L7Rule>)
                .delete(delete::<l7rules::L7Rule>),
        ),
        ("/lbaas/quotas", get(quotas::list)),
        ("/lbaas/quotas/defaults", get(quotas::defaults)),
        ("/lbaas/quotas/{project}", get(quotas::show).put(quotas::set).delete(quotas::reset)),
        ("/lbaas/quotas/{project}/default", get(quotas::project_defaults)),
    ]
    .into_iter()
    .chain(providers::routes())
    .collect()
}

/// `GET`, `PUT` and `DELETE` of one object at the top level of the API.
fn part<P: part::Part>() -> MethodRouter<Arc<App>> {
    show(P::RESOURCE).put(update::<P>).delete(delete::<P>)
}
