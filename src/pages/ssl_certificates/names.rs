//! What certificates are called, for the search of load balancers.

use crate::store::use_store;
use leptos::prelude::*;

/// Keeps the list of load balancers told of the names of certificates, as long as it is there.
#[component]
pub fn CertificateNames() -> impl IntoView {
    let store = use_store();
    store.certificates.ensure_listed();
    let names = Memo::new(move |_| {
        store.certificates.with(|all| {
            all.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
        })
    });
    Effect::new(move |_| store.load_balancers.name_certificates(names.get()));
}
