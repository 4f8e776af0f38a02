//! The settings of a health check. Pure.

use super::setting::{Label, Setting, Value};
use crate::i18n::t_string;
use openstack_types::octavia::{HealthMonitor, HealthMonitorType};

/// The defaults of Octavia.
const HTTP_METHOD: &str = "GET";
const URL_PATH: &str = "/";
const EXPECTED_CODES: &str = "200";
const HTTP_VERSION: &str = "1.0";
const MAX_RETRIES_DOWN: u8 = 3;

pub(in crate::pages::load_balancers) fn monitor_settings(monitor: &HealthMonitor) -> Vec<Setting> {
    let label: Label = |i18n| t_string!(i18n, create.check);
    let kind = Setting::new(&["type"], label, Value::Text(monitor.kind.to_string()), false);
    let mut all = vec![
        kind.with_place(),
        Setting::text(&["name"], |i18n| t_string!(i18n, settings.check_name), &monitor.name),
        Setting::yes_no(
            &["admin_state_up"],
            |i18n| t_string!(i18n, settings.check_enabled),
            monitor.admin_state_up,
            true,
        ),
        Setting::new(
            &["delay"],
            |i18n| t_string!(i18n, create.delay),
            Value::Seconds(monitor.delay.into()),
            false,
        )
        .with_place(),
        Setting::new(
            &["timeout"],
            |i18n| t_string!(i18n, create.timeout),
            Value::Seconds(monitor.timeout.into()),
            false,
        )
        .with_place(),
        Setting::new(
            &["max_retries"],
            |i18n| t_string!(i18n, create.rise),
            Value::Text(monitor.max_retries.to_string()),
            false,
        )
        .with_place(),
        Setting::new(
            &["max_retries_down"],
            |i18n| t_string!(i18n, create.fall),
            Value::Text(monitor.max_retries_down.to_string()),
            monitor.max_retries_down == MAX_RETRIES_DOWN,
        )
        .with_place(),
    ];
    if matches!(monitor.kind, HealthMonitorType::Http | HealthMonitorType::Https) {
        all.extend([
            with_default(
                &["http_method"],
                |i18n| t_string!(i18n, create.http_method),
                monitor.http_method.as_deref(),
                HTTP_METHOD,
            ),
            with_default(
                &["url_path"],
                |i18n| t_string!(i18n, create.path),
                monitor.url_path.as_deref(),
                URL_PATH,
            )
            .with_place(),
            with_default(
                &["expected_codes"],
                |i18n| t_string!(i18n, create.codes),
                monitor.expected_codes.as_deref(),
                EXPECTED_CODES,
            ),
            Setting::optional(
                &["domain_name"],
                |i18n| t_string!(i18n, create.domain),
                monitor.domain_name.clone(),
            ),
            with_default(
                &["http_version"],
                |i18n| t_string!(i18n, fields.http_version),
                monitor.http_version.map(|version| version.to_string()).as_deref(),
                HTTP_VERSION,
            ),
        ]);
    }
    all.push(Setting::list(
        &["tags"],
        |i18n| t_string!(i18n, settings.check_tags),
        monitor.tags.clone(),
    ));
    all
}

fn with_default(
    fields: &'static [&'static str],
    label: Label,
    value: Option<&str>,
    default: &str,
) -> Setting {
    let value = value.unwrap_or(default);
    Setting::new(fields, label, Value::Text(value.to_owned()), value == default)
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_listed, changed},
        *,
    };
    use serde_json::json;

    /// Shown by its server group.
    const ELSEWHERE: &[&str] =
        &["id", "provisioning_status", "operating_status", "pools", "created_at", "updated_at"];

    fn monitor() -> HealthMonitor {
        serde_json::from_value(json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE",
            "admin_state_up": true,
            "type": "HTTP",
            "delay": 5,
            "timeout": 3,
            "max_retries": 2,
        }))
        .unwrap()
    }

    #[test]
    fn no_field_of_a_health_check_is_hidden() {
        assert_every_field_is_listed(&monitor(), &monitor_settings(&monitor()), ELSEWHERE);
    }

    #[test]
    fn what_differs_from_the_default_is_shown_at_once() {
        let shown = |monitor: &HealthMonitor| {
            monitor_settings(monitor).into_iter().filter(|one| !one.is_default).count()
        };
        let usual = shown(&monitor());
        for (field, value) in [
            ("name", json!("check")),
            ("http_version", json!(1.1)),
            ("admin_state_up", json!(false)),
            ("max_retries_down", json!(5)),
            ("http_method", json!("HEAD")),
            ("url_path", json!("/health")),
            ("expected_codes", json!("200-204")),
            ("domain_name", json!("shop.example")),
            ("tags", json!(["blue"])),
        ] {
            assert_eq!(shown(&changed(&monitor(), field, value)), usual + 1, "{field}");
        }
    }
}
