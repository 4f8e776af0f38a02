//! The rows that are ticked, and what can be done with all of them.

use crate::{
    i18n::{t, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;
use std::collections::HashSet;

/// What is ticked; a handle. What a search hides, or what is gone, does not count.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    ticked: RwSignal<HashSet<LoadBalancerId>>,
    shown: Memo<Vec<LoadBalancerId>>,
    count: Memo<usize>,
}

impl Selection {
    pub(super) fn new(shown: Memo<Vec<LoadBalancerId>>) -> Self {
        let ticked = RwSignal::new(HashSet::new());
        let count = Memo::new(move |_| {
            ticked.with(|ticked: &HashSet<LoadBalancerId>| {
                if ticked.is_empty() {
                    return 0;
                }
                shown.with(|shown| shown.iter().filter(|id| ticked.contains(id)).count())
            })
        });
        Self { ticked, shown, count }
    }

    pub(super) fn is_ticked(self, id: LoadBalancerId) -> bool {
        self.ticked.with(|ticked| ticked.contains(&id))
    }

    pub(super) fn set(self, id: LoadBalancerId, tick: bool) {
        self.ticked.update(|ticked| {
            if tick {
                ticked.insert(id);
            } else {
                ticked.remove(&id);
            }
        });
    }

    pub(super) fn all(self) -> Signal<bool> {
        Signal::derive(move || {
            let count = self.count.get();
            count > 0 && count == self.shown.with(Vec::len)
        })
    }

    pub(super) fn some(self) -> Signal<bool> {
        Signal::derive(move || {
            let count = self.count.get();
            count > 0 && count < self.shown.with(Vec::len)
        })
    }

    pub(super) fn set_all(self, tick: bool) {
        let shown = if tick { self.shown.get_untracked() } else { Vec::new() };
        self.ticked.set(shown.into_iter().collect());
    }

    pub(super) fn drop_all(self, gone: &[LoadBalancerId]) {
        self.ticked.update(|ticked| ticked.retain(|id| !gone.contains(id)));
    }

    /// In the order they are shown.
    fn ids(self) -> Vec<LoadBalancerId> {
        self.ticked.with_untracked(|ticked| {
            self.shown.with_untracked(|shown| {
                shown.iter().filter(|id| ticked.contains(id)).copied().collect()
            })
        })
    }
}

/// Shown as long as something is ticked.
#[component]
pub(super) fn SelectionBar(
    selection: Selection,
    read_only: Memo<bool>,
    #[prop(into)] on_delete: Callback<Vec<LoadBalancerId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let any = Memo::new(move |_| selection.count.get() > 0);
    let count =
        move || t_string!(i18n, load_balancers.selected, count = selection.count.get()).to_string();
    let reason = move || {
        if read_only.get() {
            return Some(t_string!(i18n, errors.read_only).to_owned());
        }
        let deletable = selection.ticked.with(|ticked| {
            store.load_balancers.with_rows(|rows| {
                rows.iter().any(|row| {
                    ticked.contains(&row.id)
                        && openstack_types::rules::may_delete(&row.provisioning).is_ok()
                })
            })
        });
        (!deletable).then(|| t_string!(i18n, errors.pending).to_owned())
    };
    view! {
        <div class="list-selection" role="status">
            <Show when=move || any.get()>
                <span>{count}</span>
                <Button kind=ButtonKind::Quiet on_press=move || selection.set_all(false)>
                    {t!(i18n, load_balancers.clear_selection)}
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    icon=Glyph::Trash
                    disabled_reason=Signal::derive(reason)
                    on_press=move || on_delete.run(selection.ids())
                >
                    {t!(i18n, common.delete)}
                </Button>
            </Show>
        </div>
    }
}
