//! The settings of the load balancer itself. Pure.

use super::setting::Setting;
use crate::i18n::t_string;
use openstack_types::octavia::LoadBalancer;

/// The start of the tag that keeps the type of a load balancer without listeners, which the page shows as
/// its type.
const TYPE_TAG: &str = "lb-type:";
/// The default of Octavia.
const USUAL_VNIC: &str = "normal";

pub(in crate::pages::load_balancers) fn load_balancer_settings(
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
        Setting::optional(
            &["provider"],
            |i18n| t_string!(i18n, fields.provider),
            balancer.provider.clone(),
        ),
        Setting::optional(
            &["flavor_id"],
            |i18n| t_string!(i18n, fields.flavor),
            balancer.flavor_id.clone(),
        ),
        Setting::optional(
            &["availability_zone"],
            |i18n| t_string!(i18n, fields.availability_zone),
            balancer.availability_zone.clone(),
        ),
        Setting::list(&["tags"], |i18n| t_string!(i18n, settings.tags), tags),
    ]
}

/// The settings of its VIPs and of their ports.
pub(in crate::pages::load_balancers) fn vip_settings(balancer: &LoadBalancer) -> Vec<Setting> {
    let more = balancer.additional_vips.iter();
    let more = more.map(|vip| vip.ip_address.as_ref().unwrap_or(&vip.subnet_id).clone());
    vec![
        Setting::list(
            &["additional_vips"],
            |i18n| t_string!(i18n, settings.additional_vips),
            more.collect(),
        ),
        Setting::optional(
            &["vip_port_id"],
            |i18n| t_string!(i18n, fields.vip_port),
            balancer.vip_port_id.clone(),
        ),
        Setting::optional(
            &["vip_qos_policy_id"],
            |i18n| t_string!(i18n, settings.qos_policy),
            balancer.vip_qos_policy_id.clone(),
        ),
        Setting {
            is_default: balancer.vip_vnic_type.as_ref().is_none_or(|kind| kind == USUAL_VNIC),
            ..Setting::optional(
                &["vip_vnic_type"],
                |i18n| t_string!(i18n, settings.vnic_type),
                balancer.vip_vnic_type.clone(),
            )
        },
        Setting::list(
            &["vip_sg_ids"],
            |i18n| t_string!(i18n, settings.security_groups),
            balancer.vip_sg_ids.clone(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::{
        super::setting::{assert_every_field_is_listed, changed},
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
        let all = |balancer: &LoadBalancer| {
            let mut all = load_balancer_settings(balancer);
            all.extend(vip_settings(balancer));
            all
        };
        let shown = |balancer: &LoadBalancer| {
            all(balancer).into_iter().filter(Setting::is_shown_at_once).count()
        };
        assert_every_field_is_listed(&balancer, &all(&balancer), ELSEWHERE);
        assert_eq!(shown(&balancer), 0);
        assert_eq!(shown(&changed(&balancer, "tags", json!(["lb-type:network"]))), 0);
        assert_eq!(shown(&changed(&balancer, "tags", json!(["blue"]))), 1);
        assert_eq!(shown(&changed(&balancer, "vip_vnic_type", json!("normal"))), 0);
        let vip = json!({"subnet_id": "s", "ip_address": "127.10.0.9", "port_id": "p"});
        for (field, value) in [
            ("admin_state_up", json!(false)),
            ("provider", json!("amphora")),
            ("flavor_id", json!("f")),
            ("availability_zone", json!("a")),
            ("additional_vips", json!([vip])),
            ("vip_port_id", json!("p")),
            ("vip_qos_policy_id", json!("q")),
            ("vip_vnic_type", json!("direct")),
            ("vip_sg_ids", json!(["g"])),
        ] {
            assert_eq!(shown(&changed(&balancer, field, value)), 1, "{field}");
        }
    }
}
