//! `SSL Certificate Management`: the list of certificates.

mod row;

use super::{delete::DeleteCertificates, replace::ReplaceDialog, warning::warn_of_expiry};
use crate::{
    i18n::{t_string, use_i18n},
    pages::{
        list::{Columns, ListKind, ListPage, Query, Selection},
        permissions::read_only_reason,
    },
    routes::{CertificateSort, Route, Sorting},
    store::{certificates::search, use_store},
};
use leptos::prelude::*;
use openstack_types::SecretId;
use row::row;
pub(super) use row::status;

static KIND: ListKind = ListKind {
    title: |i18n| t_string!(i18n, common.ssl_certificate_management),
    search: |i18n| t_string!(i18n, certificates.search),
    search_hint: |i18n| t_string!(i18n, certificates.search_hint),
    table: |i18n| t_string!(i18n, certificates.table),
    empty_title: |i18n| t_string!(i18n, certificates.empty_title),
    empty_text: |i18n| t_string!(i18n, certificates.empty_text),
    no_match_text: |i18n| t_string!(i18n, certificates.no_match_text),
    failed_title: |i18n| t_string!(i18n, certificates.list_failed_title),
    class: "list-table certificate-table",
    total: |store| store.certificates.with(<[_]>::len),
    loading: |store| store.certificates.loading(),
    updated: |store| store.certificates.updated(),
    refresh: |store| {
        store.certificates.list();
        store.load_balancers.list();
    },
    create: || Route::create_ssl_certificate().href(),
    filters: &[],
};

static COLUMNS: Columns<CertificateSort> = Columns {
    keys: |_| CertificateSort::ALL.to_vec(),
    name: |key| match key {
        CertificateSort::Name => |i18n| t_string!(i18n, certificates.column_name),
        CertificateSort::State => |i18n| t_string!(i18n, certificates.column_state),
        CertificateSort::Expires => |i18n| t_string!(i18n, certificates.column_expires),
        CertificateSort::Domains => |i18n| t_string!(i18n, certificates.column_domains),
        CertificateSort::UsedBy => |i18n| t_string!(i18n, certificates.column_used_by),
        CertificateSort::CreatedAt => |i18n| t_string!(i18n, certificates.column_created_at),
    },
    menu: Some(|i18n| t_string!(i18n, load_balancers.column_actions)),
};

#[component]
pub fn CertificateList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let certificates = store.certificates;
    certificates.ensure_listed();
    warn_of_expiry(store, i18n);
    // For the column `Used by`.
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
    let selection = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<SecretId>::new());
    let replacing = RwSignal::new(None::<SecretId>);
    let replace = move |id: SecretId| {
        let open = RwSignal::new(true);
        Effect::new(move |_| {
            if !open.get() {
                replacing.try_set(None);
            }
        });
        view! { <ReplaceDialog id uses open /> }
    };
    let page = ListPage {
        kind: &KIND,
        columns: &COLUMNS,
        query,
        shown,
        selection,
        deleting,
        delete_refusal: Signal::derive(read_only_reason()),
        row: Callback::new(move |(id, index)| row(id, index, selection, uses, deleting, replacing)),
    };
    view! {
        {page.view()}
        {move || replacing.get().map(replace)}
        <DeleteCertificates
            ids=deleting
            uses
            on_event=move |event| selection.on_delete_event(event)
        />
    }
}
