//! Health checks.

use super::{Merge, ThreeWay};
use crate::{
    HealthDraft, HealthField,
    edit::conflict::{ConflictField, ConflictKind, ConflictResolution, Subject},
};
use openstack_types::octavia::HttpVersion;

const TEXT_FIELDS: [HealthField; 9] = [
    HealthField::Name,
    HealthField::Delay,
    HealthField::Timeout,
    HealthField::Rise,
    HealthField::Fall,
    HealthField::Method,
    HealthField::Path,
    HealthField::Codes,
    HealthField::Domain,
];

impl Merge<'_> {
    pub(super) fn health(
        &mut self,
        subject: &Subject,
        versions: &ThreeWay<'_, HealthDraft>,
    ) -> HealthDraft {
        let &ThreeWay { base, ours, theirs } = versions;
        // A check that we create, or recreate with another kind, is absent for a moment.
        let being_created = ours.kind.is_some()
            && theirs.kind.is_none()
            && base.is_none_or(|base| base.kind != ours.kind);
        if being_created {
            return ours.clone();
        }
        if let Some(base) = base
            && base.kind == theirs.kind
            && ours.kind.is_none()
            && self.keeps_changed_check(subject, base, theirs)
        {
            return theirs.clone();
        }
        let field = ConflictField::Health(HealthField::Kind);
        let kind = self.field(subject, field, &versions.map(|health| &health.kind), |kind| {
            kind.as_ref().map(ToString::to_string).unwrap_or_default()
        });
        // Where one side has no check, its fields mean nothing.
        if theirs.kind.is_none() || ours.kind.is_none() {
            let winner = if kind == ours.kind { ours } else { theirs };
            return HealthDraft { kind, ..winner.clone() };
        }
        let enabled = versions.map(|health| &health.enabled);
        let enabled = self.flag(subject, ConflictField::Enabled, &enabled);
        let http_version = self.http_version(subject, versions);
        let tags = versions.map(|health| &health.tags);
        let field = ConflictField::Health(HealthField::Tags);
        let tags = self.field(subject, field, &tags, |tags| tags.join("\n"));
        let mut health = HealthDraft { kind, enabled, http_version, tags, ..theirs.clone() };
        for field in TEXT_FIELDS {
            let base = base.and_then(|base| base.text(field));
            let (Some(ours), Some(theirs)) = (ours.text(field), theirs.text(field)) else {
                continue;
            };
            let versions = ThreeWay { base, ours, theirs };
            let merged = self.text(subject, ConflictField::Health(field), &versions);
            if let Some(text) = health.text_mut(field) {
                *text = merged;
            }
        }
        health
    }

    fn http_version(
        &mut self,
        subject: &Subject,
        versions: &ThreeWay<'_, HealthDraft>,
    ) -> Option<HttpVersion> {
        let is_new = versions.base.is_none_or(|base| base.kind != versions.theirs.kind);
        if is_new && versions.ours.http_version.is_none() {
            // The service's default.
            return versions.theirs.http_version;
        }
        let versions = versions.map(|health| &health.http_version);
        let field = ConflictField::Health(HealthField::HttpVersion);
        self.field(subject, field, &versions, |version| {
            version.map(|version| version.to_string()).unwrap_or_default()
        })
    }

    /// Whether a check that we remove stays, because they changed it and theirs wins.
    fn keeps_changed_check(
        &mut self,
        subject: &Subject,
        base: &HealthDraft,
        theirs: &HealthDraft,
    ) -> bool {
        let mut changed = false;
        for field in TEXT_FIELDS {
            if let (Some(base), Some(theirs)) = (base.text(field), theirs.text(field))
                && base != theirs
            {
                changed = true;
                let kind = ConflictKind::Changed {
                    field: ConflictField::Health(field),
                    base: base.clone(),
                    theirs: theirs.clone(),
                    ours: Some(String::new()),
                };
                self.report(subject, kind);
            }
        }
        changed && self.resolution == ConflictResolution::Theirs
    }
}
