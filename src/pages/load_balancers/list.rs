//! `Load Balancer Management`.

mod row;

use super::Deleting;
use crate::{
    i18n::{t_string, use_i18n},
    pages::list::{Kind, ListPage, Query, Selection, SelectionBar, Word},
    routes::{Route, SortKey, Sorting},
    store::{search, use_store},
    ui::VirtualRows,
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, rules::may_delete};
use row::row;

type Ticked = Selection<LoadBalancerId>;

static KIND: Kind = Kind {
    title: |i18n| t_string!(i18n, load_balancers.title),
    search: |i18n| t_string!(i18n, load_balancers.search),
    search_hint: |i18n| t_string!(i18n, load_balancers.search_hint),
    table: |i18n| t_string!(i18n, load_balancers.table),
    empty_title: |i18n| t_string!(i18n, load_balancers.empty_title),
    empty_text: |i18n| t_string!(i18n, load_balancers.empty_text),
    no_match_text: |i18n| t_string!(i18n, load_balancers.no_match_text),
    failed_title: |i18n| t_string!(i18n, load_balancers.failed_title),
    class: "list-table",
    cells: |store| if store.features().created_by { 10 } else { 9 },
    all: |store| store.load_balancers.with_rows(<[_]>::len),
    loading: |store| store.load_balancers.loading(),
    updated: |store| store.load_balancers.updated(),
    refresh: |store| store.load_balancers.list(),
    create: || Route::create().href(),
};

fn column_name(key: SortKey) -> Word {
    match key {
        SortKey::Name => |i18n| t_string!(i18n, load_balancers.column_name),
        SortKey::State => |i18n| t_string!(i18n, load_balancers.column_state),
        SortKey::Type => |i18n| t_string!(i18n, load_balancers.column_type),
        SortKey::Vip => |i18n| t_string!(i18n, load_balancers.column_vip),
        SortKey::Listeners => |i18n| t_string!(i18n, load_balancers.column_listeners),
        SortKey::Servers => |i18n| t_string!(i18n, load_balancers.column_servers),
        SortKey::CreatedAt => |i18n| t_string!(i18n, load_balancers.column_created_at),
        SortKey::CreatedBy => |i18n| t_string!(i18n, load_balancers.column_created_by),
    }
}

/// The list.
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
    // Apart from the search, so that a letter typed sorts nothing.
    let order = Memo::new(move |before: Option<&Vec<u32>>| {
        let sorting = query.sorting();
        balancers.with_rows(|rows| search::order(rows, sorting, before, &|id| store.users.name(id)))
    });
    let shown: Memo<Vec<LoadBalancerId>> = Memo::new(move |_| {
        let search = query.search.get();
        order.with(|order| {
            balancers.with_rows(|rows| {
                search::matching(rows, order, &search).into_iter().map(|row| row.id).collect()
            })
        })
    });
    let selection: Ticked = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<LoadBalancerId>::new());
    let read_only = Memo::new(move |_| !store.session.may_change());
    let no_delete = move || {
        if read_only.get() {
            return Some(t_string!(i18n, errors.read_only).to_owned());
        }
        let deletable = selection.any(|id| {
            let row = balancers.row(id);
            row.is_some_and(|row| may_delete(&row.provisioning).is_ok())
        });
        (!deletable).then(|| t_string!(i18n, errors.pending).to_owned())
    };
    let sorted = move || {
        let known = store.features().created_by;
        let all = SortKey::ALL.iter().filter(|key| known || **key != SortKey::CreatedBy);
        all.map(|key| query.heading(*key, column_name(*key))).collect_view()
    };
    let bar = view! {
        <SelectionBar
            selection
            reason=Signal::derive(no_delete)
            on_delete=move |ids| deleting.set(ids)
        />
    };
    let rows = move || {
        view! {
            <VirtualRows
                keys=shown
                reuse=true
                asked=move || Route::LoadBalancers(query.now()).href()
                row=move |(id, index)| row(id, index, selection, deleting)
            />
        }
    };
    let page = ListPage {
        kind: &KIND,
        shown: Signal::derive(move || shown.with(Vec::len)),
        search: query.search,
        type_search: Callback::new(move |typed| query.type_search(typed)),
        bar: bar.into_any(),
        select_all: selection.select_all(),
        sorted: sorted.into_any(),
        last: Some(|i18n| t_string!(i18n, load_balancers.column_actions)),
        rows: rows.into(),
    };
    view! {
        {page.view()}
        <Deleting ids=deleting on_deleted=move |which| selection.going(which) />
    }
}
