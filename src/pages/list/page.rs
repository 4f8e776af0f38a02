//! The page of a list: heading, search, selection, table, and what is shown in place of rows.

use super::{
    create::Create,
    kind::{Columns, ListKind},
    query::Query,
    row::Now,
    selection::{SelectAll, Selection},
    tools::Tools,
    view_state::ViewState,
};
use crate::{
    i18n::{
        TextFn, errors,
        format::{Style, number, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::browser::page_title,
    routes::Sorting,
    store::{loading::Loading, use_store},
    ui::{
        Art, Banner, Button, Checkbox, EmptyState, Glyph, HeaderCell, PageHeader, SearchInput,
        SkeletonRows, Table, TableMessage, Tone, VirtualRows, text,
    },
};
use leptos::prelude::*;
use std::hash::Hash;

pub struct ListPage<I: Send + Sync + 'static, K: Send + Sync + 'static> {
    pub kind: &'static ListKind,
    pub columns: &'static Columns<K>,
    pub query: Query<K>,
    /// The ids of the rows that match the search, sorted.
    pub shown: Memo<Vec<I>>,
    pub selection: Selection<I>,
    /// Takes the rows that the user asks to delete.
    pub deleting: RwSignal<Vec<I>>,
    /// Why the selected rows cannot be deleted.
    pub delete_refusal: Signal<Option<String>>,
    /// Draws a row, given its id and its place among all.
    pub row: Callback<(Signal<I>, Signal<usize>), AnyView>,
}

impl<I, K> ListPage<I, K>
where
    I: Copy + Eq + Hash + Send + Sync + 'static,
    K: Sorting + Send + Sync,
{
    pub fn view(self) -> AnyView {
        let store = use_store();
        let Self { kind, columns, query, shown, selection, deleting, delete_refusal, row } = self;
        let cells = move || 1 + (columns.keys)(store).len() + usize::from(columns.menu.is_some());
        let headers = move || {
            let keys = (columns.keys)(store).into_iter();
            keys.map(|key| query.header_cell(key, (columns.name)(key), false)).collect_view()
        };
        let rows = move || {
            view! { <VirtualRows keys=shown reuse=true asked=move || query.href() row /> }
        };
        let sort_keys = move || {
            let keys = (columns.keys)(store).into_iter();
            keys.map(|key| (key.as_str(), (columns.name)(key))).collect()
        };
        let tools = Tools {
            filter: Callback::new(move |filter| query.filter(filter)),
            set_filter: Callback::new(move |(filter, value): (usize, String)| {
                query.set_filter(filter, &value);
            }),
            sorting: Signal::derive(move || query.sorting().0.as_str().to_owned()),
            sort: Callback::new(move |key: String| query.sort_first(&key)),
            sort_keys: Signal::derive(sort_keys),
            clear: Callback::new(move |()| query.clear()),
        };
        Parts {
            kind,
            tools,
            cells: Signal::derive(cells),
            shown: Signal::derive(move || shown.with(Vec::len)),
            search: query.search,
            set_search: Callback::new(move |typed| query.set_search(typed)),
            bar: selection.bar(delete_refusal, deleting),
            select_all: selection.select_all(),
            headers: headers.into_any(),
            menu: columns.menu,
            rows: rows.into(),
        }
        .view()
    }
}

/// The page without its type parameters, so that it compiles once for all lists.
struct Parts {
    kind: &'static ListKind,
    tools: Tools,
    /// How many cells a row has.
    cells: Signal<usize>,
    /// How many resources match the search.
    shown: Signal<usize>,
    search: RwSignal<String>,
    set_search: Callback<String>,
    bar: AnyView,
    select_all: SelectAll,
    headers: AnyView,
    menu: Option<TextFn>,
    rows: ViewFn,
}

impl Parts {
    fn view(self) -> AnyView {
        let i18n = use_i18n();
        let store = use_store();
        let Self {
            kind,
            tools,
            cells,
            shown,
            search,
            set_search,
            bar,
            select_all,
            headers,
            menu,
            rows,
        } = self;
        let in_language = move |text: TextFn| move || text(i18n).to_owned();
        Now::provide();
        page_title(in_language(kind.title));
        let view_state = Memo::new(move |_| {
            let Loading { busy, listed, error } = (kind.loading)(store);
            ViewState::of(busy, listed, error.is_some(), (kind.total)(store), shown.get())
        });
        let busy = busy(kind);
        view! {
            {header(kind, view_state, shown)}
            {stale(kind)}
            <div class="list-tools">
                <SearchInput
                    label=in_language(kind.search)
                    placeholder=in_language(kind.search_hint)
                    value=search
                    on_input=set_search
                />
                {tools.view(kind)}
                {bar}
            </div>
            <div class=kind.class>
                <Table label=in_language(kind.table) row_count=shown busy>
                    <thead>
                        <tr role="row" aria-rowindex="1">
                            {select_all_cell(select_all)}
                            {headers}
                            {menu.map(|name| view! { <HeaderCell label=in_language(name) hide_label=true /> })}
                        </tr>
                    </thead>
                    {move || match view_state.get() {
                        ViewState::Rows => rows.run(),
                        other => in_place_of_rows(kind, other, cells.get(), search, tools.clear),
                    }}
                </Table>
            </div>
        }
        .into_any()
    }
}

/// The heading, with counts, the time of the last news, and the buttons of the page.
fn header(kind: &'static ListKind, view_state: Memo<ViewState>, shown: Signal<usize>) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let count = move || {
        // More may arrive while the list is incomplete.
        let more = if (kind.loading)(store).listed { "" } else { "+" };
        let whole = |count: usize| number(i18n.get_locale(), count as f64, Style::Whole);
        let all = format!("{}{more}", whole((kind.total)(store)));
        t_string!(i18n, load_balancers.shown_count, shown = whole(shown.get()), all = all)
    };
    let updated = move || {
        (kind.updated)(store).map(|millis| {
            let time = time_of_millis(i18n.get_locale(), millis, Style::TimeOfDay);
            t_string!(i18n, load_balancers.last_updated, time = time)
        })
    };
    let busy = busy(kind);
    view! {
        <PageHeader
            title=move || (kind.title)(i18n).to_owned()
            beside=move || {
                view! { <Show when=move || {
                    matches!(view_state.get(), ViewState::Rows | ViewState::NoMatch)
                }>{count}</Show> }
            }
            sub=move || updated
            actions=move || {
                view! {
                    <Button icon=Glyph::Refresh busy on_press=move || (kind.refresh)(store)>
                        {t!(i18n, common.refresh)}
                    </Button>
                    <Create href=(kind.create)() />
                }
            }
        />
    }
    .into_any()
}

/// Says that a refresh failed and that the rows may be out of date.
fn stale(kind: &'static ListKind) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let failed = Memo::new(move |_| {
        let Loading { listed, error, .. } = (kind.loading)(store);
        error.filter(|_| listed || (kind.total)(store) > 0)
    });
    move || {
        failed.get().map(|error| {
            let message = move || {
                let reason = errors::explain(i18n, &error);
                t_string!(i18n, load_balancers.failed_stale, reason = reason)
            };
            view! {
                <Banner tone=Tone::Error action=move || try_again(kind)>
                    {message}
                </Banner>
            }
        })
    }
}

