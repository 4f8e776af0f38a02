//! The form of an L7 policy: `Rule` in the page, with its conditions.

use super::keys::RowKey;
use openstack_types::octavia::{L7PolicyAction, L7RuleCompareType, L7RuleType, is_every_request};
use serde::{Deserialize, Serialize};

/// What happens to requests that match all of its rules. Without rules, it applies to none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraft {
    pub key: RowKey,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub action: PolicyAction,
    pub enabled: bool,
    #[serde(default)]
    pub tags: Vec<String>,
    pub rules: Vec<RuleDraft>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyAction {
    /// `None` until a group is chosen.
    Group(Option<RowKey>),
    /// Redirects to one URL. The code is 301, 302, 303, 307 or 308; `None` for the service's default,
    /// 302.
    Url { url: String, code: Option<u16> },
    /// Redirects to another scheme and host, with the same path and query. The code as of a URL.
    Prefix { prefix: String, code: Option<u16> },
    /// Responds 403.
    Reject,
    /// An action that only the service knows.
    Other(L7PolicyAction),
}

impl PolicyAction {
    pub fn kind(&self) -> L7PolicyAction {
        match self {
            Self::Group(_) => L7PolicyAction::RedirectToPool,
            Self::Url { .. } => L7PolicyAction::RedirectToUrl,
            Self::Prefix { .. } => L7PolicyAction::RedirectPrefix,
            Self::Reject => L7PolicyAction::Reject,
            Self::Other(action) => action.clone(),
        }
    }

    /// The group that requests are sent to.
    pub fn group(&self) -> Option<RowKey> {
        if let Self::Group(group) = self { *group } else { None }
    }

    /// The URL or prefix of a redirect.
    pub fn target(&self) -> Option<&String> {
        match self {
            Self::Url { url, .. } => Some(url),
            Self::Prefix { prefix, .. } => Some(prefix),
            _ => None,
        }
    }

    pub(crate) fn target_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Url { url, .. } => Some(url),
            Self::Prefix { prefix, .. } => Some(prefix),
            _ => None,
        }
    }

    /// The status code of a redirect.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Url { code, .. } | Self::Prefix { code, .. } => *code,
            _ => None,
        }
    }
}

/// A condition of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDraft {
    pub key: RowKey,
    pub kind: L7RuleType,
    pub compare: L7RuleCompareType,
    /// The name of the header, cookie or field of the certificate's subject; else empty.
    #[serde(default)]
    pub key_name: String,
    pub value: String,
    /// Whether requests match that do not compare so.
    pub invert: bool,
    pub enabled: bool,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl RuleDraft {
    pub(crate) fn new(key: RowKey) -> Self {
        Self {
            key,
            kind: L7RuleType::Path,
            compare: L7RuleCompareType::StartsWith,
            key_name: String::new(),
            value: String::new(),
            invert: false,
            enabled: true,
            tags: Vec::new(),
        }
    }

    /// Whether rules of a kind name a header, cookie or field.
    pub fn has_key_name(kind: &L7RuleType) -> bool {
        matches!(kind, L7RuleType::Header | L7RuleType::Cookie | L7RuleType::SslDnField)
    }

    fn matches_every_request(&self) -> bool {
        is_every_request(&self.kind, &self.compare, self.value.trim(), self.invert)
    }
}

impl PolicyDraft {
    pub fn rule(&self, key: RowKey) -> Option<&RuleDraft> {
        self.rules.iter().find(|rule| rule.key == key)
    }

    pub fn rule_mut(&mut self, key: RowKey) -> Option<&mut RuleDraft> {
        self.rules.iter_mut().find(|rule| rule.key == key)
    }

    /// Whether every request matches it.
    pub fn matches_every_request(&self) -> bool {
        let mut enabled = self.rules.iter().filter(|rule| rule.enabled).peekable();
        enabled.peek().is_some() && enabled.all(RuleDraft::matches_every_request)
    }

    /// The URL that it redirects every request to, as typed: not to plain HTTP. A URL that is being typed
    /// may lack its scheme.
    pub fn redirect(&self) -> Option<&String> {
        let PolicyAction::Prefix { prefix, .. } = &self.action else { return None };
        let is_redirect =
            self.enabled && self.matches_every_request() && !prefix.trim().starts_with("http://");
        is_redirect.then_some(prefix)
    }
}
