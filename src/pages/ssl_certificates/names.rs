//! The names of certificates and creators, for the search of load balancers.

use crate::{
    pages::use_location,
    routes::Route,
    store::{
        row::{Row, SearchNames},
        use_store,
    },
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use std::{collections::BTreeSet, sync::Arc};

/// Gives the names to the list of load balancers, once the user searches it.
#[component]
pub fn NamesForSearch() -> impl IntoView {
    let store = use_store();
    let location = use_location();
    let searches = Memo::new(move |_| {
        location.with(|location| {
            matches!(&location.route, Some(Route::LoadBalancers(query)) if !query.search.is_empty())
        })
    });
    let certificates = Memo::new(move |_| {
        let uses_one = |row: &Arc<Row>| {
            row.listeners.iter().any(|one| one.0 == ListenerProtocol::TerminatedHttps)
        };
        if !searches.get() || !store.load_balancers.with_rows(|rows| rows.iter().any(uses_one)) {
            return Vec::new();
        }
        store.certificates.ensure_listed();
        store.certificates.with(|all| {
            all.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>()
        })
    });
    let creators = Memo::new(move |_| {
        store.load_balancers.with_rows(|rows| {
            rows.iter().filter_map(|row| row.created_by.clone()).collect::<BTreeSet<_>>()
        })
    });
    let users = Memo::new(move |_| {
        let name = |id| {
            let name = store.users.name(&id);
            (id, name)
        };
        creators.get().into_iter().map(name).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        if searches.get() {
            let names = SearchNames { certificates: certificates.get(), users: users.get() };
            store.load_balancers.set_names(names);
        }
    });
}
