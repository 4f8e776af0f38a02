//! How listeners speak TLS: what they are given unless told otherwise, and what they may be told.

use super::{certificates, error::OctaviaError};
use crate::config;
use crate::model::Object;
use openstack_types::{
    octavia::ListenerProtocol,
    tls::{DEFAULT_ALPN, TlsCiphers, TlsVersion},
};
use serde_json::{Value, json};

/// Fields that only listeners with TLS have, beside their certificates.
pub const FIELDS: [&str; 6] = [
    "tls_ciphers",
    "tls_versions",
    "alpn_protocols",
    "hsts_max_age",
    "hsts_include_subdomains",
    "hsts_preload",
];

/// Checks a listener, as it is to become, and fills in what was not said. What was not `sent` may
/// stay as it is, even if the operator has taken a version back since: it is not spoken any more.
pub fn settle(
    listener: &mut Object,
    protocol: &ListenerProtocol,
    operator: &config::Tls,
    sent: impl Fn(&str) -> bool,
) -> Result<(), OctaviaError> {
    if *protocol != ListenerProtocol::TerminatedHttps {
        return without(listener, protocol);
    }
    if !certificates::any(listener) {
        return Err(OctaviaError::validation(
            "An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.",
        ));
    }
    let given = [
        ("tls_versions", json!(operator.versions)),
        ("tls_ciphers", json!(TlsCiphers::default())),
        ("alpn_protocols", json!(DEFAULT_ALPN)),
    ];
    for (name, value) in given {
        if listener.get(name).is_null() {
            listener.set(name, value);
        }
    }
    if sent("tls_versions") {
        versions(listener, operator)?;
    }
    if sent("tls_versions") || sent("tls_ciphers") {
        ciphers(listener)?;
    }
    let hsts = ["hsts_include_subdomains", "hsts_preload"].into_iter().find(|n| listener.is(n));
    match hsts {
        Some(name) if listener.get("hsts_max_age").is_null() => {
            Err(OctaviaError::validation(format!(
                "HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if hsts_max_age is set; {name} is."
            )))
        }
        _ => Ok(()),
    }
}

fn without(listener: &Object, protocol: &ListenerProtocol) -> Result<(), OctaviaError> {
    if certificates::any(listener) {
        return Err(OctaviaError::validation(format!(
            "Certificate container references are not allowed on {protocol} protocol listeners."
        )));
    }
    let unset = |value: &Value| matches!(value, Value::Null | Value::Bool(false));
    match FIELDS.into_iter().find(|name| !unset(listener.get(name))) {
        Some(name) => Err(OctaviaError::option(name, format!("a {protocol} protocol listener."))),
        None => Ok(()),
    }
}

fn versions(listener: &Object, operator: &config::Tls) -> Result<(), OctaviaError> {
    let asked = words(listener, "tls_versions");
    if asked.is_empty() {
        return Err(OctaviaError::validation(
            "Empty TLS version list. Either specify at least one TLS version or remove this parameter to use the default.",
        ));
    }
    let refused: Vec<_> =
        asked.iter().filter(|version| !operator.versions.contains(version)).cloned().collect();
    if !refused.is_empty() {
        return Err(OctaviaError::validation(format!(
            "Requested TLS versions are not allowed here: {}. Listeners may speak {}.",
            refused.join(", "),
            operator.versions.join(", ")
        )));
    }
    Ok(())
}

/// Each version that is spoken needs a cipher.
fn ciphers(listener: &Object) -> Result<(), OctaviaError> {
    let ciphers: TlsCiphers = listener.text("tls_ciphers").parse().unwrap_or_default();
    let asked = words(listener, "tls_versions");
    for (version, empty) in [
        (TlsVersion::Tls12, ciphers.tls12().is_empty()),
        (TlsVersion::Tls13, ciphers.tls13().is_empty()),
    ] {
        if empty && asked.iter().any(|asked| asked == version.as_str()) {
            return Err(OctaviaError::validation(format!(
                "None of the tls_ciphers is for {version}."
            )));
        }
    }
    Ok(())
}

fn words(listener: &Object, name: &str) -> Vec<String> {
    let items = listener.get(name).as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
