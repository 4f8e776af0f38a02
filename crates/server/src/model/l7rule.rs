use super::*;
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};

const TYPES: Kind = Kind::OneOf(&[
    "HOST_NAME",
    "PATH",
    "FILE_TYPE",
    "HEADER",
    "COOKIE",
    "SSL_CONN_HAS_CERT",
    "SSL_VERIFY_RESULT",
    "SSL_DN_FIELD",
]);
const COMPARE_TYPES: Kind =
    Kind::OneOf(&["REGEX", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUAL_TO"]);

pub const TYPE: Field<L7RuleType> =
    Field::new("type", TYPES, DefaultValue::Null).required().update();
pub const COMPARE_TYPE: Field<L7RuleCompareType> =
    Field::new("compare_type", COMPARE_TYPES, DefaultValue::Null).required().update();
/// The name of the header or cookie, or a field of a distinguished name.
pub const KEY: Field<Option<String>> =
    Field::new("key", Kind::Text(255), DefaultValue::Null).create().update();
pub const VALUE: Field<String> =
    Field::new("value", Kind::Text(255), DefaultValue::Null).required().update();
pub const INVERT: Field<bool> =
    Field::new("invert", Kind::Bool, DefaultValue::Bool(false)).create().update();
pub const L7POLICY_ID: Field<String> =
    Field::new("l7policy_id", Kind::Uuid, DefaultValue::Null).hidden();

pub static L7RULE: Resource = Resource {
    name: "l7rule",
    singular: "rule",
    plural: "rules",
    argument: "rule_",
    title: "L7 Rule",
    fields: fields![
        ID,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        TYPE,
        COMPARE_TYPE,
        KEY,
        VALUE,
        INVERT,
        CREATED_AT,
        UPDATED_AT,
        TAGS,
        L7POLICY_ID,
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
    relations: &[],
};
