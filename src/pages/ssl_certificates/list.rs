//! `SSL Certificate Management`.

mod row;

use super::{delete::DeleteDialog, warning::warn_of_expiry};
use crate::{
    i18n::{t_string, use_i18n},
    pages::list::{ListPage, Query, Selection, SelectionBar, Word, Words},
    routes::{CertificateSort, Route, Sorting},
    store::{certificates::search, use_store},
    ui::VirtualRows,
};
use leptos::prelude::*;
use openstack_types::SecretId;
use row::row;
pub(super) use row::{created_at, status};

type Ticked = Selection<SecretId>;

const WORDS: Words = Words {
    title: |i18n| t_string!(i18n, common.ssl_certificate_management),
    search: |i18n| t_string!(i18n, certificates.search),
    search_hint: |i18n| t_string!(i18n, certificates.search_hint),
    table: |i18n| t_string!(i18n, certificates.table),
    empty_title: |i18n| t_string!(i18n, certificates.empty_title),
    empty_text: |i18n| t_string!(i18n, certificates.empty_text),
    no_match_text: |i18n| t_string!(i18n, certificates.no_match_text),
    failed_title: |i18n| t_string!(i18n, certificates.failed_title),
    actions: None,
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
    let columns = move |()| {
        CertificateSort::ALL.iter().map(|key| query.column(*key, column_name(*key))).collect()
    };
    let page = ListPage {
        words: &WORDS,
        class: "certificate-table",
        loading: Signal::derive(move || certificates.loading()),
        all: Signal::derive(move || certificates.with(<[_]>::len)),
        shown: Signal::derive(move || shown.with(Vec::len)),
        updated: Signal::derive(move || certificates.updated()),
        refresh: Callback::new(move |()| {
            certificates.list();
            store.load_balancers.list();
        }),
        create: Route::create_ssl_certificate,
        search: query.search,
        type_search: Callback::new(move |typed| query.type_search(typed)),
        select_all: selection.select_all(),
        columns: Callback::new(columns),
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
                row=move |(id, index)| row(id, index, selection, uses)
            />
        }
    };
    view! {
        {page.view(bar, rows)}
        <DeleteDialog ids=deleting uses on_deleted=move |which| selection.going(which) />
    }
}
