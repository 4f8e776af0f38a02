//! The settings of a listener. Pure.

use super::setting::{Label, Setting, Value, WordOf};
use crate::i18n::t_string;
use openstack_types::{
    octavia::{ClientAuthentication, Listener},
    tls::{DEFAULT_ALPN, TlsCiphers},
};

/// The defaults of Octavia, in milliseconds.
const CLIENT_DATA: u64 = 50_000;
const MEMBER_CONNECT: u64 = 5_000;
const MEMBER_DATA: u64 = 50_000;

pub(in crate::pages::load_balancers) fn listener_settings(listener: &Listener) -> Vec<Setting> {
    let mut all = vec![
        Setting::text(&["name"], |i18n| t_string!(i18n, details.name), &listener.name).with_place(),
        Setting::text(
            &["description"],
            |i18n| t_string!(i18n, details.description),
            &listener.description,
        ),
        Setting::yes_no(
            &["admin_state_up"],
            |i18n| t_string!(i18n, settings.enabled),
            listener.admin_state_up,
            true,
        )
        .with_place(),
        Setting::new(
            &["default_pool_id"],
            |i18n| t_string!(i18n, details.group),
            listener.default_pool_id.map_or(Value::None, Value::Pool),
            listener.default_pool_id.is_none(),
        )
        .with_place(),
        connection_limit(listener.connection_limit),
        allowed_cidrs(listener),
        timeout(
            &["timeout_client_data"],
            |i18n| t_string!(i18n, create.timeout_client_data),
            listener.timeout_client_data,
            CLIENT_DATA,
        ),
        timeout(
            &["timeout_member_connect"],
            |i18n| t_string!(i18n, create.timeout_member_connect),
            listener.timeout_member_connect,
            MEMBER_CONNECT,
        ),
        timeout(
            &["timeout_member_data"],
            |i18n| t_string!(i18n, create.timeout_member_data),
            listener.timeout_member_data,
            MEMBER_DATA,
        ),
        timeout(
            &["timeout_tcp_inspect"],
            |i18n| t_string!(i18n, settings.tcp_inspect),
            listener.timeout_tcp_inspect,
            0,
        ),
    ];
    if plan::draft::is_http(&listener.protocol) {
        all.push(headers(listener));
    }
    if listener.ends_tls() {
        all.extend(tls(listener));
    }
    all.push(Setting::list(
        &["tags"],
        |i18n| t_string!(i18n, settings.tags),
        listener.tags.clone(),
    ));
    all
}

fn connection_limit(limit: i64) -> Setting {
    let is_default = limit < 0;
    let value = if is_default {
        Value::Word(WordOf(|i18n| t_string!(i18n, details.unlimited)))
    } else {
        Value::Text(limit.to_string())
    };
    let label: Label = |i18n| t_string!(i18n, details.connection_limit);
    Setting::new(&["connection_limit"], label, value, is_default)
}

fn allowed_cidrs(listener: &Listener) -> Setting {
    let ranges = listener.allowed_cidrs.clone().filter(|ranges| !ranges.is_empty());
    let is_default = ranges.is_none();
    let everybody = Value::Word(WordOf(|i18n| t_string!(i18n, details.any_source)));
    let label: Label = |i18n| t_string!(i18n, details.allowed_cidrs);
    Setting::new(&["allowed_cidrs"], label, ranges.map_or(everybody, Value::List), is_default)
}

fn timeout(
    fields: &'static [&'static str],
    label: Label,
    set: Option<u64>,
    default: u64,
) -> Setting {
    let value = set.unwrap_or(default);
    Setting::new(fields, label, Value::Milliseconds(value), value == default)
}

/// Headers are not secret: the developers of the servers need to know them.
fn headers(listener: &Listener) -> Setting {
    let is_on = |value: &String| value.eq_ignore_ascii_case("true");
    let names = listener.insert_headers.iter().filter(|(_, value)| is_on(value));
    let names = names.map(|(name, _)| name.clone()).collect();
    Setting::list(&["insert_headers"], |i18n| t_string!(i18n, settings.headers), names)
}

fn tls(listener: &Listener) -> Vec<Setting> {
    let optional_list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let versions = optional_list(&listener.tls_versions);
    let alpn: Vec<String> =
        listener.alpn_protocols.iter().flatten().map(ToString::to_string).collect();
    let usual_alpn = DEFAULT_ALPN.iter().map(ToString::to_string);
    let is_usual_alpn = alpn.is_empty() || usual_alpn.eq(alpn.iter().cloned());
    vec![
        Setting::certificates(
            &["default_tls_container_ref"],
            |i18n| t_string!(i18n, common.ssl_certificate),
            &listener.default_tls_container_ref,
        )
        .with_place(),
        Setting::certificates(
            &["sni_container_refs"],
            |i18n| t_string!(i18n, settings.sni),
            &listener.sni_container_refs,
        ),
        Setting {
            is_default: versions.is_empty() || versions == ["TLSv1.2"],
            ..Setting::list(
                &["tls_versions"],
                |i18n| t_string!(i18n, settings.tls_versions),
                versions.clone(),
            )
        },
        Setting {
            is_default: listener
                .tls_ciphers
                .as_ref()
                .is_none_or(|set| *set == TlsCiphers::default().to_string()),
            ..Setting::optional(
                &["tls_ciphers"],
                |i18n| t_string!(i18n, settings.ciphers),
                listener.tls_ciphers.clone(),
            )
        },
        Setting {
            is_default: is_usual_alpn,
            ..Setting::list(&["alpn_protocols"], |i18n| t_string!(i18n, settings.alpn), alpn)
        },
        hsts(listener),
        client_authentication(listener),
        Setting::certificates(
            &["client_ca_tls_container_ref"],
            |i18n| t_string!(i18n, settings.client_ca),
            &listener.client_ca_tls_container_ref,
        ),
        Setting::certificates(
            &["client_crl_container_ref"],
            |i18n| t_string!(i18n, settings.client_crl),
            &listener.client_crl_container_ref,
        ),
    ]
}

