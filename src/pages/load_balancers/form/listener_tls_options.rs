//! TLS settings of a listener that terminates TLS.

use super::{
    check_list::CheckList,
    controls::FormNumber,
    listener_fields::ListenerFields,
    pem_choice::PemChoice,
    tls_fields::{AlpnProtocols, CipherSuites, TlsVersions},
};
use crate::{
    i18n::{t_string, use_i18n},
    store::{lower, use_store},
    ui::{Checkbox, Field, Select, SelectOption, text},
};
use leptos::prelude::*;
use openstack_types::{SecretId, octavia::ClientAuthentication};
use plan::{
    ListenerField,
    draft::{ClientCertificates, Hsts},
};

/// The TLS settings; a listener with another protocol has none.
#[component]
pub fn ListenerTlsOptions(row: ListenerFields) -> impl IntoView {
    let versions = row.derive(|one| one.tls.versions.clone());
    let ciphers = row.derive(|one| one.tls.ciphers.clone());
    let alpn = row.derive(|one| one.tls.alpn.clone());
    view! {
        <AdditionalCertificates row />
        <div class="form-grid">
            <TlsVersions
                versions
                on_change=move |versions| row.change(|one| one.tls.versions = versions)
                error=row.error(ListenerField::TlsVersions)
                id=row.path(ListenerField::TlsVersions).element_id()
            />
            <AlpnProtocols
                protocols=alpn
                on_change=move |protocols| row.change(|one| one.tls.alpn = protocols)
                id=row.path(ListenerField::Alpn).element_id()
            />
        </div>
        <div class="form-grid">
            <CipherSuites
                ciphers
                on_change=move |ciphers| row.change(|one| one.tls.ciphers = ciphers)
                error=row.error(ListenerField::TlsCiphers)
                id=row.path(ListenerField::TlsCiphers).element_id()
            />
        </div>
        <HstsFields row />
        <ClientCertificateFields row />
    }
}

/// Further certificates, of which the client's server name selects one.
#[component]
fn AdditionalCertificates(row: ListenerFields) -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    certificates.ensure_listed();
    let sni = row.derive(|one| one.sni.clone());
    let choices = Signal::derive(move || {
        let mut own = certificates.with(<[_]>::to_vec);
        own.sort_by_cached_key(|one| (lower(&one.name), one.id));
        let mut choices: Vec<(String, String)> =
            own.iter().map(|one| (one.reference.clone(), one.name.clone())).collect();
        // A listener may have certificates of another user.
        let known = |reference: &String| {
            let id = SecretId::from_ref(reference);
            own.iter().any(|one| Some(one.id) == id)
        };
        for reference in sni.get().iter().filter(|reference| !known(reference)) {
            let label = t_string!(i18n, certificates.option_of_other_user).to_owned();
            choices.push((reference.clone(), label));
        }
        choices
    });
    let is_same = |a: &str, b: &str| SecretId::from_ref(a) == SecretId::from_ref(b);
    let change = move |(reference, on): (String, bool)| {
        row.change(|one| {
            one.sni.retain(|known| !is_same(known, &reference));
            if on {
                one.sni.push(reference);
            }
        });
    };
    view! {
        <CheckList
            legend=move || t_string!(i18n, fields.additional_certificates).to_owned()
            choices
            is_checked=move |reference: String| {
                sni.with(|sni| sni.iter().any(|known| is_same(known, &reference)))
            }
            on_change=change
            hint=move || t_string!(i18n, form.sni_hint).to_owned()
            error=row.error(ListenerField::Sni)
            id=row.path(ListenerField::Sni).element_id()
        />
    }
}

