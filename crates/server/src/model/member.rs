use super::*;

pub const ADDRESS: Field<String> =
    Field::new("address", Kind::IpAddress, DefaultValue::Null).required();
pub const PROTOCOL_PORT: Field<i64> =
    Field::new("protocol_port", PORT, DefaultValue::Null).required();
/// 0 drains the member.
pub const WEIGHT: Field<i64> =
    Field::new("weight", Kind::Integer(0, 256), DefaultValue::Integer(1)).create().update();
pub const BACKUP: Field<bool> =
    Field::new("backup", Kind::Bool, DefaultValue::Bool(false)).create().update();
pub const SUBNET_ID: Field<Option<String>> =
    Field::new("subnet_id", Kind::Uuid, DefaultValue::Null).create();
pub const MONITOR_PORT: Field<Option<i64>> =
    Field::new("monitor_port", PORT, DefaultValue::Null).create().update();
pub const MONITOR_ADDRESS: Field<Option<String>> =
    Field::new("monitor_address", Kind::IpAddress, DefaultValue::Null).create().update();
pub const POOL_ID: Field<String> = Field::new("pool_id", Kind::Uuid, DefaultValue::Null).hidden();

const REQUEST_SRIOV: Field<bool> =
    Field::fixed("request_sriov", DefaultValue::Bool(false)).create().hidden();
const VNIC_TYPE: Field<String> = Field::fixed("vnic_type", DefaultValue::Text("normal"));

pub static MEMBER: Resource = Resource {
    name: "member",
    singular: "member",
    plural: "members",
    argument: "member_",
    title: "Member",
    fields: fields![
        ID,
        NAME,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        ADDRESS,
        PROTOCOL_PORT,
        WEIGHT,
        BACKUP,
        SUBNET_ID,
        CREATED_AT,
        UPDATED_AT,
        MONITOR_PORT,
        MONITOR_ADDRESS,
        TAGS,
        REQUEST_SRIOV,
        VNIC_TYPE,
        LOADBALANCER_ID,
        POOL_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
    relations: &[],
};
