//! The state of editing one load balancer: form, base version, plan and progress.

use super::{removed_rows::RemovedRows, same_settings::has_same_settings, stage::Stage};
use crate::{
    pages::load_balancers::form::{draft_storage::DraftStorage, rejection::Rejection, state::Form},
    store::{Graph, Store, edits::Progress},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, ProvisioningStatus, error::ApiError};
use plan::{
    Draft, Edit, Finding,
    edit::{Conflict, ConflictResolution, Plan, StepOutcome, StepSummary},
};
use std::sync::Arc;

pub(super) const DRAFT_STORAGE: DraftStorage = DraftStorage("edit-load-balancer");

/// Keeps rules that are changed and not saved.
pub(in crate::pages::load_balancers) const RULES_STORAGE: DraftStorage = DraftStorage("rules");

/// What the draft would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::pages::load_balancers) struct PlannedChanges {
    /// Errors of the draft; the plan is empty if there are any.
    findings: Vec<Finding>,
    pub(in crate::pages::load_balancers) plan: Plan,
}

impl PlannedChanges {
    /// The draft is valid and equal to the current settings.
    pub(in crate::pages::load_balancers) fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.plan.steps.is_empty()
    }
}

#[derive(Clone, PartialEq, Eq)]
enum Reopening {
    ShowErrors,
    HideErrors,
    ShowRejection(Rejection),
}

/// One load balancer being edited: the form, the version that filled it, and the plan; a handle.
#[derive(Clone, Copy)]
pub(in crate::pages::load_balancers) struct EditSession {
    pub(in crate::pages::load_balancers) id: LoadBalancerId,
    pub(in crate::pages::load_balancers) store: Store,
    storage: DraftStorage,
    pub(in crate::pages::load_balancers) form: Form,
    /// The version that filled the form; `None` until it has been read.
    pub(in crate::pages::load_balancers) edit: RwSignal<Option<Edit>>,
    pub(in crate::pages::load_balancers) changes: Memo<PlannedChanges>,
    /// What others changed between the stored draft and the version that filled the form.
    pub(in crate::pages::load_balancers) conflicts: RwSignal<Vec<Conflict>>,
    /// The form shows a draft from the storage.
    pub(in crate::pages::load_balancers) was_restored: RwSignal<bool>,
    /// Steps that earlier attempts completed.
    completed_before: RwSignal<Vec<StepSummary>>,
    /// Steps of earlier attempts with an unknown outcome. A step that is not in the next plan any more
    /// was carried out.
    unconfirmed_before: RwSignal<Vec<StepSummary>>,
    pub(super) removed_rows: RemovedRows,
    /// The store's version when the form was filled.
    version_at_read: RwSignal<Option<Arc<Graph>>>,
    stage: Memo<Stage>,
    progress: Memo<Option<Progress>>,
    is_reading: StoredValue<bool>,
    /// Something has changed while it was read.
    must_read_again: StoredValue<bool>,
    /// The dialog itself reads again, to return from the progress to the form.
    reopening: StoredValue<Option<Reopening>>,
    read_error: RwSignal<Option<ApiError>>,
    /// Closed, although the address has not changed yet.
    pub(in crate::pages::load_balancers) is_closed: RwSignal<bool>,
}

impl EditSession {
    pub(super) fn new(store: Store, id: LoadBalancerId) -> Self {
        Self::with_storage(store, id, DRAFT_STORAGE)
    }

    /// `storage` keeps what is not saved.
    pub(in crate::pages::load_balancers) fn with_storage(
        store: Store,
        id: LoadBalancerId,
        storage: DraftStorage,
    ) -> Self {
        let edit = RwSignal::new(None::<Edit>);
        let draft = RwSignal::new(Draft::default());
        let changes = Memo::new(move |_| {
            edit.with(|edit| {
                let Some(edit) = edit else { return PlannedChanges::default() };
                match draft.with(|draft| edit.plan(draft)) {
                    Ok(plan) => PlannedChanges { findings: Vec::new(), plan },
                    Err(findings) => PlannedChanges { findings, plan: Plan::default() },
                }
            })
        });
        let findings = Memo::new(move |_| changes.with(|changes| changes.findings.clone()));
        let read_error = RwSignal::new(None::<ApiError>);
        let progress = Memo::new(move |_| store.edits.progress(id));
        let session = Self {
            id,
            store,
            storage,
            form: Form::with_findings(draft, findings),
            edit,
            changes,
            conflicts: RwSignal::default(),
            was_restored: RwSignal::new(false),
            completed_before: RwSignal::default(),
            unconfirmed_before: RwSignal::default(),
            removed_rows: RemovedRows::default(),
            version_at_read: RwSignal::new(None),
            stage: stage_memo(store, id, edit, progress, read_error),
            progress,
            is_reading: StoredValue::new(false),
            must_read_again: StoredValue::new(false),
            reopening: StoredValue::new(None),
            read_error,
            is_closed: RwSignal::new(false),
        };
        Effect::new(move |_| {
            edit.with(|edit| {
                let Some(edit) = edit else { return };
                draft.with(|draft| {
                    if edit.has_changes(draft) {
                        storage.save(store, Some(id), (edit, draft))
                    } else {
                        storage.clear(Some(id))
                    }
                });
            });
        });
        session
    }

