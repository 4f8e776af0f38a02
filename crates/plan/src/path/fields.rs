//! The fields of each part of a draft.

macro_rules! fields {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident = $slug:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$field_meta])* $field,)+
        }

        impl $name {
            /// Its part of the id of a form control.
            pub(super) fn slug(self) -> &'static str {
                match self {
                    $(Self::$field => $slug,)+
                }
            }
        }
    )+};
}

fields! {
    /// A field of a listener.
    ListenerField {
        Name = "name",
        Description = "description",
        Protocol = "protocol",
        Port = "port",
        /// Its default group.
        Group = "group",
        Certificate = "certificate",
        /// The additional certificates.
        Sni = "sni",
        ConnectionLimit = "connection-limit",
        /// The URL that every request is redirected to.
        Redirect = "redirect",
        /// The headers that are added to requests.
        Headers = "headers",
        TlsVersions = "tls-versions",
        TlsCiphers = "tls-ciphers",
        Alpn = "alpn",
        HstsMaxAge = "hsts",
        ClientAuthentication = "client-authentication",
        ClientCa = "client-ca",
        ClientCrl = "client-crl",
        Tags = "tags",
    }
    /// A field of a policy.
    PolicyField {
        Name = "name",
        Description = "description",
        Action = "action",
        /// The group that requests are sent to.
        Group = "group",
        /// The URL or prefix of a redirect.
        Target = "target",
        /// The status code of a redirect.
        Code = "code",
        Tags = "tags",
    }
    /// A field of a rule.
    RuleField {
        Kind = "kind",
        Compare = "compare",
        KeyName = "key",
        Value = "value",
        Tags = "tags",
    }
    /// A field of a server group; its method and persistence have paths of their own.
    GroupField {
        Name = "name",
        Description = "description",
        Protocol = "protocol",
        Tags = "tags",
        /// The certificate that is shown to servers.
        Certificate = "certificate",
        Ca = "ca",
        Crl = "crl",
        TlsCiphers = "tls-ciphers",
        TlsVersions = "tls-versions",
        Alpn = "alpn",
    }
    /// A field of a server.
    ServerField {
        Name = "name",
        Address = "address",
        Port = "port",
        Weight = "weight",
        Subnet = "subnet",
        MonitorAddress = "monitor-address",
        MonitorPort = "monitor-port",
        Tags = "tags",
    }
    /// A field of a health check.
    HealthField {
        Kind = "kind",
        Name = "name",
        Delay = "delay",
        Timeout = "timeout",
        Rise = "rise",
        Fall = "fall",
        Method = "method",
        Path = "path",
        Codes = "codes",
        Domain = "domain",
        HttpVersion = "http-version",
        Tags = "tags",
    }
    /// A timeout of a listener.
    TimeoutField {
        ClientData = "client-data",
        MemberConnect = "member-connect",
        MemberData = "member-data",
        TcpInspect = "tcp-inspect",
    }
}
