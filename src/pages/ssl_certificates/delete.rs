//! The confirmation before certificates are deleted. Certificates in use are left out, with what uses them.

use super::uses::links;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::list::{DeleteDialog, DeleteEvent, DeleteKind, limited_list},
    routes::Route,
    store::{
        certificates::{Certificate, Uses},
        use_store,
    },
};
use leptos::prelude::*;
use openstack_types::{SecretId, field};
use std::sync::Arc;

/// The name of a certificate, or the text for one without.
pub fn name_of(i18n: I18nContext<Locale>, certificate: &Certificate) -> String {
    match certificate.name.trim() {
        name if field::is_blank(name) => t_string!(i18n, load_balancers.unnamed).to_owned(),
        name => name.to_owned(),
    }
}

/// The certificates that the user asked to delete.
#[derive(Clone, Default, PartialEq)]
struct Request {
    deletable: Vec<Arc<Certificate>>,
    in_use: Vec<Arc<Certificate>>,
}

static DELETE_KIND: DeleteKind<SecretId> = DeleteKind {
    title_one: |i18n| t_string!(i18n, certificates.delete_one_title),
    title_many: |i18n| t_string!(i18n, certificates.delete_many_title),
    scheduled_many: |i18n, count| t_string!(i18n, certificates.delete_started_many, count = count),
    set_deleting: |store, ids, deleting| store.certificates.set_deleting(ids, deleting),
    href: |id| Route::SslCertificate(id).href(),
    delete: |store, id| Box::pin(store.certificates.delete(id)),
};

/// The confirmation. It is open while `ids` is not empty.
#[component]
pub(super) fn DeleteCertificates(
    ids: RwSignal<Vec<SecretId>>,
    uses: Memo<Uses>,
    /// Called when the undo period begins, and when the user takes the deletion back.
    #[prop(into)]
    on_event: Callback<DeleteEvent<SecretId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let request = Memo::new(move |_| {
        let all = ids.get().into_iter().filter_map(|id| store.certificates.get(id));
        let all = all.filter(|one| one.status != Certificate::DELETING);
        let (in_use, deletable) =
            uses.with(|uses| all.partition(|one| !uses.of(one.id).is_empty()));
        Request { deletable, in_use }
    });
    let targets = move || {
        request.with(|request| {
            request.deletable.iter().map(|one| (one.id, name_of(i18n, one))).collect::<Vec<_>>()
        })
    };
    let refusal = move || {
        request.with(|request| match (request.deletable.is_empty(), request.in_use.is_empty()) {
            (false, _) => None,
            (true, false) => Some(t_string!(i18n, certificates.delete_all_in_use).to_owned()),
            (true, true) => Some(t_string!(i18n, errors.pending).to_owned()),
        })
    };
    DeleteDialog {
        kind: &DELETE_KIND,
        ids,
        targets: Signal::derive(targets),
        refusal: Signal::derive(refusal),
        focus_cancel: true,
        content: ViewFn::from(move || move || content(i18n, &request.get(), &uses.get())),
        on_event,
    }
    .view()
}

/// Names the certificates that are deleted, and those that are not.
fn content(i18n: I18nContext<Locale>, request: &Request, uses: &Uses) -> AnyView {
    let count = request.deletable.len();
    let lead = match request.deletable.as_slice() {
        [] => String::new(),
        [one] => t_string!(i18n, certificates.delete_one_lead, name = name_of(i18n, one)),
        _ => t_string!(i18n, certificates.delete_many_lead, count = count),
    };
    let named = (count > 1).then(|| {
        let names = request.deletable.iter().map(|one| name_of(i18n, one).into_any());
        limited_list(i18n, count, &mut { names })
    });
    let in_use = (!request.in_use.is_empty()).then(|| {
        let items = request.in_use.iter().map(|one| {
            view! {
                <li>
                    {name_of(i18n, one)}
                    {links(i18n, uses.of(one.id))}
                </li>
            }
        });
        view! {
            <h3 class="delete-heading">{t!(i18n, certificates.delete_in_use)}</h3>
            <ul class="delete-list">{items.collect_view()}</ul>
        }
    });
    view! {
        {(!lead.is_empty()).then(|| view! { <p class="delete-lead">{lead}</p> })}
        {named}
        {in_use}
    }
    .into_any()
}
