//! Identifiers, one type a kind, so that a listener's id can never be passed for a pool's.

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
    /// An Octavia pool: the page calls it a server group.
    PoolId;
    /// An Octavia member: the page calls it a server.
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
    /// A Neutron port; the one that holds a VIP.
    PortId;
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
            /// The id as it stands on the wire.
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
    /// A Keystone user: 32 hexadecimal digits, 64 for users of a directory.
    UserId;
}
