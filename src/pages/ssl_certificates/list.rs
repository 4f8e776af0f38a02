//! `SSL Certificate Management`.

mod row;

use super::{delete::DeleteDialog, warning::warn_of_expiry};
use crate::{
    i18n::{t_string, use_i18n},
    pages::list::{Kind, ListPage, Query, Selection, SelectionBar, Word},
    routes::{CertificateSort, Route, Sorting},
    store::{certificates::search, use_store},
    ui::VirtualRows,
};
use leptos::prelude::*;
use openstack_types::SecretId;
use row::row;
pub(super) use row::{created_at, status};

type Ticked = Selection<SecretId>;

static KIND: Kind = Kind {
    title: |i18n| t_string!(i18n, common.ssl_certificate_management),
    search: |i18n| t_string!(i18n, certificates.search),
    search_hint: |i18n| t_string!(i18n, certificates.search_hint),
    table: |i18n| t_string!(i18n, certificates.table),
    empty_title: |i18n| t_string!(i18n, certificates.empty_title),
    empty_text: |i18n| t_string!(i18n, certificates.empty_text),
    no_match_text: |i18n| t_string!(i18n, certificates.no_match_text),
    failed_title: |i18n| t_string!(i18n, certificates.failed_title),
    class: "certificate-table",
    cells: |_| 1 + CertificateSort::ALL.len(),
    all: |store| store.certificates.with(<[_]>::len),
    loading: |store| store.certificates.loading(),
    updated: |store| store.certificates.updated(),
    refresh: |store| {
        store.certificates.list();
        store.load_balancers.list();
    },
    create: || Route::create_ssl_certificate().href(),
};

fn column_name(key: CertificateSort) -> Word {
    match key {
        CertificateSort::Name => |i18n| t_string!(i18n, certificates.column_name),
        CertificateSort::State => |i18n| t_string!(i18n, certificates.column_state),
        CertificateSort::Expires => |i18n| t_string!(i18n, certificates.column_expires),
        CertificateSort::Domains => |i18n| t_string!(i18n, certificates.column_domains),
        CertificateSort::UsedBy => |i18n| t_string!(i18n, certificates.column_used_by),
        CertificateSort::CreatedAt => |i18n| t_string!(i18n, certificates.column_created_at),
    }
}

/// The list.
#[component]
pub fn CertificateList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let certificates = store.certificates;
    certificates.ensure_listed();
    warn_of_expiry(store, i18n);
    // For what uses them.
    store.load_balancers.ensure_listed();

    let query = Query::new(
        |route| match route {
            Route::SslCertificates(query) => Some(query),
            _ => None,
        },
        Route::SslCertificates,
    );
    let uses = Memo::new(move |_| store.load_balancers.certificate_uses());
    let shown: Memo<Vec<SecretId>> = Memo::new(move |_| {
        let query = query.now();
        certificates.with(|all| uses.with(|uses| search::view(all, uses, &query)))
    });
    let selection: Ticked = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<SecretId>::new());
    let no_delete =
        move || (!store.session.may_change()).then(|| t_string!(i18n, errors.read_only).to_owned());
    let sorted = CertificateSort::ALL.iter().map(|key| query.heading(*key, column_name(*key)));
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
                asked=move || Route::SslCertificates(query.now()).href()
                row=move |(id, index)| row(id, index, selection, uses)
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
        sorted: sorted.collect_view().into_any(),
        last: None,
        rows: rows.into(),
    };
    view! {
        {page.view()}
        <DeleteDialog ids=deleting uses on_deleted=move |which| selection.going(which) />
    }
}