    pub(in crate::pages::load_balancers) fn stage(self) -> Stage {
        self.stage.get()
    }

    pub(in crate::pages::load_balancers) fn progress(self) -> Memo<Option<Progress>> {
        self.progress
    }

    pub(in crate::pages::load_balancers) fn is_running_untracked(self) -> bool {
        self.progress.with_untracked(|p| p.as_ref().is_some_and(Progress::is_running))
    }

    /// Whether the form can be filled now. Tracked.
    pub(in crate::pages::load_balancers) fn needs_reading(self) -> bool {
        self.stage.get() == Stage::Reading
    }

    /// Whether closing the dialog now loses changes or hides a running plan.
    pub(in crate::pages::load_balancers) fn has_unsaved_changes(self) -> bool {
        match self.stage.get_untracked() {
            Stage::Progress => true,
            Stage::Form => self.has_changes(),
            _ => false,
        }
    }

    fn has_changes(self) -> bool {
        self.edit.with_untracked(|edit| {
            let Some(edit) = edit else { return false };
            self.form.draft.with_untracked(|draft| edit.has_changes(draft))
        })
    }

    /// Fills the form with the current version and applies the stored draft to it.
    pub(in crate::pages::load_balancers) fn read(self) {
        if self.is_reading.get_value() {
            // The answer may be older than what this is asked for.
            self.must_read_again.set_value(true);
            return;
        }
        self.is_reading.set_value(true);
        self.read_error.set(None);
        spawn_local(async move {
            let result = self.store.load_balancers.read_full_graph(self.id).await;
            // `try_set_value`: the page may have been left meanwhile.
            if self.is_reading.try_set_value(false).is_some() {
                return;
            }
            if self.must_read_again.try_update_value(std::mem::take) == Some(true) {
                return self.read();
            }
            match result {
                Ok(graph) => self.fill_form(graph),
                Err(error) => self.read_error.set(Some(error)),
            }
        });
    }

    fn fill_form(self, graph: plan::Graph) {
        let reopening = self.reopening.try_update_value(Option::take).flatten();
        if self.is_closed.get_untracked() {
            return;
        }
        let stored = self.storage.load::<(Edit, Draft)>(self.store, Some(self.id));
        let (edit, draft, conflicts) = match stored {
            Some((edit, draft)) => {
                let rebased = edit.rebase(&draft, graph, ConflictResolution::Ours);
                (rebased.edit, rebased.draft, rebased.conflicts)
            }
            None => {
                let edit = Edit::new(graph);
                let draft = edit.base_draft().clone();
                (edit, draft, Vec::new())
            }
        };
        let is_touched = edit.has_changes(&draft);
        self.was_restored.set(is_touched && reopening.is_none());
        self.conflicts.set(if is_touched { conflicts } else { Vec::new() });
        self.version_at_read.set(untrack(|| self.store.load_balancers.graph(self.id)));
        self.removed_rows.clear();
        let rejection = self.form.rejection_in(&draft);
        self.form.reset(draft);
        self.form.rejection.set(rejection);
        self.edit.set(Some(edit));
        match reopening {
            Some(Reopening::ShowErrors) => {
                if let Some(path) = self.form.submit() {
                    self.form.focus(&path);
                }
            }
            Some(Reopening::ShowRejection(rejection)) => self.form.reject(rejection),
            Some(Reopening::HideErrors) | None => {}
        }
    }

    /// Discards the changes and keeps the form open.
    pub(in crate::pages::load_balancers) fn start_over(self) {
        let initial =
            self.edit.with_untracked(|edit| edit.as_ref().map(|edit| edit.base_draft().clone()));
        if let Some(initial) = initial {
            self.was_restored.set(false);
            self.form.reset(initial);
        }
    }

    pub(in crate::pages::load_balancers) fn discard_and_close(self) {
        self.is_closed.set(true);
        self.discard();
    }

    /// Discards the changes and the progress; the form has to be filled again.
    pub(in crate::pages::load_balancers) fn discard(self) {
        self.storage.clear(Some(self.id));
        self.store.edits.dismiss(self.id);
        self.completed_before.update(Vec::clear);
        self.unconfirmed_before.update(Vec::clear);
        self.conflicts.set(Vec::new());
        self.was_restored.set(false);
        self.read_error.set(None);
        self.edit.set(None);
    }

