//! The values of a load balancer form, and which of its errors are visible.

use super::{
    focus::{focus_field, focus_next_row},
    half_width::{is_prose, to_half_width},
    rejection::Rejection,
};
use crate::{
    i18n::{I18nContext, Locale, errors, t_string, use_i18n},
    store::{
        toasts::{Decision, SUCCESS_PERIOD, Toasts, UndoableAction},
        use_store,
    },
    ui::{Text, is_dialog_open},
};
use leptos::prelude::*;
use openstack_types::field::FieldError;
use plan::{Draft, FieldPath, Finding, ListenerField, RowKey};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The values of the form and which of its errors are visible; a handle.
///
/// The error of a control becomes visible when the control loses focus for the first time, or when
/// the form is submitted.
#[derive(Clone, Copy)]
pub struct Form {
    pub draft: RwSignal<Draft>,
    /// Every error of the draft, in the order of the form.
    pub findings: Memo<Vec<Finding>>,
    finding_by_control: Memo<HashMap<FieldPath, Finding>>,
    /// Controls that have lost focus: their errors are visible.
    visited: RwSignal<HashSet<FieldPath>>,
    /// Controls that lost focus while the mouse button is down, and what to run for each. They are
    /// handled when the button is up: an error that appears earlier moves the clicked button away.
    pending_blurs: StoredValue<Vec<(FieldPath, Option<Callback<()>>)>>,
    is_pointer_down: StoredValue<bool>,
    /// The form has been submitted at least once: the error summary is visible.
    pub submitted: RwSignal<bool>,
    /// Why the service rejected the last request.
    pub rejection: RwSignal<Option<Rejection>>,
    /// The field that is about to get focus: a table of many rows scrolls to it.
    pub(super) revealed: RwSignal<Option<FieldPath>>,
    /// The server, and its group, whose options are open.
    pub(super) server_options: RwSignal<Option<(RowKey, RowKey)>>,
    /// Whether each listener offers a choice of server groups, even while there is only one.
    pub offers_groups: RwSignal<bool>,
    /// Server groups that were added for a listener.
    added_groups: StoredValue<HashSet<RowKey>>,
    i18n: I18nContext<Locale>,
}

impl Form {
    /// A form whose errors are worked out by the caller.
    pub fn with_findings(draft: RwSignal<Draft>, findings: Memo<Vec<Finding>>) -> Self {
        use_store().follow_allowed_servers();
        let finding_by_control = Memo::new(move |_| {
            findings.with(|findings| {
                // Reversed, so that the first finding of a control wins.
                let all = findings.iter().rev();
                all.map(|finding| (finding.0.control(), finding.clone())).collect()
            })
        });
        let form = Self {
            draft,
            findings,
            finding_by_control,
            visited: RwSignal::default(),
            pending_blurs: StoredValue::default(),
            is_pointer_down: StoredValue::new(false),
            submitted: RwSignal::new(false),
            rejection: RwSignal::new(None),
            revealed: RwSignal::new(None),
            server_options: RwSignal::new(None),
            offers_groups: RwSignal::new(false),
            added_groups: StoredValue::default(),
            i18n: use_i18n(),
        };
        let listener = window_event_listener(leptos::ev::pointerup, move |_| {
            form.is_pointer_down.set_value(false);
            set_timeout(move || form.handle_pending_blurs(), std::time::Duration::ZERO);
        });
        on_cleanup(move || listener.remove());
        form
    }

    /// Translations for callbacks that run without a reactive owner.
    pub fn i18n(self) -> I18nContext<Locale> {
        self.i18n
    }

    /// To be called when the mouse button goes down inside the form.
    pub fn on_pointer_down(self) {
        self.is_pointer_down.set_value(true);
    }

    /// A control has lost focus; `then` runs before its error becomes visible.
    pub(super) fn on_blur(self, path: &FieldPath, then: Option<Callback<()>>) {
        self.pending_blurs.update_value(|pending| pending.push((path.control(), then)));
        if !self.is_pointer_down.get_value() {
            self.handle_pending_blurs();
        }
    }

    fn handle_pending_blurs(self) {
        let pending = self.pending_blurs.try_update_value(std::mem::take).unwrap_or_default();
        for (path, then) in pending {
            if let Some(then) = then {
                then.try_run(());
            }
            self.visited.try_update(|visited| visited.insert(path));
        }
    }

    /// Makes every current error visible and returns the field of the first one.
    pub fn submit(self) -> Option<FieldPath> {
        self.handle_pending_blurs();
        // Enter submits without a blur.
        self.draft.update(Draft::split_endpoints);
        let findings = self.findings.get_untracked();
        self.visited
            .update(|visited| visited.extend(findings.iter().map(|(path, _)| path.control())));
        self.submitted.set(true);
        findings.into_iter().next().map(|(path, _)| path)
    }

    /// Replaces the draft and hides all errors.
    pub fn reset(self, draft: Draft) {
        self.draft.set(draft);
        self.visited.update(HashSet::clear);
        self.submitted.set(false);
        self.rejection.set(None);
    }

    pub fn visible_findings(self) -> Vec<Finding> {
        self.findings.with(|all| {
            self.visited.with(|visited| {
                all.iter().filter(|(path, _)| visited.contains(&path.control())).cloned().collect()
            })
        })
    }

    /// The value of a text field.
    pub fn text(self, path: &FieldPath) -> Text {
        let path = path.clone();
        Signal::derive(move || {
            self.draft.with(|draft| draft.text(&path).unwrap_or_default().to_owned())
        })
    }

