//! The select `SSL certificate`: a certificate of the user, or a new one.

use super::{chunks::create_certificate, delete::name_of, expiry::now};
use crate::store::lower;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::chunk::when_wanted,
    store::{
        certificates::{Certificate, State},
        use_store,
    },
    ui::{Button, Glyph, Select, SelectOption, Text},
};
use leptos::prelude::*;
use openstack_types::SecretId;
use std::sync::Arc;

/// Inside a `Field`. `value` and the argument of `on_change` are references to secrets.
#[component]
pub fn CertificateChoice(
    #[prop(into)] value: Text,
    #[prop(into)] on_change: Callback<String>,
    /// Not offered.
    #[prop(optional)]
    without: Option<SecretId>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let certificates = store.certificates;
    certificates.ensure_listed();
    let chosen = Memo::new(move |_| value.with(|value| SecretId::from_ref(value)));
    // By id, since a secret has several references behind a proxy.
    let selected =
        Signal::derive(move || chosen.get().map(|id| id.to_string()).unwrap_or_default());
    let options = Signal::derive(move || {
        let mut all = certificates.with(<[_]>::to_vec);
        all.retain(|one| Some(one.id) != without);
        all.sort_by_cached_key(|one| (lower(&one.name), one.id));
        let mut options: Vec<_> = all.iter().map(|one| option(i18n, one)).collect();
        // A listener may have a certificate of another user, which stays selected.
        if let Some(id) = chosen.get().filter(|id| all.iter().all(|one| one.id != *id)) {
            let label = t_string!(i18n, certificates.option_of_other_user);
            options.push(SelectOption::new(id.to_string(), label));
        }
        options
    });
    let choose = move |id: String| {
        let reference = certificates.with(|all| {
            let one = all.iter().find(|one| one.id.to_string() == id);
            one.map(|one| one.reference.clone())
        });
        if let Some(reference) = reference {
            on_change.run(reference);
        }
    };
    let creating = RwSignal::new(false);
    let created =
        Callback::new(move |created: Arc<Certificate>| on_change.run(created.reference.clone()));
    view! {
        <span class="certificate-choice">
            <Select
                value=selected
                on_change=choose
                options
                placeholder=move || t_string!(i18n, certificates.choose).to_owned()
            />
            <Button
                icon=Glyph::Plus
                label=move || t_string!(i18n, certificates.create_title).to_owned()
                on_press=move || creating.set(true)
            >
                {t!(i18n, common.create)}
            </Button>
        </span>
        {when_wanted(
            creating.into(),
            create_certificate::load,
            move || create_certificate::view(creating, created),
            move || creating.set(false),
        )}
    }
}

/// A certificate that cannot be served is disabled, with the reason.
fn option(i18n: I18nContext<Locale>, one: &Certificate) -> SelectOption {
    let name = name_of(i18n, one);
    let id = one.id.to_string();
    let domain = one.domains().first().filter(|domain| **domain != name);
    let named = match domain {
        Some(domain) => format!("{name} · {domain}"),
        None => name,
    };
    match one.state(now()) {
        State::Expired => {
            let label = t_string!(i18n, certificates.option_expired, name = named).to_string();
            SelectOption::new(id, label).disabled()
        }
        _ if one.status != "ACTIVE" => {
            SelectOption::new(id, format!("{named} ({})", one.status)).disabled()
        }
        _ => SelectOption::new(id, named),
    }
}
