//! How a listener speaks TLS, and the files it needs for that.

use super::fd;
use crate::spec::{Alpn, CertificatePem, Hsts, LoadBalancerSpec, TlsSpec, TlsVersions};
use std::{
    borrow::Cow,
    fmt::{self, Display},
    os::fd::RawFd,
};

/// The content of the files that come after the sockets of the listeners, in the order of their
/// descriptors: for each listener with TLS a list of certificates, then those.
pub(crate) fn secret_files(spec: &LoadBalancerSpec) -> Vec<Cow<'_, [u8]>> {
    let mut files = Vec::new();
    let first = first_descriptor(spec);
    for tls in spec.listeners.iter().filter_map(|listener| listener.mode.tls()) {
        let list = first + files.len() as RawFd;
        let text: String = certificates(tls)
            .zip(list + 1..)
            .map(|(_, fd)| format!("/proc/self/fd/{fd}\n"))
            .collect();
        files.push(Cow::Owned(text.into_bytes()));
        files.extend(certificates(tls).map(|pem| Cow::Borrowed(pem.reveal())));
    }
    files
}

/// The one that is the default first.
fn certificates(tls: &TlsSpec) -> impl Iterator<Item = &CertificatePem> {
    std::iter::once(&tls.default_certificate).chain(&tls.sni_certificates)
}

fn first_descriptor(spec: &LoadBalancerSpec) -> RawFd {
    fd::FIRST_LISTENER + spec.listeners.len() as RawFd
}

/// The descriptor of the list of the listener at `index`.
pub(super) fn list_descriptor(spec: &LoadBalancerSpec, index: usize) -> RawFd {
    let before = spec.listeners.iter().take(index).filter_map(|listener| listener.mode.tls());
    first_descriptor(spec) + before.map(|tls| 1 + certificates(tls).count()).sum::<usize>() as RawFd
}

/// What stands after the address of a `bind` line.
pub(super) struct Bind<'a> {
    pub(super) tls: &'a TlsSpec,
    pub(super) list: RawFd,
}

impl Display for Bind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls, list } = self;
        let (least, most) = match tls.versions {
            TlsVersions::V1_2 => ("TLSv1.2", "TLSv1.2"),
            TlsVersions::V1_2AndV1_3 => ("TLSv1.2", "TLSv1.3"),
            TlsVersions::V1_3 => ("TLSv1.3", "TLSv1.3"),
        };
        write!(f, " ssl crt-list /proc/self/fd/{list} ssl-min-ver {least} ssl-max-ver {most}")?;
        let (old, new) = (tls.ciphers.tls12(), tls.ciphers.tls13());
        if !old.is_empty() {
            write!(f, " ciphers {}", old.join(":"))?;
        }
        if !new.is_empty() {
            write!(f, " ciphersuites {}", new.join(":"))?;
        }
        let words: Vec<&str> = tls
            .alpn
            .iter()
            .map(|protocol| match protocol {
                Alpn::H2 => "h2",
                Alpn::Http11 => "http/1.1",
                Alpn::Http10 => "http/1.0",
            })
            .collect();
        if !words.is_empty() {
            write!(f, " alpn {}", words.join(","))?;
        }
        Ok(())
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
