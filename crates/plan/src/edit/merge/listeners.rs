//! Listeners and their options.

use super::{Merge, ThreeWay};
use crate::{
    ListenerDraft, ListenerField, ListenerOptions, TimeoutField,
    draft::{ClientCertificates, Hsts, TlsSettings},
    edit::conflict::{ConflictField, ConflictKind, ConflictResolution, Subject},
};

impl Merge<'_> {
    pub(super) fn listeners(&mut self) -> Vec<ListenerDraft> {
        let (base, ours, theirs) = (self.base, self.ours, self.theirs);
        let mut existing = Vec::new();
        let mut new = Vec::new();
        for listener in &ours.listeners {
            match (base.listener(listener.key), theirs.listener(listener.key)) {
                (base, Some(theirs)) => {
                    existing.push(self.listener(&ThreeWay { base, ours: listener, theirs }));
                }
                (None, None) => new.push(listener.clone()),
                (Some(before), None) => {
                    let edited = before != listener;
                    self.report(&listener_subject(listener), ConflictKind::Removed { edited });
                    if edited && self.resolution == ConflictResolution::Ours {
                        new.push(listener.clone());
                    }
                }
            }
        }
        for listener in theirs.listeners.iter().filter(|l| ours.listener(l.key).is_none()) {
            // Without its listener, a restored group would be removed again.
            let uses_restored =
                listener.group.is_some_and(|group| self.restored_groups.contains(&group));
            let before = base.listener(listener.key);
            let changed =
                before.map(|before| uses_restored || is_listener_changed(before, listener));
            if self.keeps_theirs(&listener_subject(listener), changed) {
                existing.push(listener.clone());
            }
        }
        existing.extend(new);
        existing
    }

    fn listener(&mut self, versions: &ThreeWay<'_, ListenerDraft>) -> ListenerDraft {
        use ConflictField as F;
        let &ThreeWay { base, ours, theirs } = versions;
        let subject = &listener_subject(ours);
        let name = self.text(subject, F::Name, &versions.map(|listener| &listener.name));
        let limit = versions.map(|listener| &listener.connection_limit);
        let connection_limit = self.text(subject, F::ConnectionLimit, &limit);
        let certificate = versions.map(|listener| &listener.certificate);
        let certificate = self.field(subject, F::Certificate, &certificate, |certificate| {
            certificate.clone().unwrap_or_default()
        });
        let sni = versions.map(|listener| &listener.sni);
        let sni =
            self.field(subject, F::Listener(ListenerField::Sni), &sni, |urls| urls.join("\n"));
        let description = versions.map(|listener| &listener.description);
        let description = self.text(subject, F::Description, &description);
        let enabled = self.flag(subject, F::Enabled, &versions.map(|listener| &listener.enabled));
        let tags = self.tags(subject, &versions.map(|listener| &listener.tags));
        let tls = self.listener_tls(subject, &versions.map(|listener| &listener.tls));
        let (our_draft, their_draft) = (self.ours, self.theirs);
        let group = versions.map(|listener| &listener.group);
        let group = self.field(subject, F::Group, &group, |key| {
            let group = key.and_then(|key| our_draft.group(key).or(their_draft.group(key)));
            group.map(|group| group.name.clone()).unwrap_or_default()
        });
        let policies = self.policies(subject, versions);
        let forwarded = versions.map(|listener| &listener.forwarded);
        let forwarded = self.field(subject, F::Headers, &forwarded, |headers| {
            let added = headers.entries().into_iter().filter(|(_, added)| *added);
            added.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
        });
        let headers = versions.map(|listener| &listener.headers);
        let headers = self.field(subject, F::Headers, &headers, |headers| {
            headers.keys().cloned().collect::<Vec<_>>().join(", ")
        });
        let own_options = match (&ours.own_options, &theirs.own_options) {
            (Some(ours), Some(theirs)) => {
                let base = base.and_then(|base| base.own_options.as_ref());
                Some(self.options(subject, &ThreeWay { base, ours, theirs }))
            }
            (ours, theirs) => ours.clone().or_else(|| theirs.clone()),
        };
        ListenerDraft {
            name,
            certificate,
            sni,
            connection_limit,
            group,
            description,
            enabled,
            policies,
            forwarded,
            headers,
            tls,
            tags,
            own_options,
            ..theirs.clone()
        }
    }

    fn options(
        &mut self,
        subject: &Subject,
        versions: &ThreeWay<'_, ListenerOptions>,
    ) -> ListenerOptions {
        use ConflictField::{AllowedCidrs, Timeout};
        use TimeoutField::{ClientData, MemberConnect, MemberData, TcpInspect};
        let mut merge = |field, versions: ThreeWay<'_, String>| {
            // An empty timeout of a new listener leaves the choice to the service.
            let left_to_service = versions.base.is_none() && versions.ours.is_empty();
            if left_to_service && matches!(field, Timeout(_)) {
                return versions.theirs.clone();
            }
            self.text(subject, field, &versions)
        };
        let allowed_cidrs = merge(AllowedCidrs, versions.map(|options| &options.allowed_cidrs));
        let mut options = ListenerOptions { allowed_cidrs, ..versions.theirs.clone() };
        for field in [ClientData, MemberConnect, MemberData, TcpInspect] {
            let merged = merge(Timeout(field), versions.map(|options| options.timeout(field)));
            *options.timeout_mut(field) = merged;
        }
        options
    }

    fn listener_tls(
        &mut self,
        subject: &Subject,
        versions: &ThreeWay<'_, TlsSettings>,
    ) -> TlsSettings {
        use ConflictField::Listener as F;
        use ListenerField as L;
        if versions.base.is_none() {
            // It is being created, with the service's defaults where we chose nothing.
            return filled(versions.ours, versions.theirs);
        }
        let hsts = versions.map(|tls| &tls.hsts);
        let clients = versions.map(|tls| &tls.clients);
        TlsSettings {
            versions: self.optional_list(
                subject,
                F(L::TlsVersions),
                &versions.map(|tls| &tls.versions),
            ),
            ciphers: self.text(subject, F(L::TlsCiphers), &versions.map(|tls| &tls.ciphers)),
            alpn: self.optional_list(subject, F(L::Alpn), &versions.map(|tls| &tls.alpn)),
            hsts: self.field(subject, F(L::HstsMaxAge), &hsts, |hsts| {
                hsts.as_ref().map(hsts_label).unwrap_or_default()
            }),
            clients: self.field(subject, F(L::ClientAuthentication), &clients, |clients| {
                clients.as_ref().map(clients_label).unwrap_or_default()
            }),
        }
    }
}

