//! The certificate of a listener in one line.

use super::{delete::name_of, expiry::badge};
use crate::{
    i18n::{t, use_i18n},
    routes::Route,
    store::use_store,
};
use leptos::prelude::*;
use openstack_types::SecretId;

/// Name and expiry of a certificate of the user; for others, only that there is one.
#[component]
pub fn CertificateNote(
    #[prop(into)] reference: Signal<Option<String>>,
    /// Whether the link opens a new tab, because the page around it holds unsaved input.
    #[prop(optional)]
    new_tab: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    let known = Memo::new(move |_| {
        let id = reference.with(|text| text.as_deref().and_then(SecretId::from_ref))?;
        Some(certificates.get(id))
    });
    // Nothing before the list is loaded: a certificate of the user would look like one of another
    // user.
    let listed = Memo::new(move |_| certificates.loading().listed);
    Effect::new(move |_| {
        if reference.with(Option::is_some) {
            certificates.ensure_listed();
        }
    });
    move || match known.get() {
        Some(Some(one)) => {
            let (href, name) = (Route::SslCertificate(one.id).href(), name_of(i18n, &one));
            view! {
                <span class="certificate-note-line">
                    <a href=href target=new_tab.then_some("_blank")>{name}</a>
                    {badge(i18n, &one)}
                </span>
            }
            .into_any()
        }
        Some(None) if listed.get() => view! {
            <span class="certificate-note-line muted">
                {t!(i18n, certificates.option_of_other_user)}
            </span>
        }
        .into_any(),
        _ => ().into_any(),
    }
}
