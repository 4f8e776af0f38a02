//! L7 policies.

use super::{l7rule::CreateL7Rule, reference::Ref};
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
    pub action: L7PolicyAction,
    /// With `REDIRECT_TO_URL`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_url: Option<RedirectUrl>,
    /// With `REDIRECT_PREFIX`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_prefix: Option<RedirectUrl>,
    /// 301, 302, 303, 307 or 308; 302 by default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_http_code: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rules: Vec<CreateL7Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// The name that identifies policies which redirect every request to HTTPS.
const REDIRECT_TO_HTTPS: &str = "redirect-to-https";

impl L7Policy {
    /// The URL that it redirects every request to, if it was created by
    /// [`CreateL7Policy::redirect_to_https`]. Identified by its name, so that its rules need not be read.
    pub fn redirects_to_https(&self) -> Option<&str> {
        let is_redirect = self.name == REDIRECT_TO_HTTPS
            && self.action == L7PolicyAction::RedirectPrefix
            && self.admin_state_up;
        self.redirect_prefix
            .as_deref()
            .filter(|prefix| is_redirect && prefix.starts_with("https://"))
    }
}

impl CreateL7Policy {
    /// Redirects every request to the same path and query at `prefix`: `https://` and a host.
    pub fn redirect_to_https(prefix: RedirectUrl) -> Self {
        Self {
            listener_id: None,
            name: Some(REDIRECT_TO_HTTPS.to_owned()),
            description: None,
            action: L7PolicyAction::RedirectPrefix,
            redirect_url: None,
            redirect_prefix: Some(prefix),
            redirect_http_code: None,
            rules: vec![CreateL7Rule::every_request()],
            tags: Vec::new(),
        }
    }
}
