//! `Load Balancer Management`: the list of load balancers.

mod row;

use super::chunks::{LazyDeleteDialog, LazyExportDialog};
use crate::{
    i18n::{t_string, use_i18n},
    pages::{
        list::{Columns, Filter, ListKind, ListPage, Query, Selection},
        permissions::read_only_reason,
    },
    routes::{Route, SortKey, Sorting},
    store::{
        row::{Row, SearchNames},
        search::{self, Narrowing},
        use_store,
    },
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, rules::may_delete};
use row::row;
use std::sync::{Arc, Mutex, PoisonError};

static KIND: ListKind = ListKind {
    title: |i18n| t_string!(i18n, load_balancers.title),
    search: |i18n| t_string!(i18n, load_balancers.search),
    search_hint: |i18n| t_string!(i18n, load_balancers.search_hint),
    table: |i18n| t_string!(i18n, load_balancers.table),
    empty_title: |i18n| t_string!(i18n, load_balancers.empty_title),
    empty_text: |i18n| t_string!(i18n, load_balancers.empty_text),
    no_match_text: |i18n| t_string!(i18n, load_balancers.no_match_text),
    failed_title: |i18n| t_string!(i18n, load_balancers.failed_title),
    class: "list-table load-balancer-table",
    total: |store| store.load_balancers.with_rows(<[_]>::len),
    loading: |store| store.load_balancers.loading(),
    updated: |store| store.load_balancers.updated(),
    refresh: |store| store.load_balancers.list(),
    create: || Route::create().href(),
    filters: &[
        Filter {
            name: |i18n| t_string!(i18n, load_balancers.column_state),
            all: |i18n| t_string!(i18n, load_balancers.all_states),
            options: &[
                ("healthy", |i18n| t_string!(i18n, services.state_healthy)),
                ("idle", |i18n| t_string!(i18n, services.state_idle)),
                ("changing", |i18n| t_string!(i18n, services.state_changing)),
                ("degraded", |i18n| t_string!(i18n, services.state_impaired)),
                ("down", |i18n| t_string!(i18n, services.state_down)),
            ],
        },
        Filter {
            name: |i18n| t_string!(i18n, load_balancers.column_type),
            all: |i18n| t_string!(i18n, load_balancers.all_types),
            options: &[
                ("application", |i18n| t_string!(i18n, common.application)),
                ("network", |i18n| t_string!(i18n, common.network)),
            ],
        },
    ],
};

static COLUMNS: Columns<SortKey> = Columns {
    keys: |store| {
        let created_by = store.features().created_by;
        let keys = SortKey::ALL.iter().copied();
        keys.filter(|key| created_by || *key != SortKey::CreatedBy).collect()
    },
    name: |key| match key {
        SortKey::Name => |i18n| t_string!(i18n, load_balancers.column_name),
        SortKey::State => |i18n| t_string!(i18n, load_balancers.column_state),
        SortKey::Type => |i18n| t_string!(i18n, load_balancers.column_type),
        SortKey::Vip => |i18n| t_string!(i18n, load_balancers.column_vip),
        SortKey::Listeners => |i18n| t_string!(i18n, load_balancers.column_listeners),
        SortKey::Servers => |i18n| t_string!(i18n, load_balancers.column_servers),
        SortKey::CreatedAt => |i18n| t_string!(i18n, load_balancers.column_created_at),
        SortKey::CreatedBy => |i18n| t_string!(i18n, load_balancers.column_created_by),
    },
    menu: Some(|i18n| t_string!(i18n, load_balancers.column_actions)),
};

#[component]
pub fn LoadBalancerList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let balancers = store.load_balancers;
    balancers.ensure_listed();

    let query = Query::new(
        |route| match route {
            Route::LoadBalancers(query) => Some(query),
            _ => None,
        },
        Route::LoadBalancers,
    );
    // Separate from the search, so that typing does not sort again.
    let order = Memo::new(move |before: Option<&Vec<u32>>| {
        let sorting = query.sorting();
        balancers.with_rows(|rows| search::order(rows, sorting, before, &|id| store.users.name(id)))
    });
    let filters = Memo::new(move |_| query.now().filters);
    // Begun anew with everything but the text of the search.
    let narrowing = Memo::new_with_compare(
        move |_| {
            order.track();
            filters.track();
            balancers.with_rows(|_| ());
            balancers.with_names(|_| ());
            Arc::new(Mutex::new(Narrowing::default()))
        },
        |_, _| true,
    );
    let shown: Memo<Vec<LoadBalancerId>> = Memo::new(move |_| {
        let narrowing = narrowing.get();
        // Nobody panics while it is locked.
        let mut narrowing = narrowing.lock().unwrap_or_else(PoisonError::into_inner);
        let search = query.search.get();
        let mut find = |rows: &[Arc<Row>], names: &SearchNames| {
            let found =
                order.with(|order| narrowing.find(rows, order, names, &search, filters.get()));
            found.iter().filter_map(|index| Some(rows.get(*index as usize)?.id)).collect()
        };
        balancers.with_rows(|rows| balancers.with_names(|names| find(rows, names)))
    });
    let selection = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<LoadBalancerId>::new());
    let exporting = RwSignal::new(None);
    let read_only = read_only_reason();
    let delete_refusal = move || {
        read_only().or_else(|| {
            let deletable = selection.any(|id| {
                let row = balancers.row(id);
                row.is_some_and(|row| may_delete(&row.provisioning).is_ok())
            });
            (!deletable).then(|| t_string!(i18n, errors.pending).to_owned())
        })
    };
    let page = ListPage {
        kind: &KIND,
        columns: &COLUMNS,
        query,
        shown,
        selection,
        deleting,
        delete_refusal: Signal::derive(delete_refusal),
        row: Callback::new(move |(id, index)| row(id, index, selection, deleting, exporting)),
    };
    view! {
        {page.view()}
        <LazyDeleteDialog ids=deleting on_event=move |event| selection.on_delete_event(event) />
        <LazyExportDialog exporting />
    }
}
