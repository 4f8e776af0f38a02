//! What is being edited: the form, how things were when it was filled, and how far one is. A handle.

use crate::{
    pages::load_balancers::form::{Form, draft_storage::DraftStorage},
    store::{Graph, Store, edits::Progress},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, ProvisioningStatus, error::ApiError};
use plan::{
    Draft, Edit, Finding, ListenerDraft, RowKey, ServerDraft,
    edit::{Conflict, ConflictResolution, Plan, StepOutcome, StepSummary},
};
use std::{collections::HashMap, sync::Arc};

pub(super) const DRAFT_STORAGE: DraftStorage = DraftStorage("edit-load-balancer");

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// One may look only.
    ReadOnly,
    /// It is being changed, or cannot be.
    Waiting(ProvisioningStatus),
    /// All of it is being read.
    Reading,
    /// It could not be read.
    Failed(ApiError),
    /// The form.
    Form,
    /// An edit that is being carried out, or stands still.
    Run,
}

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    findings: Vec<Finding>,
    pub(super) plan: Plan,
}

impl Outcome {
    /// Nothing is wrong, and nothing would be done.
    pub(super) fn is_nothing(&self) -> bool {
        self.findings.is_empty() && self.plan.steps.is_empty()
    }
}

#[derive(Clone, Copy)]
pub(super) struct Editing {
    pub(super) id: LoadBalancerId,
    pub(super) store: Store,
    /// What is typed.
    pub(super) form: Form,
    /// What it began with; `None` until it has been read.
    pub(super) edit: RwSignal<Option<Edit>>,
    pub(super) outcome: Memo<Outcome>,
    /// What somebody else changed before the form was filled again.
    pub(super) theirs: RwSignal<Vec<Conflict>>,
    /// What had been typed before is back.
    pub(super) restored: RwSignal<bool>,
    /// Steps of attempts before this one that are done.
    done_before: RwSignal<Vec<StepSummary>>,
    /// Those of which that was not known: done, as soon as they are none of what is left to do.
    perhaps_before: RwSignal<Vec<StepSummary>>,
    /// Rows taken away, as they were then.
    taken: StoredValue<(HashMap<RowKey, ServerDraft>, HashMap<RowKey, ListenerDraft>)>,
    /// How the store knew it when it was read.
    known: RwSignal<Option<Arc<Graph>>>,
    stage: Memo<Stage>,
    progress: Memo<Option<Progress>>,
    reading: StoredValue<bool>,
    /// The form is being filled again by the dialog itself; whether its errors are to be said then.
    returning: StoredValue<Option<bool>>,
    failed: RwSignal<Option<ApiError>>,
    /// Given up or done: closed before the address has followed.
    pub(super) closed: RwSignal<bool>,
}

impl Editing {
    pub(super) fn new(store: Store, id: LoadBalancerId) -> Self {
        let edit = RwSignal::new(None::<Edit>);
        let draft = RwSignal::new(Draft::default());
        let outcome = Memo::new(move |_| {
            edit.with(|edit| {
                let Some(edit) = edit else { return Outcome::default() };
                match draft.with(|draft| edit.plan(draft)) {
                    Ok(plan) => Outcome { findings: Vec::new(), plan },
                    Err(findings) => Outcome { findings, plan: Plan::default() },
                }
            })
        });
        let findings = Memo::new(move |_| outcome.with(|outcome| outcome.findings.clone()));
        let form = Form::checked(draft, findings);
        let failed = RwSignal::new(None::<ApiError>);
        let progress = Memo::new(move |_| store.edits.progress(id));
        let status = Memo::new(move |_| {
            let graph = store.load_balancers.graph(id);
            graph.map(|graph| graph.balancer.provisioning_status.clone())
        });
        let begun = Memo::new(move |_| edit.with(Option::is_some));
        let running = Memo::new(move |_| {
            progress
                .with(|p| !matches!(p, None | Some(Progress::Done { .. } | Progress::Invalid(_))))
        });
        let stage = Memo::new(move |_| {
            if !store.session.may_change() {
                Stage::ReadOnly
            } else if running.get() {
                Stage::Run
            } else if begun.get() {
                Stage::Form
            } else if let Some(error) = failed.get() {
                Stage::Failed(error)
            } else {
                match status.get() {
                    Some(status) if status != ProvisioningStatus::Active => Stage::Waiting(status),
                    _ => Stage::Reading,
                }
            }
        });
        let editing = Self {
            id,
            store,
            form,
            edit,
            outcome,
            theirs: RwSignal::default(),
            restored: RwSignal::new(false),
            done_before: RwSignal::default(),
            perhaps_before: RwSignal::default(),
            taken: StoredValue::default(),
            known: RwSignal::new(None),
            stage,
            progress,
            reading: StoredValue::new(false),
            returning: StoredValue::new(None),
            failed,
            closed: RwSignal::new(false),
        };
        Effect::new(move |_| {
            edit.with(|edit| {
                let Some(edit) = edit else { return };
                draft.with(|draft| match edit.has_changes(draft) {
                    true => DRAFT_STORAGE.save(store, Some(id), (edit, draft)),
                    false => DRAFT_STORAGE.clear(Some(id)),
                });
            });
        });
        editing
    }

