//! L7 policies.

use super::{
    l7rule::{CreateL7Rule, L7Rule, match_every_request},
    patch::Patch,
    pool::PoolByName,
    reference::Ref,
};
use crate::{
    L7PolicyId, L7RuleId, ListenerId, OperatingStatus, PoolId, ProvisioningStatus,
    field::RedirectUrl, wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// What an L7 policy does with a request that matches its rules.
    L7PolicyAction {
        RedirectToUrl = "REDIRECT_TO_URL",
        /// Redirects to another scheme and host, with the same path and query.
        RedirectPrefix = "REDIRECT_PREFIX",
        RedirectToPool = "REDIRECT_TO_POOL",
        /// Responds 403.
        Reject = "REJECT",
    }
}

/// Applies to requests that match all of its rules. Without rules, it applies to none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct L7Policy {
    pub id: L7PolicyId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub provisioning_status: ProvisioningStatus,
    pub operating_status: OperatingStatus,
    pub admin_state_up: bool,
    pub action: L7PolicyAction,
    pub listener_id: ListenerId,
    /// With `REDIRECT_TO_POOL`.
    #[serde(default)]
    pub redirect_pool_id: Option<PoolId>,
    /// With `REDIRECT_TO_URL`.
    #[serde(default)]
    pub redirect_url: Option<String>,
    /// With `REDIRECT_PREFIX`.
    #[serde(default)]
    pub redirect_prefix: Option<String>,
    /// 301, 302, 303, 307 or 308.
    #[serde(default)]
    pub redirect_http_code: Option<u16>,
    /// From 1; the first policy that matches applies.
    #[serde(default)]
    pub position: u32,
    #[serde(default)]
    pub rules: Vec<Ref<L7RuleId>>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// An L7 policy in the create request of a listener, or the body of `POST /v2/lbaas/l7policies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateL7Policy {
    /// Only in a request of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub listener_id: Option<ListenerId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
    pub action: L7PolicyAction,
    /// With `REDIRECT_TO_POOL`, in the create request of a load balancer: one of its pools.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_pool: Option<PoolByName>,
    /// With `REDIRECT_TO_POOL`, in a request of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_pool_id: Option<PoolId>,
    /// With `REDIRECT_TO_URL`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_url: Option<RedirectUrl>,
    /// With `REDIRECT_PREFIX`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_prefix: Option<RedirectUrl>,
    /// 301, 302, 303, 307 or 308; 302 by default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_http_code: Option<u16>,
    /// From 1; at the end by default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rules: Vec<CreateL7Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// Body of `PUT /v2/lbaas/l7policies/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateL7Policy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<L7PolicyAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_pool_id: Option<PoolId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<RedirectUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_prefix: Option<RedirectUrl>,
    /// Clear for the service's default.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub redirect_http_code: Patch<u16>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

impl L7Policy {
    /// The URL that it redirects every request to, if that is its effect: enabled, to an `https` prefix,
    /// and with rules that every request matches.
    pub fn redirects_to_https(&self, rules: &[L7Rule]) -> Option<&str> {
        let is_redirect = self.action == L7PolicyAction::RedirectPrefix && self.admin_state_up;
        self.redirect_prefix.as_deref().filter(|prefix| {
            is_redirect && prefix.starts_with("https://") && match_every_request(rules)
        })
    }
}
