//! The names of certificates, for the search of load balancers.

use crate::{
    pages::use_location,
    routes::Route,
    store::{row::Row, use_store},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use std::sync::Arc;

/// Gives the names to the list of load balancers, once the user searches it and a certificate is in
/// use.
#[component]
pub fn CertificateNames() -> impl IntoView {
    let store = use_store();
    let location = use_location();
    let wanted = Memo::new(move |_| {
        let uses_one = |row: &Arc<Row>| {
            row.listeners.iter().any(|one| one.0 == ListenerProtocol::TerminatedHttps)
        };
        let searches = location.with(|location| {
            matches!(&location.route, Some(Route::LoadBalancers(query)) if !query.search.is_empty())
        });
        searches && store.load_balancers.with_rows(|rows| rows.iter().any(uses_one))
    });
    let names = Memo::new(move |_| {
        store.certificates.with(|all| {
            all.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
        })
    });
    Effect::new(move |_| {
        if wanted.get() {
            store.certificates.ensure_listed();
            store.load_balancers.name_certificates(names.get());
        }
    });
}
