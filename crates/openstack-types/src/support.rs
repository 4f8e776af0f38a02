//! What a version of Octavia's API and a provider have. Octavia refuses a whole request for one field that its version
//! lacks, so that only what is there may be sent.
//!
//! Sources: the API's version history, and the feature matrices of the providers.

use std::{fmt, str::FromStr};

/// A version of Octavia's API: `v2.30`. Ordered by number, 2.9 before 2.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    pub major: u16,
    pub minor: u16,
}

impl ApiVersion {
    pub const fn v2(minor: u16) -> Self {
        Self { major: 2, minor }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a version of the API, such as v2.30")]
pub struct NotAVersion;

impl FromStr for ApiVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let (major, minor) = text.trim_start_matches('v').split_once('.').ok_or(NotAVersion)?;
        let number = |text: &str| text.parse().map_err(|_| NotAVersion);
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

/// The families of providers that differ in what they can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// HAProxy in machines of their own.
    Amphora,
    /// The virtual switch itself.
    Ovn,
    /// Unknown: everything is offered, and a refusal is shown. It may stay pending for ever after a request with several
    /// parts.
    Other,
}

impl ProviderKind {
    /// `octavia` is another name of `amphora`.
    pub fn of(name: &str) -> Self {
        match name {
            "amphora" | "amphorav2" | "octavia" => Self::Amphora,
            "ovn" => Self::Ovn,
            _ => Self::Other,
        }
    }
}

macro_rules! features {
    ($($name:ident = $minor:literal $($ovn:ident)?;)+) => {
        /// What not every cloud has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature { $($name,)+ }

        impl Feature {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The version that it came with.
            pub const fn since(self) -> ApiVersion {
                match self { $(Self::$name => ApiVersion::v2($minor),)+ }
            }

            /// Whether OVN has it.
            const fn is_of_ovn(self) -> bool {
                match self { $(Self::$name => features!(@ovn $($ovn)?),)+ }
            }
        }
    };
    (@ovn) => { false };
    (@ovn ovn) => { true };
}

// The minor version, and `ovn` where OVN has it too.
features! {
    Http = 0;
    ConnectionLimit = 0;
    InsertHeaders = 0;
    L7Policies = 0;
    Statistics = 0;
    TerminatedTls = 0;
    Weights = 0;
    MonitorAddresses = 0;
    RoundRobin = 0;
    Failover = 0;
    ListenerTimeouts = 1;
    BackupMembers = 1;
    PersistenceDetails = 2;
    Tags = 5 ovn;
    Flavors = 6;
    ClientCertificates = 8;
    PoolTls = 8;
    RedirectCodes = 9;
    MonitorHttpDetails = 10;
    AdditiveBatch = 11 ovn;
    AllowedCidrs = 12;
    SourceIpPort = 13 ovn;
    AvailabilityZones = 14;
    TlsCiphers = 15;
    HttpMonitorsOfUdp = 16;
    ListenerTlsVersions = 17;
    PoolTlsVersions = 18;
    ListenerAlpn = 20;
    ProxyV2 = 22;
    Sctp = 23 ovn;
    PoolAlpn = 24;
    Prometheus = 25;
    AdditionalVips = 26 ovn;
    Hsts = 27;
    VnicType = 28;
    SecurityGroups = 29;
    MemberVnicType = 30;
}

/// What a cloud has for load balancers of one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    version: Option<ApiVersion>,
    provider: ProviderKind,
}

impl Support {
    /// Of a server that has everything.
    pub const EVERYTHING: Self = Self { version: None, provider: ProviderKind::Other };

    /// Of a cloud. An unknown version limits nothing. Without a provider it is the default one, which no cloud names: OVN
    /// if there is no other.
    pub fn of_cloud(version: Option<&str>, provider: Option<&str>, providers: &[String]) -> Self {
        let version = version.and_then(|text| text.parse().ok());
        let kind = match provider.filter(|name| !name.is_empty()) {
            Some(name) => ProviderKind::of(name),
            None => {
                let mut kinds = providers.iter().map(|name| ProviderKind::of(name));
                let first = kinds.next().unwrap_or(ProviderKind::Other);
                if kinds.all(|kind| kind == first) { first } else { ProviderKind::Other }
            }
        };
        Self { version, provider: kind }
    }

