//! The settings of a server group. Pure.

use super::setting::{Setting, Value, WordOf};
use crate::i18n::{I18nContext, Locale, t_string};
use openstack_types::octavia::{Pool, PoolProtocol, SessionPersistence, SessionPersistenceType};

pub(in crate::pages::load_balancers) fn group_settings(pool: &Pool) -> Vec<Setting> {
    let lists = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let alpn = pool.alpn_protocols.iter().flatten().map(ToString::to_string).collect();
    let mut all = vec![
        Setting::text(&["name"], |i18n| t_string!(i18n, details.name), &pool.name).with_place(),
        Setting::text(
            &["description"],
            |i18n| t_string!(i18n, details.description),
            &pool.description,
        ),
        Setting::yes_no(
            &["admin_state_up"],
            |i18n| t_string!(i18n, settings.enabled),
            pool.admin_state_up,
            true,
        ),
        Setting::new(
            &["protocol"],
            |i18n| t_string!(i18n, details.pool_protocol),
            Value::Text(protocol_text(pool)),
            pool.protocol == PoolProtocol::Http && !pool.tls_enabled,
        ),
        Setting::new(
            &["lb_algorithm"],
            |i18n| t_string!(i18n, details.method),
            Value::Text(pool.lb_algorithm.to_string()),
            false,
        )
        .with_place(),
        persistence(pool.session_persistence.as_ref()),
        Setting::yes_no(
            &["tls_enabled"],
            |i18n| t_string!(i18n, settings.tls_to_servers),
            pool.tls_enabled,
            false,
        ),
    ];
    all.extend([
        Setting::certificates(
            &["ca_tls_container_ref"],
            |i18n| t_string!(i18n, settings.server_ca),
            &pool.ca_tls_container_ref,
        ),
        Setting::certificates(
            &["crl_container_ref"],
            |i18n| t_string!(i18n, settings.server_crl),
            &pool.crl_container_ref,
        ),
        Setting::certificates(
            &["tls_container_ref"],
            |i18n| t_string!(i18n, settings.own_certificate),
            &pool.tls_container_ref,
        ),
        Setting {
            is_default: !pool.tls_enabled || lists(&pool.tls_versions).is_empty(),
            ..Setting::list(
                &["tls_versions"],
                |i18n| t_string!(i18n, settings.tls_versions),
                lists(&pool.tls_versions),
            )
        },
        Setting {
            is_default: !pool.tls_enabled || pool.tls_ciphers.is_none(),
            ..Setting::optional(
                &["tls_ciphers"],
                |i18n| t_string!(i18n, settings.ciphers),
                pool.tls_ciphers.clone(),
            )
        },
        Setting::list(&["alpn_protocols"], |i18n| t_string!(i18n, settings.alpn), alpn),
        Setting::list(&["tags"], |i18n| t_string!(i18n, settings.tags), pool.tags.clone()),
    ]);
    all
}

/// `HTTP`, or `HTTPS` where the load balancer encrypts again.
fn protocol_text(pool: &Pool) -> String {
    match (&pool.protocol, pool.tls_enabled) {
        (PoolProtocol::Http, true) => "HTTPS".to_owned(),
        (PoolProtocol::Proxy, _) => "PROXY v1".to_owned(),
        (PoolProtocol::ProxyV2, _) => "PROXY v2".to_owned(),
        (other, _) => other.to_string(),
    }
}

fn persistence(persistence: Option<&SessionPersistence>) -> Setting {
    let label = |i18n: I18nContext<Locale>| t_string!(i18n, create.persistence);
    let none = Value::Word(WordOf(|i18n| t_string!(i18n, create.none)));
    let value = persistence.map_or(none, |one| match &one.kind {
        SessionPersistenceType::SourceIp => {
            Value::Word(WordOf(|i18n| t_string!(i18n, create.persistence_source_ip)))
        }
        SessionPersistenceType::HttpCookie => {
            Value::Word(WordOf(|i18n| t_string!(i18n, create.persistence_http_cookie)))
        }
        kind => Value::Text(match &one.cookie_name {
            Some(cookie) => format!("{kind} · {cookie}"),
            None => kind.to_string(),
        }),
    });
    Setting::new(&["session_persistence"], label, value, persistence.is_none())
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_listed, changed},
        *,
    };
    use serde_json::json;

    /// Shown by the group around it.
    const ELSEWHERE: &[&str] = &[
        "id",
        "provisioning_status",
        "operating_status",
        "loadbalancers",
        "listeners",
        "members",
        "healthmonitor_id",
        "created_at",
        "updated_at",
    ];

    fn pool() -> Pool {
        serde_json::from_value(json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE",
            "admin_state_up": true,
            "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN",
        }))
        .unwrap()
    }

    #[test]
    fn no_field_of_a_server_group_is_hidden() {
        assert_every_field_is_listed(&pool(), &group_settings(&pool()), ELSEWHERE);
    }

    #[test]
    fn what_differs_from_the_default_is_shown_at_once() {
        let shown = |pool: &Pool| {
            group_settings(pool).into_iter().filter(Setting::is_shown_at_once).collect::<Vec<_>>()
        };
        assert_eq!(shown(&pool()), []);
        let secret = json!("http://h/v1/secrets/0a110c61-76cf-4007-b1be-08683fc5c59e");
        for (field, value) in [
            ("description", json!("the shop")),
            ("admin_state_up", json!(false)),
            ("protocol", json!("PROXYV2")),
            ("session_persistence", json!({"type": "APP_COOKIE", "cookie_name": "sid"})),
            ("tls_container_ref", secret.clone()),
            ("ca_tls_container_ref", secret.clone()),
            ("crl_container_ref", secret.clone()),
            ("alpn_protocols", json!(["h2"])),
            ("tags", json!(["blue"])),
        ] {
            let shown = shown(&changed(&pool(), field, value));
            assert_eq!(shown.len(), 1, "{field}");
            assert!(shown[0].fields.contains(&field), "{field}");
        }
        let encrypted = changed(&pool(), "tls_enabled", json!(true));
        assert_eq!(shown(&encrypted).len(), 2, "protocol and TLS");
        assert_eq!(shown(&changed(&encrypted, "tls_versions", json!(["TLSv1.3"]))).len(), 3);
    }
}
