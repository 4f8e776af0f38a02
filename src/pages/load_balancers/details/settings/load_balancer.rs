//! The settings of the load balancer itself. Pure.

use super::setting::Setting;
use crate::i18n::t_string;
use openstack_types::octavia::LoadBalancer;

/// The start of the tag that keeps the type of a load balancer without listeners, which the page shows as
/// its type.
const TYPE_TAG: &str = "lb-type:";

pub(in crate::pages::load_balancers::details) fn load_balancer_settings(
    balancer: &LoadBalancer,
) -> Vec<Setting> {
    let tags = balancer.tags.iter().filter(|tag| !tag.starts_with(TYPE_TAG)).cloned().collect();
    vec![
        Setting::yes_no(
            &["admin_state_up"],
            |i18n| t_string!(i18n, settings.enabled),
            balancer.admin_state_up,
            true,
        ),
        Setting::list(&["tags"], |i18n| t_string!(i18n, settings.tags), tags),
    ]
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_told, changed},
        *,
    };
    use serde_json::json;

    /// Shown by the head, `Basics` and `Networks & Connection`.
    const ELSEWHERE: &[&str] = &[
        "id",
        "name",
        "description",
        "provisioning_status",
        "operating_status",
        "project_id",
        "user_id",
        "created_at",
        "updated_at",
        "vip_address",
        "vip_subnet_id",
        "vip_network_id",
        "listeners",
        "pools",
    ];

    #[test]
    fn no_field_of_a_load_balancer_is_hidden() {
        let balancer: LoadBalancer = serde_json::from_value(json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE",
            "admin_state_up": true,
            "project_id": "p",
            "user_id": "u",
            "created_at": "2026-11-23T03:40:39",
        }))
        .unwrap();
        let told = |balancer: &LoadBalancer| {
            load_balancer_settings(balancer).into_iter().filter(Setting::is_told).count()
        };
        assert_every_field_is_told(&balancer, &load_balancer_settings(&balancer), ELSEWHERE);
        assert_eq!(told(&balancer), 0);
        assert_eq!(told(&changed(&balancer, "tags", json!(["lb-type:network"]))), 0);
        assert_eq!(told(&changed(&balancer, "tags", json!(["blue"]))), 1);
        assert_eq!(told(&changed(&balancer, "admin_state_up", json!(false))), 1);
    }
}
