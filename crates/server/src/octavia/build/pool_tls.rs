//! The TLS settings of pools: their defaults and their validation.

use crate::{
    model::{
        Row,
        pool::{
            ALPN_PROTOCOLS, CA_TLS_CONTAINER_REF, CRL_CONTAINER_REF, TLS_CIPHERS, TLS_ENABLED,
            TLS_VERSIONS,
        },
    },
    octavia::error::OctaviaError,
};
use openstack_types::tls::{DEFAULT_ALPN, TlsCiphers, TlsVersion};

/// The versions that members are reached with. Older ones are refused.
const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

/// Validates the TLS settings of a new pool, and fills in defaults.
pub(crate) fn complete(pool: &mut Row) -> Result<(), OctaviaError> {
    if !pool.is_null(CRL_CONTAINER_REF) && pool.is_null(CA_TLS_CONTAINER_REF) {
        return Err(OctaviaError::validation(
            "A CA certificate reference is required to specify a revocation list.",
        ));
    }
    if pool.get(TLS_ENABLED) {
        if pool.is_null(TLS_CIPHERS) {
            pool.set(TLS_CIPHERS, Some(&String::from(TlsCiphers::default())));
        }
        if pool.is_null(TLS_VERSIONS) {
            set_default_versions(pool);
        }
        if pool.is_null(ALPN_PROTOCOLS) {
            pool.set(ALPN_PROTOCOLS, Some(DEFAULT_ALPN.iter().map(|p| p.as_str()).collect()));
        }
    }
    validate(pool, pool)
}

/// Validates the TLS settings of an update, and replaces null by the default where Octavia does.
pub(crate) fn validate_update(existing: &Row, update: &mut Row) -> Result<(), OctaviaError> {
    if update.has(TLS_VERSIONS) && update.is_null(TLS_VERSIONS) {
        set_default_versions(update);
    }
    if update.has(TLS_CIPHERS) && update.is_null(TLS_CIPHERS) {
        update.set(TLS_CIPHERS, Some(&String::from(TlsCiphers::default())));
    }
    let pool = existing.updated_by(update);
    if !pool.is_null(CRL_CONTAINER_REF) && pool.is_null(CA_TLS_CONTAINER_REF) {
        let had_authorities = !existing.is_null(CA_TLS_CONTAINER_REF);
        return Err(OctaviaError::validation(if had_authorities {
            "A CA reference cannot be removed when a certificate revocation list is present."
        } else {
            "A CA reference is required to specify a certificate revocation list."
        }));
    }
    validate(&pool, update)
}

fn set_default_versions(row: &mut Row) {
    row.set(TLS_VERSIONS, Some(VERSIONS.iter().map(TlsVersion::as_str).collect()));
}

/// Validates the settings of `pool` that the request sends.
fn validate(pool: &Row, sent: &Row) -> Result<(), OctaviaError> {
    if sent.get(ALPN_PROTOCOLS).is_some_and(|protocols| protocols.is_empty()) {
        return Err(OctaviaError::validation(
            "Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this parameter to use the default.",
        ));
    }
    if let Some(versions) = sent.get(TLS_VERSIONS) {
        if versions.is_empty() {
            return Err(OctaviaError::validation(
                "Empty TLS version list. Either specify at least one TLS version or remove this parameter to use the default.",
            ));
        }
        let is_known = |word: &&str| VERSIONS.iter().any(|version| version.as_str() == *word);
        let old: Vec<&str> = versions.into_iter().filter(|word| !is_known(word)).collect();
        if !old.is_empty() {
            return Err(OctaviaError::validation(format!(
                "Requested TLS versions are less than the minimum: {} < {}",
                old.join(", "),
                TlsVersion::Tls12
            )));
        }
    }
    let needs_tls12 =
        pool.get(TLS_VERSIONS).is_some_and(|it| it.contains(&TlsVersion::Tls12.as_str()));
    match pool.get(TLS_CIPHERS).map(str::parse::<TlsCiphers>) {
        Some(Ok(ciphers)) if ciphers.tls12().is_empty() && needs_tls12 => {
            Err(OctaviaError::validation(format!(
                "None of the tls_ciphers is for {}.",
                TlsVersion::Tls12
            )))
        }
        _ => Ok(()),
    }
}