#[component]
fn HstsFields(row: ListenerFields) -> impl IntoView {
    let i18n = use_i18n();
    let hsts = row.derive(|one| one.tls.hsts.clone());
    let is_on = Signal::derive(move || hsts.with(Option::is_some));
    let flag = move |get: fn(&Hsts) -> bool| {
        Signal::derive(move || hsts.with(|hsts| hsts.as_ref().is_some_and(get)))
    };
    let set = move |set: fn(&mut Hsts, bool), on: bool| {
        row.change(|one| {
            if let Some(hsts) = &mut one.tls.hsts {
                set(hsts, on);
            }
        });
    };
    view! {
        <fieldset class="form-checks">
            <legend class="field-label">{move || t_string!(i18n, fields.hsts)}</legend>
            <div class="form-check-boxes">
                <Checkbox
                    label=move || t_string!(i18n, form.hsts_on).to_owned()
                    checked=is_on
                    on_change=move |on: bool| {
                        row.change(|one| one.tls.hsts = on.then(Hsts::default));
                    }
                />
                <Show when=move || is_on.get()>
                    <Checkbox
                        label=move || t_string!(i18n, form.hsts_subdomains).to_owned()
                        checked=flag(|hsts| hsts.include_subdomains)
                        on_change=move |on: bool| {
                            set(|hsts, on| hsts.include_subdomains = on, on);
                        }
                    />
                    <Checkbox
                        label=move || t_string!(i18n, form.hsts_preload).to_owned()
                        checked=flag(|hsts| hsts.preload)
                        on_change=move |on: bool| set(|hsts, on| hsts.preload = on, on)
                    />
                </Show>
            </div>
            <Show when=move || is_on.get()>
                <div class="form-narrow">
                    <Field
                        label=move || t_string!(i18n, form.hsts_max_age).to_owned()
                        error=row.error(ListenerField::HstsMaxAge)
                    >
                        <FormNumber
                            form=row.form
                            path=row.path(ListenerField::HstsMaxAge)
                            min=0
                            max=u32::MAX
                            unit=text(move || t_string!(i18n, create.seconds).to_owned())
                        />
                    </Field>
                </div>
            </Show>
        </fieldset>
    }
}

#[component]
fn ClientCertificateFields(row: ListenerFields) -> impl IntoView {
    let i18n = use_i18n();
    let clients = row.derive(|one| one.tls.clients.clone());
    let value = text(move || {
        clients.with(|clients| match clients {
            Some(clients) => clients.authentication.to_string(),
            None => ClientAuthentication::None.to_string(),
        })
    });
    let options = Signal::derive(move || {
        let option = |kind: ClientAuthentication, label| SelectOption::new(kind.as_str(), label);
        vec![
            option(ClientAuthentication::None, t_string!(i18n, create.off)),
            option(ClientAuthentication::Optional, t_string!(i18n, form.clients_optional)),
            option(ClientAuthentication::Mandatory, t_string!(i18n, form.clients_required)),
        ]
    });
    let select = move |kind: String| {
        let authentication = ClientAuthentication::from_wire(&kind);
        row.change(|one| {
            one.tls.clients = match (authentication, one.tls.clients.take()) {
                (ClientAuthentication::None, _) => None,
                (authentication, Some(clients)) => {
                    Some(ClientCertificates { authentication, ..clients })
                }
                (authentication, None) => {
                    Some(ClientCertificates { authentication, ca: None, crl: None })
                }
            };
        });
    };
    let set = move |set: fn(&mut ClientCertificates, Option<String>), value: Option<String>| {
        row.change(|one| {
            if let Some(clients) = &mut one.tls.clients {
                set(clients, value);
            }
        });
    };
    let part = move |get: fn(&ClientCertificates) -> Option<String>| {
        Signal::derive(move || clients.with(|clients| clients.as_ref().and_then(get)))
    };
    view! {
        <div class="form-narrow">
            <Field
                label=move || t_string!(i18n, fields.client_certificates).to_owned()
                error=row.error(ListenerField::ClientAuthentication)
            >
                <Select value on_change=select options />
            </Field>
        </div>
        <Show when=move || clients.with(Option::is_some)>
            <div class="form-grid">
                <PemChoice
                    label=move || t_string!(i18n, fields.client_ca).to_owned()
                    begins_with="-----BEGIN CERTIFICATE"
                    value=part(|clients| clients.ca.clone())
                    on_change=move |ca| set(|clients, ca| clients.ca = ca, ca)
                    error=row.error(ListenerField::ClientCa)
                    id=row.path(ListenerField::ClientCa).element_id()
                />
                <PemChoice
                    label=move || t_string!(i18n, fields.client_crl).to_owned()
                    begins_with="-----BEGIN X509 CRL"
                    value=part(|clients| clients.crl.clone())
                    on_change=move |crl| set(|clients, crl| clients.crl = crl, crl)
                    error=row.error(ListenerField::ClientCrl)
                    id=row.path(ListenerField::ClientCrl).element_id()
                />
            </div>
        </Show>
    }
}
