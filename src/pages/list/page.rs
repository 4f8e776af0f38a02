//! The page of a list, whatever it lists: heading, search, table, and what stands there without rows.

use super::{Column, Create, SelectAll, Sight, Word};
use crate::{
    i18n::{
        errors,
        format::{Style, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::page_title,
    routes::Route,
    store::load_balancers::Loading,
    ui::{
        Art, Banner, Button, Checkbox, EmptyState, Glyph, HeaderCell, PageHeader, SearchInput,
        SkeletonRows, Table, TableMessage, Tone, text,
    },
};
use leptos::prelude::*;

/// What a list says.
pub struct Words {
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
    /// The name of a last column of menus.
    pub actions: Option<Word>,
}

/// A list and what may be done with it. Nothing here knows what the rows are, so that it compiles once
/// for all lists.
#[derive(Clone, Copy)]
pub struct ListPage {
    /// What it says.
    pub words: &'static Words,
    /// Names its table to the style sheets.
    pub class: &'static str,
    /// How reading it stands.
    pub loading: Signal<Loading>,
    /// How many there are.
    pub all: Signal<usize>,
    /// How many of them the search leaves.
    pub shown: Signal<usize>,
    /// Milliseconds since 1970 of the last news.
    pub updated: Signal<Option<f64>>,
    /// Reads it anew.
    pub refresh: Callback<()>,
    /// Where one more is created.
    pub create: fn() -> Route,
    /// What is searched for,
    pub search: RwSignal<String>,
    /// and takes what is typed there.
    pub type_search: Callback<String>,
    /// The box that ticks all.
    pub select_all: SelectAll,
    /// The headings after it.
    pub columns: Callback<(), Vec<Column>>,
}

impl ListPage {
    /// Draws it; `bar` is what can be done with the rows that are ticked, `rows` draws them.
    pub fn view(self, bar: impl IntoView, rows: impl Into<ViewFn>) -> AnyView {
        self.around(bar.into_any(), rows.into())
    }

    fn around(self, bar: AnyView, rows: ViewFn) -> AnyView {
        let i18n = use_i18n();
        let Self { words, loading, all, shown, .. } = self;
        let word = move |word: Word| move || word(i18n).to_owned();
        page_title(word(words.title));
        let sight = Memo::new(move |_| {
            loading.with(|loading| {
                let failed = loading.error.is_some();
                Sight::of(loading.busy, loading.listed, failed, all.get(), shown.get())
            })
        });
        let busy = self.busy();
        let count = move || {
            // More may be on its way.
            let more = if loading.with(|loading| loading.listed) { "" } else { "+" };
            let all = format!("{}{more}", all.get());
            t_string!(i18n, load_balancers.shown, shown = shown.get(), all = all).to_string()
        };
        let updated = move || {
            self.updated.get().map(|millis| {
                let time = time_of_millis(i18n.get_locale(), millis, Style::TimeOfDay);
                t_string!(i18n, load_balancers.last_updated, time = time).to_string()
            })
        };
        view! {
            <PageHeader
                title=word(words.title)
                beside=move || {
                    view! { <Show when=move || sight.get() == Sight::Rows>{count}</Show> }
                }
                sub=move || updated
                actions=move || {
                    view! {
                        <Button icon=Glyph::Refresh busy on_press=self.refresh>
                            {t!(i18n, common.refresh)}
                        </Button>
                        <Create to=(self.create)() />
                    }
                }
            />
            {self.stale()}
            <div class="list-tools">
                <SearchInput
                    label=word(words.search)
                    placeholder=word(words.search_hint)
                    value=self.search
                    on_input=self.type_search
                />
                {bar}
            </div>
            <div class=self.class>
                <Table label=word(words.table) row_count=shown busy>
                    {self.header()}
                    {move || match sight.get() {
                        Sight::Rows => rows.run(),
                        other => self.nothing(other),
                    }}
                </Table>
            </div>
        }
        .into_any()
    }

    fn busy(self) -> Signal<bool> {
        Memo::new(move |_| self.loading.with(|loading| loading.busy)).into()
    }

    /// Reading it anew failed; what is shown is of before.
    fn stale(self) -> AnyView {
        let i18n = use_i18n();
        let failed = Memo::new(move |_| {
            self.loading.with(|loading| {
                let some = || loading.listed || self.all.get() > 0;
                loading.error.clone().filter(|_| some())
            })
        });
        (move || {
            failed.get().map(|error| {
                let words = move || {
                    let reason = errors::explain(i18n, &error);
                    t_string!(i18n, load_balancers.failed_stale, reason = reason).to_string()
                };
                view! {
                    <Banner tone=Tone::Error action=move || self.again()>
                        {words}
                    </Banner>
                }
            })
        })
        .into_any()
    }

    fn again(self) -> AnyView {
        let i18n = use_i18n();
        view! {
            <Button busy=self.busy() on_press=self.refresh>
                {t!(i18n, common.try_again)}
            </Button>
        }
        .into_any()
    }

    /// The headings, by which the list is sorted.
    fn header(self) -> AnyView {
        let i18n = use_i18n();
        let Self { columns, select_all, .. } = self;
        let heading = move |column: Column| {
            let label = move || (column.name)(i18n).to_owned();
            view! { <HeaderCell label sort=column.order on_sort=column.sort /> }.into_any()
        };
        let headings = move || columns.run(()).into_iter().map(heading).collect_view();
        let all = move || t_string!(i18n, load_balancers.select_all).to_owned();
        let actions = self.words.actions.map(|word| {
            view! { <HeaderCell label=move || word(i18n).to_owned() hide_label=true /> }
        });
        view! {
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
                    {headings}
                    {actions}
                </tr>
            </thead>
        }
        .into_any()
    }

    /// What stands in place of rows.
    fn nothing(self, sight: Sight) -> AnyView {
        let i18n = use_i18n();
        let Self { words, search, loading, .. } = self;
        let columns = 1 + self.columns.run(()).len() + usize::from(self.words.actions.is_some());
        let word = move |word: Word| text(move || word(i18n).to_owned());
        let (art, title, explained, action) = match sight {
            Sight::Loading | Sight::Rows => return view! { <SkeletonRows columns /> }.into_any(),
            Sight::Empty => {
                let create = view! { <Create to=(self.create)() /> }.into_any();
                (Art::Empty, word(words.empty_title), word(words.empty_text), create)
            }
            Sight::NoMatch => {
                let title = text(move || {
                    let search = search.get();
                    t_string!(i18n, load_balancers.no_match_title, search = search.trim())
                        .to_string()
                });
                let clear = view! {
                    <Button on_press=move || self.type_search.run(String::new())>
                        {t!(i18n, load_balancers.clear_search)}
                    </Button>
                };
                (Art::NoMatch, title, word(words.no_match_text), clear.into_any())
            }
            Sight::Failed => {
                let reason = text(move || {
                    let error = loading.with(|loading| loading.error.clone());
                    error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
                });
                (Art::Failed, word(words.failed_title), reason, self.again())
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
}
