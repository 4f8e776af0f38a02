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
    /// The choice can be taken back; `on_change` gets an empty text then.
    #[prop(optional)]
    clearable: bool,
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
        let none = clearable.then(|| SelectOption::new("", t_string!(i18n, create.none)));
        let mut options: Vec<_> = none.into_iter().collect();
        options.extend(all.iter().map(|one| option(i18n, one)));
        // A listener may have a certificate of another user, which stays selected.
        if let Some(id) = chosen.get().filter(|id| all.iter().all(|one| one.id != *id)) {
            let label = t_string!(i18n, certificates.option_of_other_user);
            options.push(SelectOption::new(id.to_string(), label));
        }
        options
    });
    let choose = move |id: String| {
        if id.is_empty() && clearable {
            return on_change.run(id);
        }
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
    let named = match domains_label(one.domains(), &name) {
        Some(domains) => format!("{name} · {domains}"),
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
        _ => match one.facts.as_ref().map(|facts| facts.validity.not_after.to_string()) {
            Some(until) => {
                // The day of an RFC 3339 time.
                let date = until.get(..10).unwrap_or(&until);
                let label = t_string!(i18n, certificates.option_until, name = named, date = date);
                SelectOption::new(id, label)
            }
            None => SelectOption::new(id, named),
        },
    }
}

/// The first two domains, and how many more there are; `None` if the name says it already.
fn domains_label(domains: &[String], name: &str) -> Option<String> {
    match domains {
        [] => None,
        [only] if only == name => None,
        [first] => Some(first.clone()),
        [first, second] => Some(format!("{first}, {second}")),
        [first, second, more @ ..] => Some(format!("{first}, {second} +{}", more.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_names_two_domains() {
        let label = |domains: &[&str]| {
            let domains: Vec<String> = domains.iter().map(|one| (*one).to_owned()).collect();
            domains_label(&domains, "shop.example")
        };
        assert_eq!(label(&[]), None);
        assert_eq!(label(&["shop.example"]), None);
        assert_eq!(label(&["www.example"]).as_deref(), Some("www.example"));
        assert_eq!(label(&["a", "b"]).as_deref(), Some("a, b"));
        assert_eq!(label(&["a", "b", "c", "d"]).as_deref(), Some("a, b +2"));
    }
}
