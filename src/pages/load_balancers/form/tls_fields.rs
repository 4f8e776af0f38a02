//! TLS settings that listeners and server groups have in common: versions, cipher suites, ALPN.

use super::check_list::CheckList;
use crate::{
    i18n::{t_string, use_i18n},
    store::use_store,
    ui::{Field, InputKind, Select, SelectOption, Text, TextInput, text},
};
use leptos::prelude::*;
use openstack_types::tls::{AlpnProtocol, TlsCiphers};

/// Cipher lists of the select box; empty is the service's default.
const PRESETS: [(&str, &str); 2] = [
    (
        "modern",
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
         ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305",
    ),
    ("forward-secret", "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES256:ECDHE+AES128"),
];
const DEFAULT: &str = "default";
const OWN: &str = "own";

/// TLS versions; none checked is the service's default.
#[component]
pub fn TlsVersions(
    #[prop(into)] versions: Signal<Option<Vec<String>>>,
    #[prop(into)] on_change: Callback<Option<Vec<String>>>,
    #[prop(into)] error: Signal<Option<String>>,
    /// The id of the control.
    id: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let info = use_store().info;
    // A cloud does not publish its versions.
    let known = move || {
        let allowed = info.with(|info| info.as_ref().map(|info| info.tls_versions.clone()));
        let allowed = allowed.filter(|allowed| !allowed.is_empty());
        allowed.unwrap_or_else(|| vec!["TLSv1.2".to_owned(), "TLSv1.3".to_owned()])
    };
    let choices = Signal::derive(move || {
        let mut all = known();
        let chosen = versions.get().unwrap_or_default();
        all.extend(chosen.into_iter().filter(|one| !known().contains(one)));
        all.into_iter()
            .map(|one| (one.clone(), one.replacen("TLSv", "TLS ", 1)))
            .collect::<Vec<_>>()
    });
    let change = move |(version, on): (String, bool)| {
        let mut chosen = versions.get_untracked().unwrap_or_default();
        chosen.retain(|one| *one != version);
        if on {
            chosen.push(version);
        }
        chosen.sort();
        on_change.run(Some(chosen).filter(|chosen| !chosen.is_empty()));
    };
    view! {
        <CheckList
            legend=move || t_string!(i18n, fields.tls_versions).to_owned()
            choices
            is_checked=move |version: String| {
                versions.with(|all| all.as_ref().is_some_and(|all| all.contains(&version)))
            }
            on_change=change
            hint=move || t_string!(i18n, form.default_if_none).to_owned()
            id
            error
        />
    }
}

/// Whether a cipher list is the service's default, which it fills in when a listener is created.
pub(super) fn is_default(ciphers: &str) -> bool {
    ciphers.is_empty() || *ciphers == TlsCiphers::default().to_string()
}

/// Cipher suites: a preset, or a list of one's own.
#[component]
pub fn CipherSuites(
    #[prop(into)] ciphers: Text,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] error: Signal<Option<String>>,
    /// The id of the control.
    id: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_own = RwSignal::new(false);
    let preset = move || {
        let ciphers = ciphers.get();
        match PRESETS.iter().find(|(_, list)| *list == ciphers) {
            _ if is_own.get() => OWN.to_owned(),
            Some((name, _)) => (*name).to_owned(),
            None if is_default(&ciphers) => DEFAULT.to_owned(),
            None => OWN.to_owned(),
        }
    };
    let options = Signal::derive(move || {
        vec![
            SelectOption::new(DEFAULT, t_string!(i18n, create.default_value)),
            SelectOption::new(PRESETS[0].0, t_string!(i18n, form.ciphers_modern)),
            SelectOption::new(PRESETS[1].0, t_string!(i18n, form.ciphers_forward_secret)),
            SelectOption::new(OWN, t_string!(i18n, form.ciphers_own)),
        ]
    });
    let select = move |name: String| {
        is_own.set(name == OWN);
        if name != OWN {
            let list = PRESETS.iter().find(|(preset, _)| *preset == name).map(|(_, list)| *list);
            on_change.run(list.unwrap_or_default().to_owned());
        }
    };
    view! {
        <div id=id>
            <Field label=move || t_string!(i18n, fields.cipher_suites).to_owned()>
                <Select value=text(preset) on_change=select options />
            </Field>
        </div>
        <Show when=move || preset() == OWN>
            <Field
                label=move || t_string!(i18n, form.cipher_list).to_owned()
                hint=move || t_string!(i18n, form.cipher_list_hint).to_owned()
                error
            >
                <TextInput value=ciphers on_input=on_change kind=InputKind::Code />
            </Field>
        </Show>
    }
}

/// ALPN protocols; none checked is the service's default.
#[component]
pub fn AlpnProtocols(
    #[prop(into)] protocols: Signal<Option<Vec<AlpnProtocol>>>,
    #[prop(into)] on_change: Callback<Option<Vec<AlpnProtocol>>>,
    /// The id of the control.
    id: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let known = [("h2", "HTTP/2"), ("http/1.1", "HTTP/1.1"), ("http/1.0", "HTTP/1.0")];
    let choices = known.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let change = move |(protocol, on): (String, bool)| {
        let chosen = protocols.get_untracked().unwrap_or_default();
        // In the order of preference.
        let keep = |value: &&str| {
            if **value == protocol { on } else { chosen.iter().any(|one| one.as_str() == *value) }
        };
        let kept: Vec<_> =
            known.iter().map(|(value, _)| *value).filter(|value| keep(value)).collect();
        let kept: Vec<_> = kept.into_iter().map(AlpnProtocol::from_wire).collect();
        on_change.run(Some(kept).filter(|kept| !kept.is_empty()));
    };
    view! {
        <CheckList
            legend=move || t_string!(i18n, fields.alpn).to_owned()
            choices=Signal::stored(choices)
            is_checked=move |protocol: String| {
                protocols.with(|all| {
                    all.as_ref().is_some_and(|all| all.iter().any(|one| one.as_str() == protocol))
                })
            }
            on_change=change
            hint=move || t_string!(i18n, form.default_if_none).to_owned()
            id
        />
    }
}
