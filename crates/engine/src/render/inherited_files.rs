//! The files that a process inherits beside its configuration: keys, certificates and revocation lists.
//!
//! Their descriptors depend on the shape of a specification only: a change at run time leaves them as they are.

use super::{backend_name::backends, fd};
use crate::spec::{CertificatePem, LoadBalancerSpec, PeerVerification, PoolTlsSpec, TlsSpec};
use openstack_types::PoolId;
use std::{borrow::Cow, collections::HashMap, os::fd::RawFd};

/// The files whose descriptors follow the sockets of the listeners.
#[derive(Debug)]
pub(crate) struct InheritedFiles<'a> {
    first: RawFd,
    contents: Vec<Cow<'a, [u8]>>,
    certificates: Vec<(RawFd, &'a CertificatePem)>,
    listeners: Vec<Option<ListenerFiles>>,
    pools: HashMap<PoolId, PoolFiles>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ListenerFiles {
    pub(super) crt_list: RawFd,
    pub(super) verification: Option<VerificationFiles>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolFiles {
    pub(super) client_certificate: Option<RawFd>,
    pub(super) verification: Option<VerificationFiles>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct VerificationFiles {
    pub(super) authorities: RawFd,
    pub(super) revocation_lists: Option<RawFd>,
}

impl<'a> InheritedFiles<'a> {
    pub(crate) fn of(spec: &'a LoadBalancerSpec) -> Self {
        let mut files = Self {
            first: fd::FIRST_LISTENER + (spec.listeners.len() * spec.vips().count()) as RawFd,
            contents: Vec::new(),
            certificates: Vec::new(),
            listeners: Vec::new(),
            pools: HashMap::new(),
        };
        for listener in &spec.listeners {
            let of_listener = listener.mode.tls().map(|tls| files.add_listener(tls));
            files.listeners.push(of_listener);
        }
        for (_, pool, _) in backends(spec) {
            if let Some(tls) = &pool.tls
                && !files.pools.contains_key(&pool.id)
            {
                let of_pool = files.add_pool(tls);
                files.pools.insert(pool.id, of_pool);
            }
        }
        files
    }

    /// In the order of their descriptors.
    pub(crate) fn into_contents(self) -> Vec<Cow<'a, [u8]>> {
        self.contents
    }

    pub(crate) fn count(&self) -> usize {
        self.contents.len()
    }

    /// The certificates with a key, which a process can replace.
    pub(crate) fn certificates(&self) -> &[(RawFd, &'a CertificatePem)] {
        &self.certificates
    }

    /// The files of the listener at `index`.
    pub(super) fn listener(&self, index: usize) -> Option<ListenerFiles> {
        self.listeners.get(index).copied().flatten()
    }

    pub(crate) fn pool(&self, pool: PoolId) -> Option<PoolFiles> {
        self.pools.get(&pool).copied()
    }

    /// The `crt-list`, then its certificates, the default first.
    fn add_listener(&mut self, tls: &'a TlsSpec) -> ListenerFiles {
        let certificates =
            || std::iter::once(&tls.default_certificate).chain(&tls.sni_certificates);
        let next = self.next();
        let list: String =
            certificates().zip(next + 1..).map(|(_, fd)| format!("/proc/self/fd/{fd}\n")).collect();
        let crt_list = self.add(Cow::Owned(list.into_bytes()));
        for certificate in certificates() {
            self.add_certificate(certificate);
        }
        let verification = tls.client_authentication.as_ref().map(|it| &it.verification);
        ListenerFiles { crt_list, verification: verification.map(|it| self.add_verification(it)) }
    }

    fn add_pool(&mut self, tls: &'a PoolTlsSpec) -> PoolFiles {
        PoolFiles {
            client_certificate: tls.client_certificate.as_ref().map(|it| self.add_certificate(it)),
            verification: tls.verification.as_ref().map(|it| self.add_verification(it)),
        }
    }

    fn add_certificate(&mut self, certificate: &'a CertificatePem) -> RawFd {
        let fd = self.add(Cow::Borrowed(certificate.expose()));
        self.certificates.push((fd, certificate));
        fd
    }

    fn add_verification(&mut self, verification: &'a PeerVerification) -> VerificationFiles {
        let revocation_lists = verification.revocation_lists.as_ref();
        VerificationFiles {
            authorities: self.add(Cow::Borrowed(verification.authorities.expose())),
            revocation_lists: revocation_lists.map(|lists| self.add(Cow::Borrowed(lists.expose()))),
        }
    }

    fn add(&mut self, content: Cow<'a, [u8]>) -> RawFd {
        let fd = self.next();
        self.contents.push(content);
        fd
    }

    fn next(&self) -> RawFd {
        self.first + self.contents.len() as RawFd
    }
}