fn select_all_cell(select_all: SelectAll) -> AnyView {
    let i18n = use_i18n();
    let label = move || t_string!(i18n, load_balancers.select_all).to_owned();
    view! {
        <HeaderCell label hide_label=true>
            <Checkbox
                label
                hide_label=true
                checked=select_all.all
                indeterminate=select_all.some
                disabled=select_all.none_shown
                on_change=select_all.on_change
            />
        </HeaderCell>
    }
    .into_any()
}

fn busy(kind: &'static ListKind) -> Memo<bool> {
    let store = use_store();
    Memo::new(move |_| (kind.loading)(store).busy)
}

fn try_again(kind: &'static ListKind) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    view! {
        <Button busy=busy(kind) on_press=move || (kind.refresh)(store)>
            {t!(i18n, common.try_again)}
        </Button>
    }
    .into_any()
}

fn in_place_of_rows(
    kind: &'static ListKind,
    view_state: ViewState,
    columns: usize,
    search: RwSignal<String>,
    clear: Callback<()>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let in_language = move |key: TextFn| text(move || key(i18n).to_owned());
    let (art, title, explanation, action) = match view_state {
        ViewState::Loading | ViewState::Rows => {
            return view! { <SkeletonRows columns /> }.into_any();
        }
        ViewState::Empty => {
            let create = view! { <Create href=(kind.create)() /> }.into_any();
            (Art::Empty, in_language(kind.empty_title), in_language(kind.empty_text), create)
        }
        ViewState::NoMatch => {
            let title = text(move || {
                let search = search.get();
                match search.trim() {
                    "" => t_string!(i18n, load_balancers.no_filter_match).to_owned(),
                    search => t_string!(i18n, load_balancers.no_match_title, search = search),
                }
            });
            let clear = view! {
                <Button on_press=clear>
                    {t!(i18n, load_balancers.clear_search)}
                </Button>
            };
            (Art::NoMatch, title, in_language(kind.no_match_text), clear.into_any())
        }
        ViewState::Failed => {
            let reason = text(move || {
                let error = (kind.loading)(store).error;
                error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
            });
            (Art::Failed, in_language(kind.failed_title), reason, try_again(kind))
        }
    };
    view! {
        <TableMessage columns>
            <EmptyState art title text=explanation>
                {action}
            </EmptyState>
        </TableMessage>
    }
    .into_any()
}
