//! TLS options of listeners and servers.

use super::inherited_files::{ListenerFiles, PoolFiles, VerificationFiles};
use crate::spec::{Alpn, Hsts, PoolTlsSpec, TlsSpec, TlsVersions};
use openstack_types::tls::TlsCiphers;
use std::fmt::{self, Display};

/// The TLS options of a `bind` line.
pub(super) struct BindOptions<'a> {
    pub(super) tls: &'a TlsSpec,
    pub(super) files: ListenerFiles,
}

impl Display for BindOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls, files } = self;
        write!(f, " ssl crt-list /proc/self/fd/{}", files.crt_list)?;
        if let (Some(clients), Some(files)) = (&tls.client_authentication, files.verification) {
            let how = if clients.is_required { "required" } else { "optional" };
            write!(f, " verify {how}{files}")?;
        }
        write!(f, "{}{}{}", Versions(tls.versions), Ciphers(&tls.ciphers), Protocols(&tls.alpn))
    }
}

/// The TLS options of a `server` line.
pub(super) struct ServerOptions<'a> {
    pub(super) tls: &'a PoolTlsSpec,
    pub(super) files: PoolFiles,
    pub(super) is_http: bool,
}

impl Display for ServerOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls, files, is_http } = self;
        f.write_str("ssl")?;
        if let Some(fd) = files.client_certificate {
            write!(f, " crt /proc/self/fd/{fd}")?;
        }
        match files.verification {
            Some(files) => write!(f, " verify required{files}")?,
            None => f.write_str(" verify none")?,
        }
        // The name that the client asked for, which the certificate must have if it is verified.
        f.write_str(" sni ssl_fc_sni")?;
        write!(f, "{}{}", Versions(tls.versions), Ciphers(&tls.ciphers))?;
        // Without HTTP here, the client does not learn which of several protocols was chosen.
        if *is_http || tls.alpn.len() == 1 {
            write!(f, "{}", Protocols(&tls.alpn))?;
        }
        Ok(())
    }
}

impl Display for VerificationFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " ca-file /proc/self/fd/{}", self.authorities)?;
        match self.revocation_lists {
            Some(fd) => write!(f, " crl-file /proc/self/fd/{fd}"),
            None => Ok(()),
        }
    }
}

struct Versions(TlsVersions);

impl Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = match self.0 {
            TlsVersions::V1_2 => ("TLSv1.2", "TLSv1.2"),
            TlsVersions::V1_2AndV1_3 => ("TLSv1.2", "TLSv1.3"),
            TlsVersions::V1_3 => ("TLSv1.3", "TLSv1.3"),
        };
        write!(f, " ssl-min-ver {min} ssl-max-ver {max}")
    }
}

struct Ciphers<'a>(&'a TlsCiphers);

impl Display for Ciphers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tls12, tls13) = (self.0.tls12(), self.0.tls13());
        if !tls12.is_empty() {
            write!(f, " ciphers {}", tls12.join(":"))?;
        }
        if !tls13.is_empty() {
            write!(f, " ciphersuites {}", tls13.join(":"))?;
        }
        Ok(())
    }
}

struct Protocols<'a>(&'a [Alpn]);

impl Display for Protocols<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self
            .0
            .iter()
            .map(|protocol| match protocol {
                Alpn::H2 => "h2",
                Alpn::Http11 => "http/1.1",
                Alpn::Http10 => "http/1.0",
            })
            .collect();
        if words.is_empty() { Ok(()) } else { write!(f, " alpn {}", words.join(",")) }
    }
}

impl Display for Hsts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "max-age={}", self.max_age)?;
        if self.include_subdomains {
            f.write_str(";includeSubDomains")?;
        }
        if self.preload {
            f.write_str(";preload")?;
        }
        Ok(())
    }
}
