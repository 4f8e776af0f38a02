//! Octavia v2: load balancers, listeners, pools, members, health monitors and L7 policies.
//!
//! A request's body is checked against a table ([`crate::model`]), a change is written in one transaction
//! ([`change`]) and carried out afterwards ([`crate::reconcile`]).

pub mod access;
mod body;
mod catalogue;
mod certificates;
pub mod change;
pub mod error;
mod health_monitors;
mod l7policies;
mod l7rules;
mod listeners;
mod lists;
mod load_balancers;
mod members;
mod pools;
pub mod query;
mod quotas;
mod tls;
pub mod validate;
mod versions;
mod view;
mod vip;

use crate::app::App;
use crate::model::{HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, POOL};
use axum::{
    Router,
    routing::{get, put},
};
use lists::{Parent, list_in, list_of, show_in, show_of};
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
    Router::new()
        .route("/", get(versions::list))
        .nest("/lbaas", lbaas())
        .route("/octavia/amphorae", get(catalogue::amphorae))
        .fallback(catalogue::unknown)
        .method_not_allowed_fallback(error::unknown_method)
}

fn lbaas() -> Router<Arc<App>> {
    Router::new()
        .route("/loadbalancers", list_of(&LOAD_BALANCER).post(load_balancers::create))
        .route(
            "/loadbalancers/{id}",
            show_of(&LOAD_BALANCER).put(load_balancers::update).delete(load_balancers::delete),
        )
        .route("/loadbalancers/{id}/status", get(load_balancers::statuses))
        .route("/loadbalancers/{id}/statuses", get(load_balancers::statuses))
        .route("/loadbalancers/{id}/stats", get(load_balancers::stats))
        .route("/loadbalancers/{id}/failover", put(load_balancers::failover))
        .route("/listeners", list_of(&LISTENER).post(listeners::create))
        .route(
            "/listeners/{id}",
            show_of(&LISTENER).put(listeners::update).delete(listeners::delete),
        )
        .route("/listeners/{id}/stats", get(listeners::stats))
        .route("/pools", list_of(&POOL).post(pools::create))
        .route("/pools/{id}", show_of(&POOL).put(pools::update).delete(pools::delete))
        .route(
            "/pools/{pool}/members",
            list_in(&MEMBER, Parent::pool).post(members::create).put(members::batch),
        )
        .route(
            "/pools/{pool}/members/{id}",
            show_in(&MEMBER, Parent::pool).put(members::update).delete(members::delete),
        )
        .route("/healthmonitors", list_of(&HEALTH_MONITOR).post(health_monitors::create))
        .route(
            "/healthmonitors/{id}",
            show_of(&HEALTH_MONITOR).put(health_monitors::update).delete(health_monitors::delete),
        )
        .route("/l7policies", list_of(&L7POLICY).post(l7policies::create))
        .route(
            "/l7policies/{id}",
            show_of(&L7POLICY).put(l7policies::update).delete(l7policies::delete),
        )
        .route("/l7policies/{policy}/rules", list_in(&L7RULE, Parent::policy).post(l7rules::create))
        .route(
            "/l7policies/{policy}/rules/{id}",
            show_in(&L7RULE, Parent::policy).put(l7rules::update).delete(l7rules::delete),
        )
        .route("/quotas", get(quotas::list))
        .route("/quotas/defaults", get(quotas::defaults))
        .route("/quotas/{project}", get(quotas::show).put(quotas::set).delete(quotas::reset))
        .route("/quotas/{project}/default", get(quotas::project_defaults))
        .merge(catalogue::routes())
        .fallback(catalogue::unknown)
}
