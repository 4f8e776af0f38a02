//! The settings of a server. Pure.

use super::setting::{Setting, Value};
use crate::i18n::t_string;
use openstack_types::portal::MemberSummary;

pub(in crate::pages::load_balancers::details) fn server_settings(
    server: &MemberSummary,
) -> Vec<Setting> {
    vec![
        Setting::text(&["name"], |i18n| t_string!(i18n, details.name), &server.name).with_place(),
        Setting::new(
            &["weight"],
            |i18n| t_string!(i18n, details.weight),
            Value::Text(server.weight.to_string()),
            server.weight == 1,
        )
        .with_place(),
        Setting::yes_no(&["backup"], |i18n| t_string!(i18n, details.backup), server.backup, false),
        Setting::yes_no(
            &["admin_state_up"],
            |i18n| t_string!(i18n, settings.enabled),
            server.admin_state_up,
            true,
        )
        .with_place(),
        Setting::optional(
            &["monitor_address"],
            |i18n| t_string!(i18n, settings.monitor_address),
            server.monitor_address.clone(),
        ),
        Setting::optional(
            &["monitor_port"],
            |i18n| t_string!(i18n, settings.monitor_port),
            server.monitor_port.map(|port| port.to_string()),
        ),
        Setting::new(
            &["subnet_id"],
            |i18n| t_string!(i18n, settings.subnet),
            server.subnet_id.map_or(Value::None, Value::Subnet),
            server.subnet_id.is_none(),
        ),
        Setting::list(&["tags"], |i18n| t_string!(i18n, settings.tags), server.tags.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_listed, changed},
        *,
    };
    use openstack_types::octavia::Member;
    use serde_json::{Value, json};

    /// Shown by the row.
    const ELSEWHERE: &[&str] = &[
        "id",
        "pool_id",
        "loadbalancer_id",
        "provisioning_status",
        "operating_status",
        "address",
        "protocol_port",
        "reason",
        "since",
        "created_at",
        "updated_at",
    ];

    fn server() -> Value {
        json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "pool_id": "00000000-0000-0000-0000-000000000002",
            "loadbalancer_id": "00000000-0000-0000-0000-000000000003",
            "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE",
            "admin_state_up": true,
            "address": "10.0.0.1",
            "protocol_port": 80,
            "weight": 1,
        })
    }

    #[test]
    fn no_field_of_a_server_is_hidden() {
        let summary: MemberSummary = serde_json::from_value(server()).unwrap();
        assert_every_field_is_listed(&summary, &server_settings(&summary), ELSEWHERE);
        // The list of the portal has what Octavia has.
        let member: Member = serde_json::from_value(server()).unwrap();
        assert_every_field_is_listed(&member, &server_settings(&summary), ELSEWHERE);
    }

    #[test]
    fn what_differs_from_the_default_is_shown_at_once() {
        let usual: MemberSummary = serde_json::from_value(server()).unwrap();
        let shown = |server: &MemberSummary| {
            server_settings(server).into_iter().filter(|one| !one.is_default).collect::<Vec<_>>()
        };
        assert_eq!(shown(&usual), []);
        for (field, value) in [
            ("name", json!("blue")),
            ("weight", json!(7)),
            ("backup", json!(true)),
            ("admin_state_up", json!(false)),
            ("monitor_address", json!("10.0.0.9")),
            ("monitor_port", json!(8081)),
            ("subnet_id", json!("00000000-0000-0000-0000-000000000004")),
            ("tags", json!(["blue"])),
        ] {
            let shown = shown(&changed(&usual, field, value));
            assert_eq!(shown.len(), 1, "{field}");
            assert!(shown[0].fields.contains(&field), "{field}");
        }
    }
}
