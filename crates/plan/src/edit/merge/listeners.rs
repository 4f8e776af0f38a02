//! Listeners and their options.

use super::{Merge, ThreeWay};
use crate::{
    ListenerDraft, ListenerOptions, TimeoutField,
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
        let sni = match base {
            // The form of a new listener has no SNI certificates.
            None => theirs.sni.clone(),
            Some(_) => {
                let sni = versions.map(|listener| &listener.sni);
                self.field(subject, F::Certificate, &sni, |urls| urls.join("\n"))
            }
        };
        let (our_draft, their_draft) = (self.ours, self.theirs);
        let group = versions.map(|listener| &listener.group);
        let group = self.field(subject, F::Group, &group, |key| {
            let group = key.and_then(|key| our_draft.group(key).or(their_draft.group(key)));
            group.map(|group| group.name.clone()).unwrap_or_default()
        });
        let redirect = match (base, &theirs.redirect) {
            // The listener is being created, and its redirect is not there yet.
            (None, None) => ours.redirect.clone(),
            _ => {
                let redirect = versions.map(|listener| &listener.redirect);
                self.field(subject, F::Redirect, &redirect, |url| url.clone().unwrap_or_default())
            }
        };
        let forwarded = versions.map(|listener| &listener.forwarded);
        let forwarded = self.field(subject, F::Headers, &forwarded, |headers| {
            let added = headers.entries().into_iter().filter(|(_, added)| *added);
            added.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
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
            redirect,
            forwarded,
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
        use TimeoutField::{ClientData, MemberConnect, MemberData};
        let mut merge = |field, get: fn(&ListenerOptions) -> &String| {
            let versions = versions.map(get);
            // An empty timeout of a new listener leaves the choice to the service.
            let left_to_service = versions.base.is_none() && versions.ours.is_empty();
            if left_to_service && matches!(field, Timeout(_)) {
                return versions.theirs.clone();
            }
            self.text(subject, field, &versions)
        };
        ListenerOptions {
            allowed_cidrs: merge(AllowedCidrs, |o| &o.allowed_cidrs),
            timeout_client_data: merge(Timeout(ClientData), |o| &o.timeout_client_data),
            timeout_member_connect: merge(Timeout(MemberConnect), |o| &o.timeout_member_connect),
            timeout_member_data: merge(Timeout(MemberData), |o| &o.timeout_member_data),
        }
    }
}

/// Whether they changed a listener. A group or redirect that they removed does not count: it may be
/// what our own removal has done so far.
fn is_listener_changed(before: &ListenerDraft, now: &ListenerDraft) -> bool {
    let comparable = |listener: &ListenerDraft| ListenerDraft {
        group: now.group.and(listener.group),
        redirect: now.redirect.as_ref().and(listener.redirect.clone()),
        ..listener.clone()
    };
    comparable(before) != comparable(now)
}

fn listener_subject(listener: &ListenerDraft) -> Subject {
    Subject::Listener { protocol: listener.protocol.clone(), port: listener.port.clone() }
}
