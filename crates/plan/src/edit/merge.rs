//! A three-way merge of drafts: base is the draft when the edit began, theirs is the current state of
//! the load balancer, ours is the edited draft.

mod groups;
mod health;
mod listeners;
mod policies;

use super::conflict::{Conflict, ConflictField, ConflictKind, ConflictResolution, Subject};
use crate::{Draft, RowKey};
use std::collections::BTreeSet;

/// Applies our changes to theirs. Also returns what they changed.
pub(super) fn merge_drafts(
    base: &Draft,
    theirs: &Draft,
    ours: &Draft,
    resolution: ConflictResolution,
) -> (Draft, Vec<Conflict>) {
    let mut merge = Merge {
        resolution,
        base,
        theirs,
        ours,
        conflicts: Vec::new(),
        restored_groups: BTreeSet::new(),
    };
    let draft = merge.draft();
    (draft, merge.conflicts)
}

struct Merge<'a> {
    resolution: ConflictResolution,
    base: &'a Draft,
    theirs: &'a Draft,
    ours: &'a Draft,
    conflicts: Vec<Conflict>,
    /// Groups that we remove and that stay because they changed them.
    restored_groups: BTreeSet<RowKey>,
}

/// The three versions of one value. A part that was added later has no base.
struct ThreeWay<'a, T> {
    base: Option<&'a T>,
    ours: &'a T,
    theirs: &'a T,
}

impl<'a, T> ThreeWay<'a, T> {
    fn map<U>(&self, get: impl Fn(&'a T) -> &'a U) -> ThreeWay<'a, U> {
        ThreeWay { base: self.base.map(&get), ours: get(self.ours), theirs: get(self.theirs) }
    }
}

impl<T: Clone + PartialEq> ThreeWay<'_, T> {
    /// The merged value, and whether both sides changed it; `None` if they did not change it, or to
    /// the same value.
    fn merge(&self, resolution: ConflictResolution) -> (T, Option<bool>) {
        if self.ours == self.theirs {
            return (self.theirs.clone(), None);
        }
        match self.base {
            Some(base) if base == self.theirs => (self.ours.clone(), None),
            Some(base) if base == self.ours => (self.theirs.clone(), Some(false)),
            _ => match resolution {
                ConflictResolution::Ours => (self.ours.clone(), Some(true)),
                ConflictResolution::Theirs => (self.theirs.clone(), Some(true)),
            },
        }
    }
}

impl Merge<'_> {
    fn report(&mut self, subject: &Subject, kind: ConflictKind) {
        self.conflicts.push(Conflict { subject: subject.clone(), kind });
    }

    fn field<T: Clone + PartialEq>(
        &mut self,
        subject: &Subject,
        field: ConflictField,
        versions: &ThreeWay<'_, T>,
        label: impl Fn(&T) -> String,
    ) -> T {
        let (merged, both_changed) = versions.merge(self.resolution);
        if let Some(both_changed) = both_changed {
            let base = versions.base.map(&label).unwrap_or_default();
            let ours = both_changed.then(|| label(versions.ours));
            let theirs = label(versions.theirs);
            self.report(subject, ConflictKind::Changed { field, base, theirs, ours });
        }
        merged
    }

    fn text(
        &mut self,
        subject: &Subject,
        field: ConflictField,
        versions: &ThreeWay<'_, String>,
    ) -> String {
        self.field(subject, field, versions, String::clone)
    }

    fn flag(
        &mut self,
        subject: &Subject,
        field: ConflictField,
        versions: &ThreeWay<'_, bool>,
    ) -> bool {
        self.field(subject, field, versions, bool::to_string)
    }

    fn tags(&mut self, subject: &Subject, versions: &ThreeWay<'_, Vec<String>>) -> Vec<String> {
        self.field(subject, ConflictField::Tags, versions, |tags| tags.join("\n"))
    }

    /// A list that Octavia chooses if it is absent.
    fn optional_list<T: Clone + PartialEq + ToString>(
        &mut self,
        subject: &Subject,
        field: ConflictField,
        versions: &ThreeWay<'_, Option<Vec<T>>>,
    ) -> Option<Vec<T>> {
        self.field(subject, field, versions, |list| {
            let words: Vec<String> = list.iter().flatten().map(T::to_string).collect();
            words.join(", ")
        })
    }

    /// The URL of a secret.
    fn secret(
        &mut self,
        subject: &Subject,
        field: ConflictField,
        versions: &ThreeWay<'_, Option<String>>,
    ) -> Option<String> {
        self.field(subject, field, versions, |url| url.clone().unwrap_or_default())
    }

    fn draft(&mut self) -> Draft {
        let (base, ours, theirs) = (self.base, self.ours, self.theirs);
        let versions = ThreeWay { base: Some(base), ours, theirs };
        let subject = &Subject::LoadBalancer;
        let name = self.text(subject, ConflictField::Name, &versions.map(|draft| &draft.name));
        let description = versions.map(|draft| &draft.description);
        let description = self.text(subject, ConflictField::Description, &description);
        let enabled = self.flag(subject, ConflictField::Enabled, &versions.map(|one| &one.enabled));
        let tags = self.tags(subject, &versions.map(|draft| &draft.tags));
        // Groups first: which groups stay decides about listeners.
        let groups = self.groups();
        let listeners = self.listeners();
        Draft {
            name,
            description,
            enabled,
            tags,
            lb_type: ours.lb_type,
            groups,
            listeners,
            next_key: theirs.next_key.max(ours.next_key),
            ..theirs.clone()
        }
    }

    /// Whether a part that they have and we do not stays in the merged draft: they added it, or
    /// `changed` a part that we remove and theirs wins.
    fn keeps_theirs(&mut self, subject: &Subject, changed: Option<bool>) -> bool {
        match changed {
            None => self.report(subject, ConflictKind::Added),
            Some(true) => self.report(subject, ConflictKind::RemovedByUs),
            Some(false) => {}
        }
        changed.is_none_or(|changed| changed && self.resolution == ConflictResolution::Theirs)
    }
}
