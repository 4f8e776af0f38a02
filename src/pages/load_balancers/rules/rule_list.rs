//! The list of a listener's rules, and moving in it.

use super::order::{Direction, EvaluatedRules, drop_position, neighbour};
use crate::{i18n::t_string, pages::load_balancers::edit::session::EditSession};
use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use plan::RowKey;
use wasm_bindgen::JsCast;

/// A listener whose rules are shown and changed; a handle.
#[derive(Clone, Copy)]
pub(super) struct RuleList {
    pub(super) session: EditSession,
    pub(super) listener: RowKey,
    pub(super) rules: Memo<EvaluatedRules>,
    /// The rule that is being dragged.
    pub(super) dragged: RwSignal<Option<RowKey>>,
    /// What was done, for screen readers.
    pub(super) announcement: RwSignal<String>,
}

impl RuleList {
    /// Whether the rule can move; tracked.
    pub(super) fn may_move(self, policy: RowKey, direction: Direction) -> bool {
        self.session.form.draft.with(|draft| {
            draft
                .listener(self.listener)
                .and_then(|one| neighbour(one, policy, direction))
                .is_some()
        })
    }

    pub(super) fn shift(self, policy: RowKey, direction: Direction) {
        let position = self.session.form.draft.with_untracked(|draft| {
            draft.listener(self.listener).and_then(|one| neighbour(one, policy, direction))
        });
        self.move_to(policy, position);
    }

    pub(super) fn drop_on(self, target: RowKey) {
        let Some(dragged) = self.dragged.get_untracked() else { return };
        let position = self.session.form.draft.with_untracked(|draft| {
            draft.listener(self.listener).and_then(|one| drop_position(one, dragged, target))
        });
        self.dragged.set(None);
        self.move_to(dragged, position);
    }

    /// Moves a rule and keeps the focus: the browser drops it when an element moves.
    fn move_to(self, policy: RowKey, position: Option<usize>) {
        let Some(position) = position else { return };
        let i18n = self.session.form.i18n();
        let focused = document().active_element();
        let focused = focused.and_then(|one| one.closest("[id^=rule-]").ok().flatten());
        self.session.form.draft.update(|draft| draft.move_policy(self.listener, policy, position));
        let (rule, count) = self.rules.with_untracked(|all| (all.number(policy), all.keys.len()));
        let text = untrack(|| t_string!(i18n, rules.moved, rule = rule, count = count).to_string());
        self.announcement.set(text);
        if let Some(focused) = focused {
            focus_later(focused.id());
        }
    }
}

/// Focuses the button in an element when the list has been drawn.
pub(super) fn focus_later(id: String) {
    spawn_local(async move {
        tick().await;
        request_animation_frame(move || {
            let element = document().get_element_by_id(&id);
            let button =
                element.and_then(|element| element.query_selector("button").ok().flatten());
            if let Some(element) =
                button.and_then(|one| one.dyn_into::<web_sys::HtmlElement>().ok())
            {
                // Fails only if the element has left the document.
                let _ = element.focus();
            }
        });
    });
}
