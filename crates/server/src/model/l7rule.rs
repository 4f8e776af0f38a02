use super::*;

/// What Octavia knows; which of them are served is decided in `l7rules.rs`.
const TYPES: Kind = Kind::Word(&[
    "HOST_NAME",
    "PATH",
    "FILE_TYPE",
    "HEADER",
    "COOKIE",
    "SSL_CONN_HAS_CERT",
    "SSL_VERIFY_RESULT",
    "SSL_DN_FIELD",
]);
const COMPARISONS: Kind =
    Kind::Word(&["REGEX", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUAL_TO"]);

macro_rules! fields {
    ($($more:expr,)*) => {
        &[
            ID,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            ADMIN_STATE_UP,
            Field::new("type", TYPES, Fixed::Null).required().update(),
            Field::new("compare_type", COMPARISONS, Fixed::Null).required().update(),
            Field::new("key", Kind::Text(255), Fixed::Null).create().update(),
            Field::new("value", Kind::Text(255), Fixed::Null).required().update(),
            Field::new("invert", Kind::Bool, Fixed::Bool(false)).create().update(),
            CREATED_AT,
            UPDATED_AT,
            TAGS,
            $($more,)*
        ]
    };
}

/// L7 rules: conditions of a policy.
pub static L7RULE: Resource = Resource {
    key: "l7rule",
    wire: "rule",
    plural: "rules",
    argument: "rule_",
    title: "L7Rule",
    fields: fields![
        Field::new("l7policy_id", Kind::Uuid, Fixed::Null).hidden(),
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
};

/// L7 rules within the create of a policy.
pub static L7RULE_IN_GRAPH: Resource = Resource {
    key: "l7rule",
    wire: "rule",
    plural: "rules",
    argument: "rule_",
    title: "L7Rule",
    fields: fields![],
};
