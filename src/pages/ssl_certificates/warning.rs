//! A message about expired and expiring certificates, once a day for the same certificates.

use super::{
    delete::name_of,
    expiry::{expiry_label, now},
};
use crate::{
    i18n::{I18nContext, Locale, t_string},
    routes::{CertificateSort, ListQuery, Route},
    store::{
        Store,
        certificates::{Certificate, State},
    },
};
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The key in the browser's storage.
const STORAGE_KEY: &str = "lb-portal.certificates-expiry-shown";
/// Milliseconds between checks whether the list is loaded.
const GLANCE: u32 = 100;
/// Checks before giving up.
const PATIENCE: u32 = 300;

/// Shows the message once the list is loaded.
pub fn warn_of_expiry(store: Store, i18n: I18nContext<Locale>) {
    spawn_local(async move {
        for _ in 0..PATIENCE {
            let loading = untrack(|| store.certificates.loading());
            if loading.listed {
                return untrack(|| notify(store, i18n));
            }
            if loading.error.is_some() {
                return;
            }
            store.certificates.ensure_listed();
            TimeoutFuture::new(GLANCE).await;
        }
    });
}

fn notify(store: Store, i18n: I18nContext<Locale>) {
    let mut urgent: Vec<Arc<Certificate>> = store.certificates.with(|all| {
        let is_urgent =
            |one: &&Arc<Certificate>| matches!(one.state(now()), State::Expired | State::Expiring);
        all.iter().filter(is_urgent).cloned().collect()
    });
    urgent.sort_by_key(|one| one.id);
    if urgent.is_empty() || is_known(&urgent) {
        return;
    }
    let (text, link) = match urgent.as_slice() {
        [one] => {
            let name = name_of(i18n, one);
            let text = match one.state(now()) {
                State::Expired => t_string!(i18n, certificates.expiry_notice_expired, name = name),
                state => {
                    let validity = one.facts.as_ref().map(|facts| facts.validity);
                    let when = validity.map(|validity| expiry_label(i18n, state, validity));
                    let when = when.unwrap_or_default();
                    t_string!(i18n, certificates.expiry_notice_expiring, name = name, when = when)
                }
            };
            (text.to_string(), Route::SslCertificate(one.id))
        }
        all => {
            let first = ListQuery::default().sorted_by(CertificateSort::Expires);
            let text = t_string!(i18n, certificates.expiry_notice_many, count = all.len());
            (text.to_string(), Route::SslCertificates(first))
        }
    };
    let show = t_string!(i18n, certificates.expiry_notice_show);
    store.toasts.warning_with_link(text, show, link.href());
}

/// Whether the message was shown today for these certificates; marks it as shown.
fn is_known(urgent: &[Arc<Certificate>]) -> bool {
    let Some(storage) = window().local_storage().ok().flatten() else { return false };
    let day = Date::new_0().to_date_string().as_string().unwrap_or_default();
    let ids = urgent.iter().map(|one| format!("{}{:?}", one.id, one.state(now())));
    let these = format!("{day} {}", ids.collect::<Vec<_>>().join(" "));
    let known = storage.get_item(STORAGE_KEY).ok().flatten().is_some_and(|known| known == these);
    // Without storage, it is shown again.
    let _ = storage.set_item(STORAGE_KEY, &these);
    known
}
