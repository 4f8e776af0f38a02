use super::*;

const ACTIONS: Kind =
    Kind::Word(&["REDIRECT_TO_URL", "REDIRECT_PREFIX", "REDIRECT_TO_POOL", "REJECT"]);
/// The largest position: whatever is there, it comes last.
const LAST: i64 = i32::MAX as i64;

macro_rules! fields {
    ($action:expr, $($more:expr,)*) => {
        &[
            ID,
            NAME,
            DESCRIPTION,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            ADMIN_STATE_UP,
            $action,
            Field::new("redirect_pool_id", Kind::Uuid, Fixed::Null).create().update(),
            Field::new("redirect_url", Kind::RedirectUrl, Fixed::Null).create().update(),
            Field::new("redirect_prefix", Kind::RedirectUrl, Fixed::Null).create().update(),
            Field::new("position", Kind::Integer(1, LAST), Fixed::Integer(LAST)).create().update(),
            Field::new("rules", Kind::Many(&L7RULE_IN_GRAPH), Fixed::NoItems).create().unstored(),
            CREATED_AT,
            UPDATED_AT,
            TAGS,
            Field::new("redirect_http_code", Kind::RedirectCode, Fixed::Null).create().update(),
            $($more,)*
        ]
    };
}

/// L7 policies: what a listener does with some requests.
pub static L7POLICY: Resource = Resource {
    key: "l7policy",
    wire: "l7policy",
    plural: "l7policies",
    argument: "l7policy_",
    title: "L7Policy",
    fields: fields![
        Field::new("action", ACTIONS, Fixed::Null).required().update(),
        Field::new("listener_id", Kind::Uuid, Fixed::Null).required(),
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
};

/// L7 policies within the create of a load balancer or listener. There the pool is named.
pub static L7POLICY_IN_GRAPH: Resource = Resource {
    key: "l7policy",
    wire: "l7policy",
    plural: "l7policies",
    argument: "l7policy_",
    title: "L7Policy",
    fields: fields![
        Field::new("action", ACTIONS, Fixed::Null).required(),
        Field::new("redirect_pool", Kind::One(&POOL_IN_GRAPH), Fixed::Null)
            .create()
            .unstored()
            .hidden(),
    ],
};
