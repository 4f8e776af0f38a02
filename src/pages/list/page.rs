//! The page of a list, whatever it lists: heading, search, table, and what stands there without rows.

use super::{Create, SelectAll, ViewState, Word};
use crate::{
    i18n::{
        errors,
        format::{Style, number, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::page_title,
    store::{Store, load_balancers::Loading, use_store},
    ui::{
        Art, Banner, Button, Checkbox, EmptyState, Glyph, HeaderCell, PageHeader, SearchInput,
        SkeletonRows, Table, TableMessage, Tone, text,
    },
};
use leptos::prelude::*;

/// What is listed: what the page says of it, and where it is known from.
pub struct Kind {
    /// The heading of the page.
    pub title: Word,
    /// The name of the search field.
    pub search: Word,
    /// What one may search for.
    pub search_hint: Word,
    /// The name of the table.
    pub table: Word,
    /// That there is nothing,
    pub empty_title: Word,
    /// and what is to be done about it.
    pub empty_text: Word,
    /// What may help where a search finds nothing.
    pub no_match_text: Word,
    /// That the list could not be read.
    pub failed_title: Word,
    /// Names its table to the style sheets.
    pub class: &'static str,
    /// How many cells a row has.
    pub cells: fn(Store) -> usize,
    /// How many there are.
    pub all: fn(Store) -> usize,
    /// How reading them stands.
    pub loading: fn(Store) -> Loading,
    /// Milliseconds since 1970 of the last news.
    pub updated: fn(Store) -> Option<f64>,
    /// Reads them anew.
    pub refresh: fn(Store),
    /// The address where one more is created.
    pub create: fn() -> String,
}

/// The page of a list. Nothing here knows what the rows are, so that it compiles once for all lists.
pub struct ListPage {
    /// What is listed.
    pub kind: &'static Kind,
    /// How many of them the search leaves.
    pub shown: Signal<usize>,
    /// What is searched for,
    pub search: RwSignal<String>,
    /// and takes what is typed there.
    pub type_search: Callback<String>,
    /// What can be done with the rows that are ticked.
    pub bar: AnyView,
    /// The box that ticks all,
    pub select_all: SelectAll,
    /// the headings after it,
    pub sorted: AnyView,
    /// and the name of a last column of menus.
    pub last: Option<Word>,
    /// Draws the rows.
    pub rows: ViewFn,
}

impl ListPage {
    /// Draws it.
    pub fn view(self) -> AnyView {
        let i18n = use_i18n();
        let store = use_store();
        let Self { kind, shown, search, type_search, bar, select_all, sorted, last, rows } = self;
        let word = move |word: Word| move || word(i18n).to_owned();
        page_title(word(kind.title));
        let view_state = Memo::new(move |_| {
            let Loading { busy, listed, error } = (kind.loading)(store);
            ViewState::of(busy, listed, error.is_some(), (kind.all)(store), shown.get())
        });
        let count = move || {
            // More may be on its way.
            let more = if (kind.loading)(store).listed { "" } else { "+" };
            let whole = |count: usize| number(i18n.get_locale(), count as f64, Style::Whole);
            let all = format!("{}{more}", whole((kind.all)(store)));
            t_string!(i18n, load_balancers.shown, shown = whole(shown.get()), all = all).to_string()
        };
        let updated = move || {
            (kind.updated)(store).map(|millis| {
                let time = time_of_millis(i18n.get_locale(), millis, Style::TimeOfDay);
                t_string!(i18n, load_balancers.last_updated, time = time).to_string()
            })
        };
        let all = move || t_string!(i18n, load_balancers.select_all).to_owned();
        let busy = busy(kind);
        let failed = Memo::new(move |_| {
            let Loading { listed, error, .. } = (kind.loading)(store);
            error.filter(|_| listed || (kind.all)(store) > 0)
        });
        // What is shown is of before.
        let stale = move || {
            failed.get().map(|error| {
                let words = move || {
                    let reason = errors::explain(i18n, &error);
                    t_string!(i18n, load_balancers.failed_stale, reason = reason).to_string()
                };
                view! {
                    <Banner tone=Tone::Error action=move || again(kind)>
                        {words}
                    </Banner>
                }
            })
        };
        view! {
            <PageHeader
                title=word(kind.title)
                beside=move || {
                    view! { <Show when=move || view_state.get() == ViewState::Rows>{count}</Show> }
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
            {stale}
            <div class="list-tools">
                <SearchInput
                    label=word(kind.search)
                    placeholder=word(kind.search_hint)
                    value=search
                    on_input=type_search
                />
                {bar}
            </div>
            <div class=kind.class>
                <Table label=word(kind.table) row_count=shown busy>
                    <thead>
                        <tr role="row" aria-rowindex="1">
                            <HeaderCell label=all hide_label=true>
                                <Checkbox
                                    label=all
                                    hide_label=true
                                    checked=select_all.all
                                    indeterminate=select_all.some
                                    on_change=select_all.tick
                                />
                            </HeaderCell>
                            {sorted}
                            {last.map(|last| view! { <HeaderCell label=word(last) hide_label=true /> })}
                        </tr>
                    </thead>
                    {move || match view_state.get() {
                        ViewState::Rows => rows.run(),
                        other => nothing(kind, other, search, type_search),
                    }}
                </Table>
            </div>
        }
        .into_any()
    }
}

fn busy(kind: &'static Kind) -> Memo<bool> {
    let store = use_store();
    Memo::new(move |_| (kind.loading)(store).busy)
}

fn again(kind: &'static Kind) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    view! {
        <Button busy=busy(kind) on_press=move || (kind.refresh)(store)>
            {t!(i18n, common.try_again)}
        </Button>
    }
    .into_any()
}

/// What stands in place of rows.
fn nothing(
    kind: &'static Kind,
    view_state: ViewState,
    search: RwSignal<String>,
    type_search: Callback<String>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let columns = (kind.cells)(store);
    let word = move |word: Word| text(move || word(i18n).to_owned());
    let (art, title, explained, action) = match view_state {
        ViewState::Loading | ViewState::Rows => {
            return view! { <SkeletonRows columns /> }.into_any();
        }
        ViewState::Empty => {
            let create = view! { <Create href=(kind.create)() /> }.into_any();
            (Art::Empty, word(kind.empty_title), word(kind.empty_text), create)
        }
        ViewState::NoMatch => {
            let title = text(move || {
                let search = search.get();
                t_string!(i18n, load_balancers.no_match_title, search = search.trim()).to_string()
            });
            let clear = view! {
                <Button on_press=move || type_search.run(String::new())>
                    {t!(i18n, load_balancers.clear_search)}
                </Button>
            };
            (Art::NoMatch, title, word(kind.no_match_text), clear.into_any())
        }
        ViewState::Failed => {
            let reason = text(move || {
                let error = (kind.loading)(store).error;
                error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
            });
            (Art::Failed, word(kind.failed_title), reason, again(kind))
        }
    };
    view! {
        <TableMessage columns>
            <EmptyState art title text=explained>
                {action}
            </EmptyState>
        </TableMessage>
    }
    .into_any()
}
