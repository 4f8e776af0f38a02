//! The question before certificates are deleted. What is in use stays, and says where.

use super::uses::links;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::list::{DeleteKind, schedule},
    store::{
        certificates::{Certificate, Uses},
        use_store,
    },
    ui::{Button, ButtonKind, Dialog},
};
use leptos::prelude::*;
use openstack_types::SecretId;
use std::sync::Arc;

/// Certificates named in the question; the rest is a number.
const NAMED: usize = 8;

/// What people call a certificate.
pub fn name_of(i18n: I18nContext<Locale>, certificate: &Certificate) -> String {
    match certificate.name.trim() {
        "" => t_string!(i18n, load_balancers.unnamed).to_owned(),
        name => name.to_owned(),
    }
}

/// What the question is about.
#[derive(Clone, Default, PartialEq)]
struct Asked {
    possible: Vec<Arc<Certificate>>,
    used: Vec<Arc<Certificate>>,
}

const DELETE_KIND: DeleteKind<SecretId> = DeleteKind {
    show: |store, ids, going| store.certificates.set_leaving(ids, going),
    delete: |store, id| Box::pin(store.certificates.delete(id)),
};

/// Asks, and deletes after a few seconds in which it can be taken back. Open as long as `ids` are;
/// empties them when answered.
#[component]
pub(super) fn DeleteDialog(
    ids: RwSignal<Vec<SecretId>>,
    uses: Memo<Uses>,
    /// Told which go, and with `false` which of those stay after all.
    #[prop(into)]
    on_deleted: Callback<(Vec<SecretId>, bool)>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let open = Memo::new(move |_| ids.with(|ids| !ids.is_empty()));
    let asked = Memo::new(move |_| {
        let all = ids.get().into_iter().filter_map(|id| store.certificates.get(id));
        let all = all.filter(|one| one.status != Certificate::DELETING);
        let (used, possible) = uses.with(|uses| all.partition(|one| !uses.of(one.id).is_empty()));
        Asked { possible, used }
    });
    let several = Memo::new(move |_| ids.with(|ids| ids.len() > 1));
    let reason = move || {
        asked.with(|asked| match (asked.possible.is_empty(), asked.used.is_empty()) {
            (false, _) => None,
            (true, false) => Some(t_string!(i18n, certificates.delete_all_in_use).to_owned()),
            (true, true) => Some(t_string!(i18n, errors.pending).to_owned()),
        })
    };
    let close = move || ids.set(Vec::new());
    let submit = move || {
        if reason().is_some() {
            return;
        }
        let going = asked.with_untracked(|asked| asked.possible.clone());
        ids.set(Vec::new());
        let words = match going.as_slice() {
            [one] => {
                let name = name_of(i18n, one);
                t_string!(i18n, load_balancers.delete_started, name = name).to_string()
            }
            several => {
                let count = several.len();
                t_string!(i18n, certificates.delete_started_many, count = count).to_string()
            }
        };
        let things = going.iter().map(|one| (one.id, name_of(i18n, one))).collect();
        schedule(i18n, store, &DELETE_KIND, things, words, on_deleted);
    };
    let title = move || {
        if several.get() {
            t_string!(i18n, certificates.delete_many_title).to_owned()
        } else {
            t_string!(i18n, certificates.delete_one_title).to_owned()
        }
    };
    view! {
        <Dialog
            open
            on_close=close
            title
            danger=true
            on_submit=submit
            actions=move || {
                view! {
                    <Button on_press=close autofocus=true>
                        {t!(i18n, common.cancel)}
                    </Button>
                    <Button
                        kind=ButtonKind::Danger
                        submit=true
                        disabled_reason=Signal::derive(reason)
                    >
                        {t!(i18n, common.delete)}
                    </Button>
                }
            }
        >
            {move || question(i18n, &asked.get(), &uses.get())}
        </Dialog>
    }
}

fn question(i18n: I18nContext<Locale>, asked: &Asked, uses: &Uses) -> AnyView {
    let count = asked.possible.len();
    let lead = match asked.possible.as_slice() {
        [] => String::new(),
        [one] => {
            let name = name_of(i18n, one);
            t_string!(i18n, certificates.delete_one_lead, name = name).to_string()
        }
        _ => t_string!(i18n, certificates.delete_many_lead, count = count).to_string(),
    };
    let named = (count > 1).then(|| {
        let more = count.saturating_sub(NAMED);
        let items = asked.possible.iter().take(NAMED).map(|one| {
            view! { <li>{name_of(i18n, one)}</li> }
        });
        let items = items.collect_view();
        let rest = (more > 0).then(|| {
            let text = t_string!(i18n, load_balancers.and_more, count = more).to_string();
            view! { <li>{text}</li> }
        });
        view! { <ul class="delete-list">{items} {rest}</ul> }
    });
    let used = (!asked.used.is_empty()).then(|| {
        let items = asked.used.iter().map(|one| {
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
        {used}
    }
    .into_any()
}
