use super::*;
use openstack_types::octavia::AdditionalVip;

pub const USER_ID: Field<String> = Field::new("user_id", Kind::Text(64), DefaultValue::Null);
pub const VIP_ADDRESS: Field<String> =
    Field::new("vip_address", Kind::IpAddress, DefaultValue::Null).create();
pub const VIP_PORT_ID: Field<String> =
    Field::new("vip_port_id", Kind::Uuid, DefaultValue::Null).create();
pub const VIP_SUBNET_ID: Field<String> =
    Field::new("vip_subnet_id", Kind::Uuid, DefaultValue::Null).create();
pub const VIP_NETWORK_ID: Field<String> =
    Field::new("vip_network_id", Kind::Uuid, DefaultValue::Null).create();
/// Not in the subnet of the VIP, and each in another.
pub const ADDITIONAL_VIPS: Field<Vec<AdditionalVip>> =
    Field::new("additional_vips", Kind::AdditionalVips, DefaultValue::EmptyList).create();
pub const PROVIDER: Field<String> =
    Field::new("provider", Kind::Text(64), DefaultValue::Text("haproxy")).create();
/// Why the last change failed. Octavia has no such field.
pub const PROVISIONING_REASON: Field<Option<String>> =
    Field::new("provisioning_reason", Kind::Text(1000), DefaultValue::Null).shown_when_set();
pub const LISTENERS: Field<Nested> = Field::nested("listeners", Kind::List(ResourceName::Listener));
pub const POOLS: Field<Nested> = Field::nested("pools", Kind::List(ResourceName::Pool));

const VIP_QOS_POLICY_ID: Field<Option<String>> =
    Field::fixed("vip_qos_policy_id", DefaultValue::Null).create().update();
const VIP_SG_IDS: Field<Vec<String>> =
    Field::fixed("vip_sg_ids", DefaultValue::EmptyList).create().update();
const FLAVOR_ID: Field<Option<String>> = Field::fixed("flavor_id", DefaultValue::Null).create();
const AVAILABILITY_ZONE: Field<Option<String>> =
    Field::fixed("availability_zone", DefaultValue::Null).create();
const VIP_VNIC_TYPE: Field<String> = Field::fixed("vip_vnic_type", DefaultValue::Text("normal"));

pub static LOAD_BALANCER: Resource = Resource {
    name: "loadbalancer",
    singular: "loadbalancer",
    plural: "loadbalancers",
    argument: "load_balancer",
    title: "Load Balancer",
    fields: fields![
        ID,
        NAME,
        DESCRIPTION,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        PROJECT_ID,
        TENANT_ID,
        USER_ID,
        CREATED_AT,
        UPDATED_AT,
        VIP_ADDRESS,
        VIP_PORT_ID,
        VIP_SUBNET_ID,
        VIP_NETWORK_ID,
        VIP_QOS_POLICY_ID,
        VIP_SG_IDS,
        ADDITIONAL_VIPS,
        PROVIDER,
        FLAVOR_ID,
        AVAILABILITY_ZONE,
        VIP_VNIC_TYPE,
        TAGS,
        PROVISIONING_REASON,
        LISTENERS,
        POOLS,
    ],
    relations: &[
        Relation::children("listeners", ResourceName::Listener, LOADBALANCER_ID),
        Relation::children("pools", ResourceName::Pool, LOADBALANCER_ID),
    ],
};
