//! The rows that are ticked, and what can be done with all of them.

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use std::{collections::HashSet, hash::Hash};

/// The box that ticks all rows of a list.
#[derive(Clone, Copy)]
pub struct SelectAll {
    /// Whether every row is ticked.
    pub all: Signal<bool>,
    /// Whether some are, and others are not.
    pub some: Signal<bool>,
    /// Ticks every row, or none.
    pub tick: Callback<bool>,
}

/// What is ticked; a handle. What a search hides, or what is gone, does not count.
pub struct Selection<I: Send + Sync + 'static> {
    ticked: RwSignal<HashSet<I>>,
    /// Ticked again when they come back.
    aside: StoredValue<HashSet<I>>,
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
    /// Nothing is ticked; `shown` are the rows there are to tick.
    pub fn new(shown: Memo<Vec<I>>) -> Self {
        let ticked = RwSignal::new(HashSet::new());
        let count = Memo::new(move |_| {
            ticked.with(|ticked: &HashSet<I>| {
                if ticked.is_empty() {
                    return 0;
                }
                shown.with(|shown| shown.iter().filter(|id| ticked.contains(id)).count())
            })
        });
        Self { ticked, aside: StoredValue::default(), shown, count }
    }

    /// Whether a row is ticked.
    pub fn is_ticked(self, id: I) -> bool {
        self.ticked.with(|ticked| ticked.contains(&id))
    }

    /// Ticks a row, or not.
    pub fn set(self, id: I, tick: bool) {
        self.ticked.update(|ticked| {
            if tick {
                ticked.insert(id);
            } else {
                ticked.remove(&id);
            }
        });
    }

    /// The box that ticks all.
    pub fn select_all(self) -> SelectAll {
        let of_all = move |is: fn(usize, usize) -> bool| {
            Signal::derive(move || {
                let count = self.count.get();
                count > 0 && is(count, self.shown.with(Vec::len))
            })
        };
        SelectAll {
            all: of_all(|count, shown| count == shown),
            some: of_all(|count, shown| count < shown),
            tick: Callback::new(move |tick| self.set_all(tick)),
        }
    }

    /// Ticks every row, or none.
    fn set_all(self, tick: bool) {
        let shown = if tick { self.shown.get_untracked() } else { Vec::new() };
        self.ticked.set(shown.into_iter().collect());
    }

    /// Some rows are about to go, and are no longer ticked; or they stay after all, and are again what
    /// they were.
    pub fn going(self, (ids, gone): (Vec<I>, bool)) {
        self.ticked.update(|ticked| {
            self.aside.update_value(|aside| {
                let (from, to) = if gone { (ticked, aside) } else { (aside, ticked) };
                for id in ids {
                    if from.remove(&id) {
                        to.insert(id);
                    }
                }
            });
        });
    }

    /// Whether any of what is ticked is so.
    pub fn any(self, is: impl Fn(I) -> bool) -> bool {
        self.ticked.with(|ticked| ticked.iter().any(|id| is(*id)))
    }

    /// In the order they are shown.
    fn ids(self) -> Vec<I> {
        self.ticked.with_untracked(|ticked| {
            self.shown.with_untracked(|shown| {
                shown.iter().filter(|id| ticked.contains(id)).copied().collect()
            })
        })
    }
}

/// Shown as long as something is ticked; `reason` is why it cannot be deleted.
#[component]
pub fn SelectionBar<I: Copy + Eq + Hash + Send + Sync + 'static>(
    selection: Selection<I>,
    #[prop(into)] reason: Signal<Option<String>>,
    #[prop(into)] on_delete: Callback<Vec<I>>,
) -> impl IntoView {
    bar(
        selection.count,
        reason,
        Callback::new(move |()| selection.set_all(false)),
        Callback::new(move |()| on_delete.run(selection.ids())),
    )
}

/// Apart from the ids, so that it compiles once for all lists.
fn bar(
    count: Memo<usize>,
    reason: Signal<Option<String>>,
    clear: Callback<()>,
    delete: Callback<()>,
) -> AnyView {
    let i18n = use_i18n();
    let any = Memo::new(move |_| count.get() > 0);
    let words = move || t_string!(i18n, load_balancers.selected, count = count.get()).to_string();
    view! {
        <div class="list-selection" role="status">
            <Show when=move || any.get()>
                <span>{words}</span>
                <Button kind=ButtonKind::Quiet on_press=clear>
                    {t!(i18n, load_balancers.clear_selection)}
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    icon=Glyph::Trash
                    disabled_reason=reason
                    on_press=delete
                >
                    {t!(i18n, common.delete)}
                </Button>
            </Show>
        </div>
    }
    .into_any()
}