/// As the header is sent (RFC 6797).
fn hsts(listener: &Listener) -> Setting {
    let header = listener.hsts_max_age.map(|age| {
        let mut header = format!("max-age={age}");
        if listener.hsts_include_subdomains {
            header.push_str("; includeSubDomains");
        }
        if listener.hsts_preload {
            header.push_str("; preload");
        }
        header
    });
    let is_default = header.is_none();
    let off = Value::Word(WordOf(|i18n| t_string!(i18n, create.off)));
    Setting::new(
        &["hsts_max_age", "hsts_include_subdomains", "hsts_preload"],
        |i18n| t_string!(i18n, settings.hsts),
        header.map_or(off, Value::Text),
        is_default,
    )
}

fn client_authentication(listener: &Listener) -> Setting {
    let wanted = listener.client_authentication.as_ref();
    let value = match wanted {
        None | Some(ClientAuthentication::None) => {
            Value::Word(WordOf(|i18n| t_string!(i18n, create.off)))
        }
        Some(ClientAuthentication::Optional) => {
            Value::Word(WordOf(|i18n| t_string!(i18n, settings.optional)))
        }
        Some(ClientAuthentication::Mandatory) => {
            Value::Word(WordOf(|i18n| t_string!(i18n, settings.required)))
        }
        Some(other) => Value::Text(other.to_string()),
    };
    let is_default = matches!(wanted, None | Some(ClientAuthentication::None));
    let label: Label = |i18n| t_string!(i18n, settings.client_certificates);
    Setting::new(&["client_authentication"], label, value, is_default)
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_listed, changed},
        *,
    };
    use serde_json::json;

    /// Shown by the table around it or by another tab.
    const ELSEWHERE: &[&str] = &[
        "id",
        "provisioning_status",
        "operating_status",
        "protocol",
        "protocol_port",
        "loadbalancers",
        "l7policies",
        "created_at",
        "updated_at",
    ];

    fn listener() -> Listener {
        serde_json::from_value(json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE",
            "admin_state_up": true,
            "protocol": "TERMINATED_HTTPS",
            "protocol_port": 443,
        }))
        .unwrap()
    }

    #[test]
    fn no_field_of_a_listener_is_hidden() {
        assert_every_field_is_listed(&listener(), &listener_settings(&listener()), ELSEWHERE);
    }

    #[test]
    fn what_differs_from_the_default_is_shown_at_once() {
        let shown = |listener: &Listener| {
            let settings = listener_settings(listener);
            settings.into_iter().filter(|one| !one.is_default).collect::<Vec<_>>()
        };
        assert_eq!(shown(&listener()), []);
        let id = json!("00000000-0000-0000-0000-000000000002");
        let secret = json!("http://h/v1/secrets/0a110c61-76cf-4007-b1be-08683fc5c59e");
        for (field, value) in [
            ("name", json!("web")),
            ("description", json!("the shop")),
            ("admin_state_up", json!(false)),
            ("connection_limit", json!(0)),
            ("default_tls_container_ref", secret.clone()),
            ("sni_container_refs", json!([secret])),
            ("default_pool_id", id),
            ("insert_headers", json!({"X-Forwarded-For": "true"})),
            ("timeout_client_data", json!(1)),
            ("timeout_member_connect", json!(1)),
            ("timeout_member_data", json!(1)),
            ("timeout_tcp_inspect", json!(1)),
            ("allowed_cidrs", json!(["10.0.0.0/8"])),
            ("tls_versions", json!(["TLSv1.2", "TLSv1.3"])),
            ("tls_ciphers", json!("AES256-GCM-SHA384")),
            ("alpn_protocols", json!(["http/1.1"])),
            ("hsts_max_age", json!(1)),
            ("client_authentication", json!("MANDATORY")),
            ("client_ca_tls_container_ref", secret.clone()),
            ("client_crl_container_ref", secret.clone()),
            ("tags", json!(["blue"])),
        ] {
            let shown = shown(&changed(&listener(), field, value));
            assert_eq!(shown.len(), 1, "{field}");
            assert!(shown[0].fields.contains(&field), "{field}");
        }
    }

    #[test]
    fn a_tcp_listener_has_no_tls_settings() {
        let tcp = changed(&listener(), "protocol", json!("TCP"));
        let fields: Vec<_> =
            listener_settings(&tcp).iter().flat_map(|one| one.fields).copied().collect();
        assert!(!fields.contains(&"tls_versions") && fields.contains(&"timeout_tcp_inspect"));
    }
}