    /// Starts the plan, or shows the errors of the draft.
    pub(in crate::pages::load_balancers) fn submit(self) {
        if self.stage.get_untracked() != Stage::Form {
            return;
        }
        // Before the draft is read: the blur handlers that run in `submit` may change it.
        if let Some(path) = self.form.submit() {
            self.form.focus(&path);
            return;
        }
        let resolved = self.edit.with_untracked(|edit| {
            self.form.draft.with_untracked(|draft| edit.as_ref()?.resolve(draft).ok())
        });
        let Some(resolved) = resolved.filter(|resolved| !resolved.plan().steps.is_empty()) else {
            return;
        };
        // From now on a reload continues with this draft.
        self.form.rejection.set(None);
        self.storage.save(self.store, Some(self.id), (resolved.edit(), resolved.draft()));
        self.conflicts.set(Vec::new());
        self.store.edits.start(&resolved);
    }

    /// Continues after a failure.
    pub(in crate::pages::load_balancers) fn retry(self) {
        self.remember_completed_steps();
        self.store.edits.retry(self.id);
    }

    /// Continues after a conflict.
    pub(in crate::pages::load_balancers) fn resolve_conflicts(
        self,
        resolution: ConflictResolution,
    ) {
        self.remember_completed_steps();
        self.store.edits.resolve_conflicts(self.id, resolution);
    }

    fn remember_completed_steps(self) {
        let (completed, unconfirmed) = self.progress.with_untracked(|progress| match progress {
            Some(Progress::Failed { progress, .. } | Progress::Stopped(progress)) => {
                let was_sent = |(what, outcome): &(StepSummary, StepOutcome)| {
                    (*outcome != StepOutcome::Rejected).then(|| what.clone())
                };
                (progress.done.clone(), progress.current.as_ref().and_then(was_sent))
            }
            Some(Progress::Conflicts { done, .. }) => (done.clone(), None),
            _ => (Vec::new(), None),
        });
        self.completed_before.update(|before| before.extend(completed));
        self.unconfirmed_before.update(|before| before.extend(unconfirmed));
    }

    /// Steps that earlier attempts completed. Tracked.
    pub(in crate::pages::load_balancers) fn completed_before(self) -> Vec<StepSummary> {
        let mut completed = self.completed_before.get();
        let remaining = self.store.edits.steps(self.id);
        if !remaining.is_empty() {
            let unconfirmed = self.unconfirmed_before.get();
            completed.extend(unconfirmed.into_iter().filter(|what| !remaining.contains(what)));
        }
        completed
    }

    /// Returns from a stopped plan to the form, filled with the changes that are still to be made.
    pub(in crate::pages::load_balancers) fn return_to_form(self) {
        self.reopen_form(Reopening::HideErrors);
    }

    /// Returns from a rejected plan to the form, with its errors visible.
    pub(in crate::pages::load_balancers) fn return_to_form_with_errors(self) {
        self.reopen_form(Reopening::ShowErrors);
    }

    /// Returns from a plan whose step the service rejected to the form, with the error at its field.
    pub(in crate::pages::load_balancers) fn return_to_form_with_rejection(
        self,
        rejection: Rejection,
    ) {
        self.reopen_form(Reopening::ShowRejection(rejection));
    }

    fn reopen_form(self, reopening: Reopening) {
        if let Some(wanted) = self.store.edits.edit_and_draft(self.id) {
            self.storage.save(self.store, Some(self.id), &wanted);
        }
        self.remember_completed_steps();
        self.store.edits.dismiss(self.id);
        self.edit.set(None);
        self.reopening.set_value(Some(reopening));
        self.read();
    }

    /// Whether somebody else has changed settings since the form was filled. Tracked.
    pub(in crate::pages::load_balancers) fn is_outdated(self) -> bool {
        let current = self.store.load_balancers.graph(self.id);
        self.version_at_read.with(|version| match (version, current) {
            (Some(version), Some(current)) => !has_same_settings(version, &current),
            _ => false,
        })
    }
}

fn stage_memo(
    store: Store,
    id: LoadBalancerId,
    edit: RwSignal<Option<Edit>>,
    progress: Memo<Option<Progress>>,
    read_error: RwSignal<Option<ApiError>>,
) -> Memo<Stage> {
    let status = Memo::new(move |_| {
        let graph = store.load_balancers.graph(id);
        graph.map(|graph| graph.balancer.provisioning_status.clone())
    });
    let is_form_filled = Memo::new(move |_| edit.with(Option::is_some));
    let has_progress = Memo::new(move |_| {
        progress.with(|p| !matches!(p, None | Some(Progress::Done { .. } | Progress::Invalid(_))))
    });
    Memo::new(move |_| {
        if !store.session.may_change() {
            Stage::ReadOnly
        } else if has_progress.get() {
            Stage::Progress
        } else if is_form_filled.get() {
            Stage::Form
        } else if let Some(error) = read_error.get() {
            Stage::ReadFailed(error)
        } else {
            match status.get() {
                Some(status) if status != ProvisioningStatus::Active => Stage::Waiting(status),
                _ => Stage::Reading,
            }
        }
    })
}