    pub fn version(&self) -> Option<ApiVersion> {
        self.version
    }

    pub fn provider(&self) -> ProviderKind {
        self.provider
    }

    pub fn has(&self, feature: Feature) -> bool {
        // SOURCE_IP_PORT is an algorithm of OVN alone.
        let is_of_provider = match self.provider {
            ProviderKind::Amphora => feature != Feature::SourceIpPort,
            ProviderKind::Ovn => feature.is_of_ovn(),
            ProviderKind::Other => true,
        };
        is_of_provider && self.version.is_none_or(|version| version >= feature.since())
    }
}

/// Fields of lists that show at least which version a cloud has that hides its versions; the newest first.
const SIGNS: &[(&str, ApiVersion)] = &[
    ("vip_sg_ids", ApiVersion::v2(29)),
    ("vip_vnic_type", ApiVersion::v2(28)),
    ("hsts_max_age", ApiVersion::v2(27)),
    ("additional_vips", ApiVersion::v2(26)),
    ("alpn_protocols", ApiVersion::v2(20)),
    ("tls_versions", ApiVersion::v2(17)),
    ("allowed_cidrs", ApiVersion::v2(12)),
    ("tags", ApiVersion::v2(5)),
];

/// The version that an object of a cloud shows by its fields.
pub fn shown_version<'a>(fields: impl Iterator<Item = &'a str> + Clone) -> Option<ApiVersion> {
    let sign = SIGNS.iter().find(|(sign, _)| fields.clone().any(|field| field == *sign));
    sign.map(|(_, version)| *version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(version: &str, provider: &str) -> Support {
        Support::of_cloud(Some(version), Some(provider), &[])
    }

    #[test]
    fn a_version_has_what_came_with_it_and_before() {
        for (version, has, lacks) in [
            ("v2.2", Feature::PersistenceDetails, Feature::Tags),
            ("v2.9", Feature::RedirectCodes, Feature::MonitorHttpDetails),
            ("v2.10", Feature::MonitorHttpDetails, Feature::AdditiveBatch),
            ("v2.28", Feature::VnicType, Feature::SecurityGroups),
        ] {
            let support = cloud(version, "amphora");
            assert!(support.has(has) && !support.has(lacks), "{version}");
        }
        let version = |text: &str| text.parse::<ApiVersion>().unwrap();
        assert!(version("v2.9") < version("v2.10"));
        let all = Support::EVERYTHING;
        assert!(Feature::ALL.iter().all(|feature| all.has(*feature)));
    }

    #[test]
    fn ovn_has_what_its_table_has() {
        let ovn = cloud("v2.30", "ovn");
        let has: Vec<Feature> =
            Feature::ALL.iter().copied().filter(|feature| ovn.has(*feature)).collect();
        let expected = [
            Feature::Tags,
            Feature::AdditiveBatch,
            Feature::SourceIpPort,
            Feature::Sctp,
            Feature::AdditionalVips,
        ];
        assert_eq!(has, expected);
        assert!(!cloud("v2.30", "octavia").has(Feature::SourceIpPort));
        assert!(cloud("v2.30", "f5").has(Feature::SourceIpPort));
    }

    #[test]
    fn the_default_provider_is_known_where_there_is_one_kind() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Support::of_cloud(Some("v2.30"), None, &names).provider()
        };
        assert_eq!(of(&["ovn"]), ProviderKind::Ovn);
        assert_eq!(of(&["amphora", "octavia"]), ProviderKind::Amphora);
        assert_eq!(of(&["amphora", "ovn"]), ProviderKind::Other);
        assert_eq!(of(&[]), ProviderKind::Other);
    }

    #[test]
    fn a_hidden_version_is_shown_by_fields() {
        let of = |fields: &[&str]| shown_version(fields.iter().copied());
        assert_eq!(of(&["id", "tags", "allowed_cidrs"]), Some(ApiVersion::v2(12)));
        assert_eq!(of(&["vip_sg_ids", "tags"]), Some(ApiVersion::v2(29)));
        assert_eq!(of(&["id"]), None);
    }
}
