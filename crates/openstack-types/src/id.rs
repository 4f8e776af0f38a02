//! Identifiers: a type for each kind, so that a listener's id cannot be used as a pool's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

uuid_id! {
    /// An Octavia load balancer.
    LoadBalancerId;
    /// An Octavia listener.
    ListenerId;
    /// An Octavia pool; `Server group` in the page.
    PoolId;
    /// An Octavia member; `Server` in the page.
    MemberId;
    /// An Octavia health monitor.
    HealthMonitorId;
    /// An Octavia L7 policy.
    L7PolicyId;
    /// An Octavia L7 rule.
    L7RuleId;
    /// A Neutron network.
    NetworkId;
    /// A Neutron subnet.
    SubnetId;
    /// A Neutron port.
    PortId;
    /// A Barbican secret; `Certificate` in the page.
    SecretId;
    /// A Barbican container: references to secrets that belong together.
    ContainerId;
}

impl SecretId {
    /// The id in a reference such as `https://cloud/key-manager/v1/secrets/ID`. The host does not
    /// matter: behind a proxy one secret has several.
    pub fn from_ref(reference: &str) -> Option<Self> {
        id_in_ref(reference, "secrets").map(Self)
    }
}

impl ContainerId {
    /// The id in a reference such as `https://cloud/key-manager/v1/containers/ID`.
    pub fn from_ref(reference: &str) -> Option<Self> {
        id_in_ref(reference, "containers").map(Self)
    }
}

fn id_in_ref(reference: &str, collection: &str) -> Option<Uuid> {
    let (front, id) = reference.trim_end_matches('/').rsplit_once('/')?;
    if front.rsplit('/').next() != Some(collection) {
        return None;
    }
    // Barbican accepts hyphenated UUIDs only.
    let parsed: Uuid = id.parse().ok()?;
    parsed.as_hyphenated().to_string().eq_ignore_ascii_case(id).then_some(parsed)
}

macro_rules! text_id {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
    )+};
}

text_id! {
    /// A Keystone project: 32 hexadecimal digits, or `default` and the like in older clouds.
    ProjectId;
    /// A Keystone user: 32 hexadecimal digits, or 64 for LDAP users.
    UserId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_of_secrets_have_a_secret_id() {
        let id: SecretId = "48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba".parse().unwrap();
        for good in [
            "http://127.0.0.1:9311/v1/secrets/48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba",
            "https://cloud/key-manager/v1/secrets/48BF2CD7-8ace-4ea3-b065-5ce9d3eba1ba/",
        ] {
            assert_eq!(SecretId::from_ref(good), Some(id), "{good}");
        }
        for bad in [
            "",
            "48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba",
            "http://h/v1/containers/48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba",
            "http://h/v1/secrets/48bf2cd78ace4ea3b0655ce9d3eba1ba",
            "http://h/v1/secrets/48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba/payload",
            "http://h/v1/secrets/",
        ] {
            assert_eq!(SecretId::from_ref(bad), None, "{bad}");
        }
    }
}