/// Our settings, with those of the service where we left the choice to it.
fn filled(ours: &TlsSettings, theirs: &TlsSettings) -> TlsSettings {
    let ciphers = if ours.ciphers.trim().is_empty() { &theirs.ciphers } else { &ours.ciphers };
    TlsSettings {
        versions: ours.versions.clone().or_else(|| theirs.versions.clone()),
        ciphers: ciphers.clone(),
        alpn: ours.alpn.clone().or_else(|| theirs.alpn.clone()),
        ..ours.clone()
    }
}

/// As in the header, without spaces: `60; includeSubDomains`.
fn hsts_label(hsts: &Hsts) -> String {
    let options =
        [hsts.include_subdomains.then_some("includeSubDomains"), hsts.preload.then_some("preload")];
    let words = std::iter::once(hsts.max_age.as_str()).chain(options.into_iter().flatten());
    words.collect::<Vec<_>>().join("; ")
}

fn clients_label(clients: &ClientCertificates) -> String {
    let urls = [&clients.ca, &clients.crl];
    let urls = urls.into_iter().flatten().map(String::as_str);
    let words = std::iter::once(clients.authentication.as_str()).chain(urls);
    words.collect::<Vec<_>>().join("\n")
}

/// Whether they changed a listener. A group or policy that they removed does not count: it may be what
/// our own removal has done so far.
fn is_listener_changed(before: &ListenerDraft, now: &ListenerDraft) -> bool {
    let comparable = |listener: &ListenerDraft| {
        let mut listener = listener.clone();
        listener.group = now.group.and(listener.group);
        listener.policies.retain(|policy| now.policy(policy.key).is_some());
        listener
    };
    comparable(before) != comparable(now)
}

fn listener_subject(listener: &ListenerDraft) -> Subject {
    Subject::Listener { protocol: listener.protocol.clone(), port: listener.port.clone() }
}