    pub fn set_text(self, path: &FieldPath, text: String) {
        let text = if is_prose(path) { text } else { to_half_width(text) };
        self.draft.update(|draft| draft.set_text(path, text));
        self.clear_rejection(path);
    }

    /// Shows why the service rejected a request, and moves focus to the field at fault.
    pub fn reject(self, rejection: Rejection) {
        let path = rejection.path.clone();
        self.rejection.set(Some(rejection));
        if let Some(path) = path {
            self.focus(&path);
        }
    }

    /// The rejection, if the field that it is about has the same text in another draft.
    pub fn rejection_in(self, draft: &Draft) -> Option<Rejection> {
        let rejection = self.rejection.get_untracked()?;
        let path = rejection.path.as_ref()?;
        let is_same = self
            .draft
            .with_untracked(|own| own.text(path).is_some() && own.text(path) == draft.text(path));
        is_same.then_some(rejection)
    }

    /// Removes the service's rejection if it is about this field, because the field has changed.
    pub fn clear_rejection(self, path: &FieldPath) {
        let is_about_field = |rejection: &Option<Rejection>| {
            rejection.as_ref().is_some_and(|r| r.path.as_ref() == Some(&path.control()))
        };
        if self.rejection.with_untracked(is_about_field) {
            self.rejection.set(None);
        }
    }

    /// The visible error of a field.
    pub fn error(self, path: &FieldPath) -> Signal<Option<String>> {
        let path = path.control();
        Signal::derive(move || {
            let rejection = self.rejection.with(|rejection| {
                let rejection = rejection.as_ref().filter(|r| r.path.as_ref() == Some(&path));
                rejection.map(|rejection| rejection.text.get())
            });
            if rejection.is_some() {
                return rejection;
            }
            let is_visible = self.visited.with(|visited| visited.contains(&path));
            let finding =
                is_visible.then(|| self.finding_by_control.with(|all| all.get(&path).cloned()));
            finding.flatten().map(|finding| self.finding_text(&finding))
        })
    }

    pub fn finding_text(self, (path, error): &Finding) -> String {
        let i18n = self.i18n;
        let text = errors::field(i18n, error);
        match (path, error) {
            (FieldPath::AllowedCidrs { entry, .. }, _) if *entry > 0 => {
                t_string!(i18n, create.entry_error, entry = *entry, error = text).to_string()
            }
            (
                FieldPath::Listener { listener, field: ListenerField::Port },
                FieldError::Duplicate,
            ) => {
                let used = self.draft.with(|draft| {
                    let port = draft.listener(*listener)?.port.trim().to_owned();
                    let index = draft.listeners.iter().position(|one| one.port.trim() == port)?;
                    Some((port, index + 1))
                });
                used.map_or(text, |(port, n)| {
                    t_string!(i18n, form.port_used, port = port.as_str(), n = n).to_string()
                })
            }
            _ => text,
        }
    }

    /// Whether a field that `is_inside` accepts has a visible error; what is folded around it unfolds.
    pub fn has_visible_error(self, is_inside: impl Fn(&FieldPath) -> bool) -> bool {
        let is_rejected = self.rejection.with(|rejection| {
            let path = rejection.as_ref().and_then(|rejection| rejection.path.as_ref());
            path.is_some_and(&is_inside)
        });
        is_rejected || self.visible_findings().iter().any(|(path, _)| is_inside(path))
    }

    /// Adds a server group, and selects it for a listener.
    pub fn add_group_for(self, listener: RowKey) {
        let key = self.draft.try_update(|draft| {
            let key = draft.add_checked_group();
            if let Some(listener) = draft.listener_mut(listener) {
                listener.group = Some(key);
            }
            key
        });
        if let Some(key) = key {
            self.added_groups.update_value(|added| {
                added.insert(key);
            });
        }
    }

    /// Removes a server group that was added for a listener, if that has chosen another one and nothing
    /// has been typed into it.
    pub(super) fn drop_unused_group(self, key: RowKey) {
        if !self.added_groups.with_value(|added| added.contains(&key)) {
            return;
        }
        self.draft.update(|draft| {
            let is_used = draft.listeners.iter().any(|one| one.group == Some(key));
            let is_empty =
                draft.group(key).is_some_and(|g| g.servers.is_empty() && g.name.is_empty());
            if is_empty && !is_used {
                draft.groups.retain(|group| group.key != key);
            }
        });
    }

    /// Moves focus to the control of a field, and reveals it first.
    pub fn focus(self, path: &FieldPath) {
        self.revealed.set(Some(path.clone()));
        focus_field(path);
    }

    /// Removes a row and shows a message with `Undo`, which restores the row at its old place. Shows
    /// no message while a dialog is open, because a dialog covers the messages.
    pub fn remove_row(
        self,
        toasts: Toasts,
        text: String,
        remove: impl FnOnce(&mut Draft),
        restore: impl Fn(&mut Draft) + Send + Sync + 'static,
    ) {
        focus_next_row();
        self.draft.update(remove);
        if is_dialog_open() {
            return;
        }
        // `try_update`: the form may be gone when `Undo` is pressed.
        let decide = move |decision| {
            if decision == Decision::Undo {
                self.draft.try_update(&restore);
            }
        };
        let label = t_string!(self.i18n, common.undo).to_owned();
        let period = SUCCESS_PERIOD;
        toasts.undoable(text, UndoableAction { label, period, decide: Arc::new(decide) });
    }
}
