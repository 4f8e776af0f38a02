//! The TLS settings of listeners: their defaults and their validation.

use crate::{
    config,
    model::{
        Row,
        listener::{
            ALPN_PROTOCOLS, CLIENT_AUTHENTICATION, CLIENT_CA_TLS_CONTAINER_REF,
            CLIENT_CRL_CONTAINER_REF, HSTS_INCLUDE_SUBDOMAINS, HSTS_MAX_AGE, HSTS_PRELOAD,
            PROTOCOL, TLS_CIPHERS, TLS_VERSIONS,
        },
    },
    octavia::{certificates, error::OctaviaError},
};
use openstack_types::{
    octavia::{ClientAuthentication, ListenerProtocol},
    tls::{DEFAULT_ALPN, TlsCiphers, TlsVersion},
};

/// Validates the TLS settings of a listener as it will be, and fills in defaults. `sent` is the
/// request.
///
/// Settings that the request does not send may stay, even if the operator no longer allows them.
pub(crate) fn complete(
    listener: &mut Row,
    sent: &Row,
    operator: &config::Tls,
) -> Result<(), OctaviaError> {
    let ends_tls = match listener.get(PROTOCOL) {
        ListenerProtocol::TerminatedHttps => true,
        ListenerProtocol::Prometheus => certificates::has_any(listener),
        _ => false,
    };
    if !ends_tls {
        return refuse(listener);
    }
    require_authorities(listener)?;
    if !certificates::has_any(listener) {
        return Err(OctaviaError::validation(
            "An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.",
        ));
    }
    if listener.is_null(TLS_VERSIONS) {
        listener.set(TLS_VERSIONS, Some(operator.versions.iter().map(String::as_str).collect()));
    }
    if listener.is_null(TLS_CIPHERS) {
        listener.set(TLS_CIPHERS, Some(&String::from(TlsCiphers::default())));
    }
    if listener.is_null(ALPN_PROTOCOLS) {
        listener.set(ALPN_PROTOCOLS, Some(DEFAULT_ALPN.iter().map(|p| p.as_str()).collect()));
    }
    if sent.get(ALPN_PROTOCOLS).is_some_and(|protocols| protocols.is_empty()) {
        return Err(OctaviaError::validation(
            "Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this parameter to use the default.",
        ));
    }
    if sent.has(TLS_VERSIONS) {
        validate_versions(listener, operator)?;
    }
    if sent.has(TLS_VERSIONS) || sent.has(TLS_CIPHERS) {
        validate_ciphers(listener)?;
    }
    let hsts_option =
        [HSTS_INCLUDE_SUBDOMAINS, HSTS_PRELOAD].into_iter().find(|field| listener.get(*field));
    match hsts_option {
        Some(field) if listener.is_null(HSTS_MAX_AGE) => Err(OctaviaError::validation(format!(
            "HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if hsts_max_age is set; {} is.",
            field.name()
        ))),
        _ => Ok(()),
    }
}

/// Octavia's rules for the authentication of clients.
fn require_authorities(listener: &Row) -> Result<(), OctaviaError> {
    let has_authorities = !listener.is_null(CLIENT_CA_TLS_CONTAINER_REF);
    if has_authorities && !certificates::has_any(listener) {
        return Err(OctaviaError::validation(
            "An SNI or default certificate container reference must be provided with a client CA container reference.",
        ));
    }
    let authentication = listener.get(CLIENT_AUTHENTICATION);
    if authentication != ClientAuthentication::None && !has_authorities {
        return Err(OctaviaError::validation(format!(
            "Client authentication setting {authentication} requires a client CA container reference."
        )));
    }
    if !listener.is_null(CLIENT_CRL_CONTAINER_REF) && !has_authorities {
        return Err(OctaviaError::validation(
            "A client authentication CA reference is required to specify a client authentication revocation list.",
        ));
    }
    Ok(())
}

/// An update that ends HSTS ends its options too, which make no sense without it.
pub(crate) fn clear_hsts(update: &mut Row) {
    if update.has(HSTS_MAX_AGE) && update.is_null(HSTS_MAX_AGE) {
        update.set_if_absent(HSTS_INCLUDE_SUBDOMAINS, false);
        update.set_if_absent(HSTS_PRELOAD, false);
    }
}

/// Sets the TLS settings that an update sends to their completed values.
pub(crate) fn copy_completed(update: &mut Row, listener: &Row) {
    fn copy<T>(update: &mut Row, listener: &Row, field: crate::model::Field<T>) {
        if update.has(field) {
            update.copy(field, listener);
        }
    }
    copy(update, listener, TLS_CIPHERS);
    copy(update, listener, TLS_VERSIONS);
    copy(update, listener, ALPN_PROTOCOLS);
}

/// Refuses TLS settings on a listener that does not end TLS.
fn refuse(listener: &Row) -> Result<(), OctaviaError> {
    let protocol = listener.get(PROTOCOL);
    if certificates::has_any(listener) || !listener.is_null(CLIENT_CA_TLS_CONTAINER_REF) {
        return Err(OctaviaError::validation(format!(
            "Certificate container references are not allowed on {protocol} protocol listeners."
        )));
    }
    require_authorities(listener)?;
    let settings = [
        (TLS_CIPHERS.name(), !listener.is_null(TLS_CIPHERS)),
        (TLS_VERSIONS.name(), !listener.is_null(TLS_VERSIONS)),
        (ALPN_PROTOCOLS.name(), !listener.is_null(ALPN_PROTOCOLS)),
        (HSTS_MAX_AGE.name(), !listener.is_null(HSTS_MAX_AGE)),
        (HSTS_INCLUDE_SUBDOMAINS.name(), listener.get(HSTS_INCLUDE_SUBDOMAINS)),
        (HSTS_PRELOAD.name(), listener.get(HSTS_PRELOAD)),
    ];
    match settings.into_iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => {
            Err(OctaviaError::option(name, format!("a {protocol} protocol listener.")))
        }
        None => Ok(()),
    }
}

fn validate_versions(listener: &Row, operator: &config::Tls) -> Result<(), OctaviaError> {
    let versions = listener.get(TLS_VERSIONS).unwrap_or_default();
    if versions.is_empty() {
        return Err(OctaviaError::validation(
            "Empty TLS version list. Either specify at least one TLS version or remove this parameter to use the default.",
        ));
    }
    let is_allowed = |version: &&str| operator.versions.iter().any(|allowed| allowed == version);
    let refused: Vec<_> = versions.into_iter().filter(|version| !is_allowed(version)).collect();
    if !refused.is_empty() {
        return Err(OctaviaError::validation(format!(
            "Requested TLS versions are not allowed here: {}. Listeners may speak {}.",
            refused.join(", "),
            operator.versions.join(", ")
        )));
    }
    Ok(())
}

/// TLS 1.2 needs a cipher. For TLS 1.3 there are defaults.
fn validate_ciphers(listener: &Row) -> Result<(), OctaviaError> {
    let ciphers: TlsCiphers =
        listener.get(TLS_CIPHERS).unwrap_or_default().parse().unwrap_or_default();
    let versions = listener.get(TLS_VERSIONS).unwrap_or_default();
    if ciphers.tls12().is_empty() && versions.contains(&TlsVersion::Tls12.as_str()) {
        return Err(OctaviaError::validation(format!(
            "None of the tls_ciphers is for {}.",
            TlsVersion::Tls12
        )));
    }
    Ok(())
}
