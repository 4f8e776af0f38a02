use super::*;

macro_rules! fields {
    ($($more:expr,)*) => {
        &[
            ID,
            NAME,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            ADMIN_STATE_UP,
            Field::new("address", Kind::ServerAddress, Fixed::Null).required(),
            port("protocol_port").required(),
            Field::new("weight", Kind::Integer(0, 256), Fixed::Integer(1)).create().update(),
            Field::new("backup", Kind::Bool, Fixed::Bool(false)).create().update(),
            Field::new("subnet_id", Kind::Uuid, Fixed::Null).create(),
            CREATED_AT,
            UPDATED_AT,
            port("monitor_port").create().update(),
            Field::new("monitor_address", Kind::ServerAddress, Fixed::Null).create().update(),
            TAGS,
            Field::only("request_sriov", Fixed::Bool(false)).create().hidden(),
            Field::only("vnic_type", Fixed::Text("normal")),
            $($more,)*
        ]
    };
}

/// Members.
pub static MEMBER: Resource = Resource {
    key: "member",
    wire: "member",
    plural: "members",
    argument: "member_",
    title: "Member",
    fields: fields![
        LOADBALANCER_ID,
        Field::new("pool_id", Kind::Uuid, Fixed::Null).hidden(),
        PROJECT_ID,
        TENANT_ID,
    ],
};

/// Members within the create of a pool.
pub static MEMBER_IN_GRAPH: Resource = Resource {
    key: "member",
    wire: "member",
    plural: "members",
    argument: "member_",
    title: "Member",
    fields: fields![],
};
