use super::*;
use openstack_types::octavia::L7PolicyAction;

const ACTIONS: Kind =
    Kind::OneOf(&["REDIRECT_TO_URL", "REDIRECT_PREFIX", "REDIRECT_TO_POOL", "REJECT"]);
/// The largest position puts the policy behind all others.
const LAST_POSITION: i64 = i32::MAX as i64;

pub const ACTION: Field<L7PolicyAction> =
    Field::new("action", ACTIONS, DefaultValue::Null).required().update();
pub const REDIRECT_POOL_ID: Field<Option<String>> =
    Field::new("redirect_pool_id", Kind::Uuid, DefaultValue::Null).create().update();
pub const REDIRECT_URL: Field<Option<String>> =
    Field::new("redirect_url", Kind::RedirectUrl, DefaultValue::Null).create().update();
pub const REDIRECT_PREFIX: Field<Option<String>> =
    Field::new("redirect_prefix", Kind::RedirectUrl, DefaultValue::Null).create().update();
pub const REDIRECT_HTTP_CODE: Field<Option<i64>> =
    Field::new("redirect_http_code", Kind::RedirectCode, DefaultValue::Null).create().update();
/// From 1, without gaps. The first policy whose rules match decides.
pub const POSITION: Field<i64> =
    Field::new("position", Kind::Integer(1, LAST_POSITION), DefaultValue::Integer(LAST_POSITION))
        .create()
        .update();
pub const RULES: Field<Nested> = Field::nested("rules", Kind::List(ResourceName::L7Rule));
pub const LISTENER_ID: Field<String> =
    Field::new("listener_id", Kind::Uuid, DefaultValue::Null).required_standalone();
/// The pool of `redirect_pool_id`, created by the same request.
pub const REDIRECT_POOL: Field<Nested> =
    Field::nested("redirect_pool", Kind::Object(ResourceName::Pool)).create_nested();

pub static L7POLICY: Resource = Resource {
    name: "l7policy",
    singular: "l7policy",
    plural: "l7policies",
    argument: "l7policy_",
    title: "L7 Policy",
    fields: fields![
        ID,
        NAME,
        DESCRIPTION,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        ACTION,
        REDIRECT_POOL_ID,
        REDIRECT_URL,
        REDIRECT_PREFIX,
        POSITION,
        RULES,
        CREATED_AT,
        UPDATED_AT,
        TAGS,
        REDIRECT_HTTP_CODE,
        LISTENER_ID,
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
        REDIRECT_POOL,
    ],
    relations: &[Relation::children("rules", ResourceName::L7Rule, l7rule::L7POLICY_ID)],
};
