//! TLS from the load balancer to the servers of a group.

use super::{
    group_fields::GroupFields,
    pem_choice::PemChoice,
    tls_fields::{AlpnProtocols, CipherSuites, TlsVersions},
};
use crate::{
    i18n::{t_string, use_i18n},
    pages::ssl_certificates::CertificateChoice,
    ui::{Checkbox, Field, text},
};
use leptos::prelude::*;
use plan::GroupField;

#[component]
pub fn GroupTlsOptions(row: GroupFields) -> impl IntoView {
    let i18n = use_i18n();
    let is_on = row.derive(|group| group.tls.enabled);
    view! {
        <Checkbox
            label=move || t_string!(i18n, form.tls_to_servers).to_owned()
            hint=text(move || t_string!(i18n, form.tls_to_servers_hint).to_owned())
            checked=is_on
            on_change=move |on: bool| row.change(|group| group.tls.enabled = on)
        />
        <Show when=move || is_on.get()>
            <TlsFields row />
        </Show>
    }
}

#[component]
fn TlsFields(row: GroupFields) -> impl IntoView {
    let i18n = use_i18n();
    let ca = row.derive(|group| group.tls.ca.clone());
    let crl = row.derive(|group| group.tls.crl.clone());
    let certificate = row.derive(|group| group.tls.certificate.clone().unwrap_or_default());
    let ciphers = row.derive(|group| group.tls.ciphers.clone());
    let versions = row.derive(|group| group.tls.versions.clone());
    let alpn = row.derive(|group| group.tls.alpn.clone());
    view! {
        <div class="form-grid">
            <PemChoice
                label=move || t_string!(i18n, fields.client_ca).to_owned()
                begins_with="-----BEGIN CERTIFICATE"
                value=ca
                on_change=move |ca| row.change(|group| group.tls.ca = ca)
                error=row.error(GroupField::Ca)
                id=row.path(GroupField::Ca).element_id()
            />
            <PemChoice
                label=move || t_string!(i18n, fields.client_crl).to_owned()
                begins_with="-----BEGIN X509 CRL"
                value=crl
                on_change=move |crl| row.change(|group| group.tls.crl = crl)
                error=row.error(GroupField::Crl)
                id=row.path(GroupField::Crl).element_id()
            />
        </div>
        <div class="form-narrow">
            <Field
                label=move || t_string!(i18n, fields.client_certificate).to_owned()
                error=row.error(GroupField::Certificate)
                optional=true
            >
                <CertificateChoice
                    value=certificate
                    clearable=true
                    on_change=move |reference: String| {
                        let reference = Some(reference).filter(|reference| !reference.is_empty());
                        row.change(|group| group.tls.certificate = reference);
                    }
                />
            </Field>
        </div>
        <div class="form-grid">
            <TlsVersions
                versions
                on_change=move |versions| row.change(|group| group.tls.versions = versions)
                error=row.error(GroupField::TlsVersions)
                id=row.path(GroupField::TlsVersions).element_id()
            />
            <AlpnProtocols
                protocols=alpn
                on_change=move |protocols| row.change(|group| group.tls.alpn = protocols)
                id=row.path(GroupField::Alpn).element_id()
            />
        </div>
        <div class="form-grid">
            <CipherSuites
                ciphers
                on_change=move |ciphers| row.change(|group| group.tls.ciphers = ciphers)
                error=row.error(GroupField::TlsCiphers)
                id=row.path(GroupField::TlsCiphers).element_id()
            />
        </div>
    }
}
