//! The TLS options of a listener, and the files that they need.

use super::fd;
use crate::spec::{Alpn, CertificatePem, Hsts, LoadBalancerSpec, TlsSpec, TlsVersions};
use std::{
    borrow::Cow,
    fmt::{self, Display},
    os::fd::RawFd,
};

/// The content of the files whose descriptors follow the sockets of the listeners, in order: for each listener
/// with TLS its `crt-list`, then the certificates of that list.
pub(crate) fn secret_files(spec: &LoadBalancerSpec) -> Vec<Cow<'_, [u8]>> {
    let mut files = Vec::new();
    let first = first_secret_fd(spec);
    for tls in spec.listeners.iter().filter_map(|listener| listener.mode.tls()) {
        let crt_list = first + files.len() as RawFd;
        let text: String = certificates(tls)
            .zip(crt_list + 1..)
            .map(|(_, fd)| format!("/proc/self/fd/{fd}\n"))
            .collect();
        files.push(Cow::Owned(text.into_bytes()));
        files.extend(certificates(tls).map(|pem| Cow::Borrowed(pem.expose())));
    }
    files
}

/// The default certificate first.
fn certificates(tls: &TlsSpec) -> impl Iterator<Item = &CertificatePem> {
    std::iter::once(&tls.default_certificate).chain(&tls.sni_certificates)
}

/// The certificates of all listeners, with the descriptors of their files.
pub(crate) fn certificate_files(
    spec: &LoadBalancerSpec,
) -> impl Iterator<Item = (RawFd, &CertificatePem)> {
    spec.listeners.iter().enumerate().flat_map(move |(index, listener)| {
        listener
            .mode
            .tls()
            .into_iter()
            .flat_map(move |tls| (crt_list_fd(spec, index) + 1..).zip(certificates(tls)))
    })
}

fn first_secret_fd(spec: &LoadBalancerSpec) -> RawFd {
    fd::FIRST_LISTENER + spec.listeners.len() as RawFd
}

/// The descriptor of the `crt-list` of the listener at `index`.
pub(super) fn crt_list_fd(spec: &LoadBalancerSpec, index: usize) -> RawFd {
    let before = spec.listeners.iter().take(index).filter_map(|listener| listener.mode.tls());
    first_secret_fd(spec) + before.map(|tls| 1 + certificates(tls).count()).sum::<usize>() as RawFd
}

/// The TLS options of a `bind` line.
pub(super) struct BindOptions<'a> {
    pub(super) tls: &'a TlsSpec,
    pub(super) crt_list: RawFd,
}

impl Display for BindOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls, crt_list } = self;
        let (min, max) = match tls.versions {
            TlsVersions::V1_2 => ("TLSv1.2", "TLSv1.2"),
            TlsVersions::V1_2AndV1_3 => ("TLSv1.2", "TLSv1.3"),
            TlsVersions::V1_3 => ("TLSv1.3", "TLSv1.3"),
        };
        write!(f, " ssl crt-list /proc/self/fd/{crt_list} ssl-min-ver {min} ssl-max-ver {max}")?;
        let (tls12, tls13) = (tls.ciphers.tls12(), tls.ciphers.tls13());
        if !tls12.is_empty() {
            write!(f, " ciphers {}", tls12.join(":"))?;
        }
        if !tls13.is_empty() {
            write!(f, " ciphersuites {}", tls13.join(":"))?;
        }
        let alpn: Vec<&str> = tls
            .alpn
            .iter()
            .map(|protocol| match protocol {
                Alpn::H2 => "h2",
                Alpn::Http11 => "http/1.1",
                Alpn::Http10 => "http/1.0",
            })
            .collect();
        if !alpn.is_empty() {
            write!(f, " alpn {}", alpn.join(","))?;
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
