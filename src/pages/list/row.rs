//! What the rows of all lists share.

use crate::{
    i18n::{
        TextFn,
        format::{Style, ago, time},
        t_string, use_i18n,
    },
    ui::{Cell, Checkbox, Row, Time},
};
use js_sys::Date;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::{sync::Arc, time::Duration};

/// How often the ages of the rows are updated.
const CLOCK_PERIOD: Duration = Duration::from_secs(30);

/// A row: a box that selects it, the link that names it and that a click anywhere opens, and cells.
pub struct ListRow {
    /// The place among all rows.
    pub index: Signal<usize>,
    /// Whether it is selected.
    pub selected: Signal<bool>,
    /// Selects it, or not.
    pub on_select: Callback<bool>,
    /// The name of the resource.
    pub name: Signal<String>,
    /// The name of the column of names.
    pub name_column: TextFn,
    /// The address of the details.
    pub href: Signal<String>,
    /// The cells after the name.
    pub cells: AnyView,
}

impl ListRow {
    /// Draws it.
    pub fn view(self) -> AnyView {
        let i18n = use_i18n();
        let navigate = use_navigate();
        let Self { index, selected, on_select, name, name_column, href, cells } = self;
        let open = move || navigate(&href.get_untracked(), Default::default());
        view! {
            <Row index selected on_open=open>
                <Cell control=true>
                    <Checkbox
                        label=move || {
                            t_string!(i18n, load_balancers.select_one, name = name.get())
                        }
                        hide_label=true
                        checked=selected
                        on_change=on_select
                    />
                </Cell>
                <Cell heading=true label=move || name_column(i18n).to_owned()>
                    <a class="truncate" href=move || href.get() title=move || name.get()>
                        {move || name.get()}
                    </a>
                </Cell>
                {cells}
            </Row>
        }
        .into_any()
    }
}

/// The resource with an id, from `get`; keeps the last known state while the list no longer has it, so
/// that a row does not become empty between a deletion and the list without it.
pub fn last_known<I, T>(
    id: Signal<I>,
    get: impl Fn(I) -> Option<Arc<T>> + Send + Sync + 'static,
    id_of: fn(&T) -> I,
) -> Memo<Option<Arc<T>>>
where
    I: Copy + Eq + Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |before: Option<&Option<Arc<T>>>| {
        let id = id.get();
        get(id).or_else(|| before.cloned().flatten().filter(|before| id_of(before) == id))
    })
}

/// The current time in milliseconds since 1970, a context of [`CreatedAt`] in lists: one clock for all rows.
#[derive(Clone, Copy)]
pub struct Now(RwSignal<f64>);

impl Now {
    /// The time of the clock above the calling view; `None` without one.
    pub fn get() -> Option<f64> {
        use_context::<Self>().and_then(|Self(now)| now.try_get())
    }

    /// Provides the clock until the calling view is removed.
    pub fn provide() {
        let now = RwSignal::new(Date::now());
        provide_context(Self(now));
        let timer = set_interval_with_handle(move || now.set(Date::now()), CLOCK_PERIOD);
        on_cleanup(move || timer.into_iter().for_each(|timer| timer.clear()));
    }
}

/// When a resource was created, `at` as OpenStack writes it: without a time zone, meaning UTC. In a list how
/// long ago that was.
#[component]
pub fn CreatedAt(#[prop(into)] at: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_context::<Now>();
    let text = move || match now.and_then(|Now(now)| now.try_get()) {
        Some(now) => ago(i18n.get_locale(), &at.get(), now),
        None => time(i18n.get_locale(), &at.get(), Style::Minutes),
    };
    view! {
        <Time
            datetime=move || format!("{}Z", at.get())
            text
            title=move || time(i18n.get_locale(), &at.get(), Style::Seconds)
        />
    }
}