    pub(super) fn stage(self) -> Stage {
        self.stage.get()
    }

    pub(super) fn progress(self) -> Memo<Option<Progress>> {
        self.progress
    }

    /// Without following it.
    pub(super) fn is_running(self) -> bool {
        self.progress.with_untracked(|p| p.as_ref().is_some_and(Progress::is_running))
    }

    /// Whether it is time to fill the form; follows the state.
    pub(super) fn may_read(self) -> bool {
        self.stage.get() == Stage::Reading
    }

    /// Whether closing now would lose something.
    pub(super) fn would_lose(self) -> bool {
        match self.stage.get_untracked() {
            Stage::Run => true,
            Stage::Form => self.is_touched(),
            _ => false,
        }
    }

    fn is_touched(self) -> bool {
        self.edit.with_untracked(|edit| {
            let Some(edit) = edit else { return false };
            self.form.draft.with_untracked(|draft| edit.has_changes(draft))
        })
    }

    /// Fills the form with how things are now, and puts on top what had been typed before.
    pub(super) fn read(self) {
        if self.reading.get_value() {
            return;
        }
        self.reading.set_value(true);
        self.failed.set(None);
        spawn_local(async move {
            let answer = self.store.load_balancers.read_full_graph(self.id).await;
            // The page may be gone by now.
            if self.reading.try_set_value(false).is_some() {
                return;
            }
            match answer {
                Ok(graph) => self.begin(graph),
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    fn begin(self, graph: plan::Graph) {
        let returning = self.returning.try_update_value(Option::take).flatten();
        if self.closed.get_untracked() {
            return;
        }
        let before = DRAFT_STORAGE.load::<(Edit, Draft)>(self.store, Some(self.id));
        let (edit, draft, theirs) = match before {
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
        let touched = edit.has_changes(&draft);
        self.restored.set(touched && returning.is_none());
        self.theirs.set(if touched { theirs } else { Vec::new() });
        self.known.set(untrack(|| self.store.load_balancers.graph(self.id)));
        self.taken.set_value(Default::default());
        self.form.begin_again(draft);
        self.edit.set(Some(edit));
        if returning == Some(true)
            && let Some(path) = self.form.submit()
        {
            self.form.focus(&path);
        }
    }

    /// Fills the form as if nothing had been typed.
    pub(super) fn start_over(self) {
        let begin =
            self.edit.with_untracked(|edit| edit.as_ref().map(|edit| edit.base_draft().clone()));
        if let Some(begin) = begin {
            self.restored.set(false);
            self.form.begin_again(begin);
        }
    }

    /// Forgets what was typed, and closes.
    pub(super) fn give_up(self) {
        self.closed.set(true);
        self.forget();
    }

    /// Forgets what was typed.
    pub(super) fn forget(self) {
        DRAFT_STORAGE.clear(Some(self.id));
        self.store.edits.dismiss(self.id);
        self.done_before.update(Vec::clear);
        self.perhaps_before.update(Vec::clear);
        self.theirs.set(Vec::new());
        self.restored.set(false);
        self.failed.set(None);
        self.edit.set(None);
    }

    /// Carries out what is typed, or shows what is wrong with it.
    pub(super) fn submit(self) {
        if self.stage.get_untracked() != Stage::Form {
            return;
        }
        // What leaving a field does may change what it holds.
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
        // A page that is closed now goes on from here.
        DRAFT_STORAGE.save(self.store, Some(self.id), (resolved.edit(), resolved.draft()));
        self.theirs.set(Vec::new());
        self.store.edits.start(&resolved);
    }

    /// Goes on after a failure.
    pub(super) fn try_again(self) {
        self.remember_done();
        self.store.edits.retry(self.id);
    }

    /// Goes on after conflicts.
    pub(super) fn choose(self, keep: ConflictResolution) {
        self.remember_done();
        self.store.edits.resolve_conflicts(self.id, keep);
    }

    fn remember_done(self) {
        let (done, perhaps) = self.progress.with_untracked(|progress| match progress {
            Some(Progress::Failed { progress, .. } | Progress::Stopped(progress)) => {
                let sent = |(what, outcome): &(StepSummary, StepOutcome)| {
                    (*outcome != StepOutcome::Rejected).then(|| what.clone())
                };
                (progress.done.clone(), progress.current.as_ref().and_then(sent))
            }
            Some(Progress::Conflicts { done, .. }) => (done.clone(), None),
            _ => (Vec::new(), None),
        });
        self.done_before.update(|before| before.extend(done));
        self.perhaps_before.update(|before| before.extend(perhaps));
    }

    /// Steps of attempts before this one that are done; follows them.
    pub(super) fn done_before(self) -> Vec<StepSummary> {
        let mut done = self.done_before.get();
        let left = self.store.edits.steps(self.id);
        if !left.is_empty() {
            let perhaps = self.perhaps_before.get();
            done.extend(perhaps.into_iter().filter(|what| !left.contains(what)));
        }
        done
    }

    /// Leads from what stands still to the form, filled with what is still wanted.
    pub(super) fn back_to_form(self, say_errors: bool) {
        if let Some(wanted) = self.store.edits.edit_and_draft(self.id) {
            DRAFT_STORAGE.save(self.store, Some(self.id), &wanted);
        }
        self.remember_done();
        self.store.edits.dismiss(self.id);
        // Not read yet: the dialog was opened on an edit that stood still.
        self.edit.set(None);
        self.returning.set_value(Some(say_errors));
        self.read();
    }

    /// Whether somebody else has changed something since the form was filled; follows it.
    pub(super) fn is_overtaken(self) -> bool {
        let now = self.store.load_balancers.graph(self.id);
        self.known.with(|known| match (known, now) {
            (Some(known), Some(now)) => !is_alike(known, &now),
            _ => false,
        })
    }

    /// Takes servers away; each can be put back.
    pub(super) fn remove_servers(self, group: RowKey, keys: &[RowKey]) {
        self.form.draft.update(|draft| {
            for key in keys {
                if let Some(server) = draft.server(group, *key).cloned() {
                    self.taken.update_value(|(servers, _)| drop(servers.insert(*key, server)));
                }
                draft.remove_server(group, *key);
            }
        });
    }

    /// Puts a server back.
    pub(super) fn restore_server(self, group: RowKey, key: RowKey) {
        let taken = self.taken.with_value(|(servers, _)| servers.get(&key).cloned());
        self.edit.with_untracked(|edit| {
            let Some(edit) = edit else { return };
            let server = taken.or_else(|| edit.base_draft().server(group, key).cloned());
            let Some(server) = server else { return };
            self.form.draft.update(|draft| edit.restore_server(draft, group, server));
        });
    }

    /// Takes a listener away; it can be put back.
    pub(super) fn remove_listener(self, key: RowKey) {
        self.form.draft.update(|draft| {
            if let Some(listener) = draft.listener(key).cloned() {
                self.taken.update_value(|(_, listeners)| drop(listeners.insert(key, listener)));
            }
            draft.remove_listener(key);
        });
    }

    /// Puts a listener back.
    pub(super) fn restore_listener(self, key: RowKey) {
        let taken = self.taken.with_value(|(_, listeners)| listeners.get(&key).cloned());
        self.edit.with_untracked(|edit| {
            let Some(edit) = edit else { return };
            let listener = taken.or_else(|| edit.base_draft().listener(key).cloned());
            let Some(listener) = listener else { return };
            self.form.draft.update(|draft| edit.restore_listener(draft, listener));
        });
    }
}

/// Whether two states differ in nothing but what the load balancer itself reports.
fn is_alike(a: &Graph, b: &Graph) -> bool {
    let balancer = |g: &Graph| (g.balancer.name.clone(), g.balancer.description.clone());
    let listeners = |g: &Graph| {
        let one = |l: &openstack_types::octavia::Listener| {
            (
                (l.id, l.name.clone(), l.connection_limit, l.default_pool_id),
                (l.timeout_client_data, l.timeout_member_connect, l.timeout_member_data),
                (l.allowed_cidrs.clone(), l.default_tls_container_ref.clone()),
            )
        };
        g.listeners.iter().map(one).collect::<Vec<_>>()
    };
    let pools = |g: &Graph| {
        let one = |p: &crate::store::PoolGraph| {
            let members = p.members.iter().map(|m| (m.id, m.weight, m.backup, m.admin_state_up));
            (
                (p.pool.id, p.pool.lb_algorithm.clone(), p.pool.session_persistence.clone()),
                (members.collect::<Vec<_>>(), p.pool.healthmonitor_id),
            )
        };
        g.pools.iter().map(one).collect::<Vec<_>>()
    };
    // A list knows no health monitors.
    let checks = a.pools.iter().zip(&b.pools).all(|(a, b)| match (&a.monitor, &b.monitor) {
        (Some(a), Some(b)) => {
            let fields = |m: &openstack_types::octavia::HealthMonitor| {
                (m.delay, m.timeout, m.max_retries, m.max_retries_down, m.url_path.clone())
            };
            fields(a) == fields(b)
        }
        _ => true,
    });
    balancer(a) == balancer(b) && listeners(a) == listeners(b) && pools(a) == pools(b) && checks
}
