//! The selected rows of a list, and the bar with what can be done with them.

use super::deferred_delete::DeleteEvent;
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use std::{collections::HashSet, hash::Hash};

/// The box that selects all rows of a list.
#[derive(Clone, Copy)]
pub(super) struct SelectAll {
    /// Whether every row is selected.
    pub(super) all: Signal<bool>,
    /// Whether some rows are selected, and others are not.
    pub(super) some: Signal<bool>,
    /// There is no row to select.
    pub(super) none_shown: Signal<bool>,
    /// Selects every row, or none.
    pub(super) on_change: Callback<bool>,
}

/// The selected rows; a handle. Rows that a search hides, and rows that no longer exist, do not count.
pub struct Selection<I: Send + Sync + 'static> {
    selected: RwSignal<HashSet<I>>,
    /// Selected before their deletion was scheduled; selected again if it is undone.
    deleting: StoredValue<HashSet<I>>,
    shown: Memo<Vec<I>>,
    count: Memo<usize>,
}

impl<I: Send + Sync + 'static> Clone for Selection<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I: Send + Sync + 'static> Copy for Selection<I> {}

impl<I: Copy + Eq + Hash + Send + Sync + 'static> Selection<I> {
    /// An empty selection among the rows `shown`.
    pub fn new(shown: Memo<Vec<I>>) -> Self {
        let selected = RwSignal::new(HashSet::new());
        let count = Memo::new(move |_| {
            selected.with(|selected: &HashSet<I>| {
                if selected.is_empty() {
                    return 0;
                }
                shown.with(|shown| shown.iter().filter(|id| selected.contains(id)).count())
            })
        });
        Self { selected, deleting: StoredValue::default(), shown, count }
    }

    /// Whether a row is selected.
    pub fn contains(self, id: I) -> bool {
        self.selected.with(|selected| selected.contains(&id))
    }

    /// Selects a row, or not.
    pub fn set(self, id: I, select: bool) {
        self.selected.update(|selected| {
            if select {
                selected.insert(id);
            } else {
                selected.remove(&id);
            }
        });
    }

    /// The box that selects all rows.
    pub(super) fn select_all(self) -> SelectAll {
        let of_all = move |is: fn(usize, usize) -> bool| {
            Signal::derive(move || {
                let count = self.count.get();
                count > 0 && is(count, self.shown.with(Vec::len))
            })
        };
        SelectAll {
            all: of_all(|count, shown| count == shown),
            some: of_all(|count, shown| count < shown),
            none_shown: Signal::derive(move || self.shown.with(Vec::is_empty)),
            on_change: Callback::new(move |select| self.set_all(select)),
        }
    }

    fn set_all(self, select: bool) {
        let shown = if select { self.shown.get_untracked() } else { Vec::new() };
        self.selected.set(shown.into_iter().collect());
    }

    /// Deselects rows that are being deleted, and selects again those whose deletion is undone.
    pub fn on_delete_event(self, event: DeleteEvent<I>) {
        self.selected.update(|selected| {
            self.deleting.update_value(|deleting| {
                let (from, to, ids) = match event {
                    DeleteEvent::Scheduled(ids) => (selected, deleting, ids),
                    DeleteEvent::Undone(ids) => (deleting, selected, ids),
                };
                for id in ids {
                    if from.remove(&id) {
                        to.insert(id);
                    }
                }
            });
        });
    }

    /// Whether a condition holds for any selected row.
    pub fn any(self, condition: impl Fn(I) -> bool) -> bool {
        self.selected.with(|selected| selected.iter().any(|id| condition(*id)))
    }

    /// The selected rows in the order shown.
    fn ids(self) -> Vec<I> {
        self.selected.with_untracked(|selected| {
            self.shown.with_untracked(|shown| {
                shown.iter().filter(|id| selected.contains(id)).copied().collect()
            })
        })
    }

    /// The bar above the list: how many rows are selected, and `Delete`, which puts them into
    /// `deleting`. `delete_refusal` says why they cannot be deleted.
    pub(super) fn bar(
        self,
        delete_refusal: Signal<Option<String>>,
        deleting: RwSignal<Vec<I>>,
    ) -> AnyView {
        bar(
            self.count,
            delete_refusal,
            Callback::new(move |()| self.set_all(false)),
            Callback::new(move |()| deleting.set(self.ids())),
        )
    }
}

/// Not generic, so that it compiles once for all lists.
fn bar(
    count: Memo<usize>,
    delete_refusal: Signal<Option<String>>,
    clear: Callback<()>,
    delete: Callback<()>,
) -> AnyView {
    let i18n = use_i18n();
    let any = Memo::new(move |_| count.get() > 0);
    let label = move || t_string!(i18n, load_balancers.selected, count = count.get());
    view! {
        <div class="list-selection" role="status">
            <Show when=move || any.get()>
                <span>{label}</span>
                <Button kind=ButtonKind::Quiet on_press=clear>
                    {t!(i18n, load_balancers.clear_selection)}
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    icon=Glyph::Trash
                    disabled_reason=delete_refusal
                    on_press=delete
                >
                    {t!(i18n, common.delete)}
                </Button>
            </Show>
        </div>
    }
    .into_any()
}
