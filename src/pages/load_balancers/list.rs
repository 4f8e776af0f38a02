//! `Load Balancer Management`.

mod row;
mod selection;
mod sight;

use super::Deleting;
use crate::{
    i18n::{
        errors,
        format::{Style, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::{page_title, use_place},
    routes::{Direction, ListQuery, Route, SortKey},
    store::{search, use_store},
    ui::{
        Art, Banner, Button, ButtonKind, Checkbox, EmptyState, Glyph, HeaderCell, LinkButton,
        PageHeader, SearchInput, SkeletonRows, Sort, Table, TableMessage, Tone, VirtualRows, text,
    },
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::LoadBalancerId;
use row::row;
use selection::{Selection, SelectionBar};
use sight::Sight;
use std::time::Duration;

/// Browsers refuse to change the address more than some three times a second.
const ADDRESS_DELAY: Duration = Duration::from_millis(400);

/// What the list shows, as the address says it.
#[derive(Clone, Copy)]
struct Query {
    /// What is typed; the address follows a moment later.
    search: RwSignal<String>,
    address: Memo<ListQuery>,
    go: Callback<(ListQuery, bool)>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Query {
    fn new() -> Self {
        let place = use_place();
        let address = Memo::new(move |before: Option<&ListQuery>| {
            place.with(|place| match &place.route {
                Some(Route::LoadBalancers(query)) => query.clone(),
                // On the way to another page the list stays as it is.
                _ => before.cloned().unwrap_or_default(),
            })
        });
        let search = RwSignal::new(address.with_untracked(|query| query.search.clone()));
        // The back button changes the address under the search field.
        Effect::new(move |before: Option<String>| {
            let now = address.with(|query| query.search.clone());
            if before.is_some_and(|before| before != now)
                && search.with_untracked(|typed| typed.trim() != now)
            {
                search.set(now.clone());
            }
            now
        });
        let navigate = use_navigate();
        let go = Callback::new(move |(query, replace): (ListQuery, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..Default::default() };
            navigate(&Route::LoadBalancers(query).href(), options);
        });
        let query = Self { search, address, go, timer: StoredValue::new(None) };
        on_cleanup(move || query.stop_timer());
        query
    }

    /// What is shown now.
    fn now(self) -> ListQuery {
        let search = self.search.get();
        self.address.with(|query| ListQuery { search, ..query.clone() })
    }

    fn type_search(self, text: String) {
        self.search.set(text);
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.write_address(), ADDRESS_DELAY);
        self.timer.set_value(timer.ok());
    }

    /// Typing is no step that the back button goes back over.
    fn write_address(self) {
        let search = self.search.get_untracked().trim().to_owned();
        let address = self.address.get_untracked();
        if address.search != search {
            self.go.run((ListQuery { search, ..address }, true));
        }
    }

    fn sort_by(self, key: SortKey) {
        self.stop_timer();
        let search = self.search.get_untracked().trim().to_owned();
        let query = ListQuery { search, ..self.address.get_untracked() };
        self.go.run((query.sorted_by(key), false));
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// The list.
#[component]
pub fn LoadBalancerList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let balancers = store.load_balancers;
    let title = move || t_string!(i18n, load_balancers.title).to_owned();
    page_title(title);
    balancers.ensure_listed();

    let query = Query::new();
    let shown: Memo<Vec<LoadBalancerId>> = Memo::new(move |_| {
        let query = query.now();
        balancers.with_rows(|rows| {
            search::view(rows, &query).into_iter().map(|index| rows[index as usize].id).collect()
        })
    });
    let selection = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<LoadBalancerId>::new());
    let sight = sight::of(balancers, shown);
    let busy = Memo::new(move |_| balancers.loading().busy);
    let count = move || {
        let all = balancers.with_rows(<[_]>::len);
        t_string!(i18n, load_balancers.shown, shown = shown.with(Vec::len), all = all).to_string()
    };
    let refreshing_failed = Memo::new(move |_| {
        let loading = balancers.loading();
        loading.error.filter(|_| loading.listed)
    });
    let read_only = Memo::new(move |_| !store.session.may_change());
    let ask_delete = Callback::new(move |ids: Vec<LoadBalancerId>| deleting.set(ids));
    let deleted = Callback::new(move |ids: Vec<LoadBalancerId>| selection.drop_all(&ids));

    view! {
        <PageHeader
            title
            beside=move || {
                view! { <Show when=move || sight.get() == Sight::Rows>{count}</Show> }
            }
            sub=move || view! { <LastUpdated /> }
            actions=move || {
                view! {
                    <Button icon=Glyph::Refresh busy on_press=move || balancers.list()>
                        {t!(i18n, common.refresh)}
                    </Button>
                    <Create read_only />
                }
            }
        />
        {move || {
            refreshing_failed
                .get()
                .map(|error| {
                    let reason = move || errors::explain(i18n, &error);
                    view! {
                        <Banner
                            tone=Tone::Error
                            action=move || {
                                view! {
                                    <Button busy on_press=move || balancers.list()>
                                        {t!(i18n, common.try_again)}
                                    </Button>
                                }
                            }
                        >
                            {move || {
                                t_string!(i18n, load_balancers.failed_stale, reason = reason())
                                    .to_string()
                            }}
                        </Banner>
                    }
                })
        }}
        <div class="list-tools">
            <SearchInput
                label=move || t_string!(i18n, load_balancers.search).to_owned()
                placeholder=move || t_string!(i18n, load_balancers.search_hint).to_owned()
                value=query.search
                on_input=move |typed: String| query.type_search(typed)
            />
            <SelectionBar
                selection
                read_only
                on_delete=ask_delete
            />
        </div>
        <div class="list-table">
        <Table
            label=move || t_string!(i18n, load_balancers.table).to_owned()
            row_count=Signal::derive(move || shown.with(Vec::len))
            busy
        >
            <Header query selection />
            {move || body(sight.get(), shown, query, selection, deleting)}
        </Table>
        </div>
        <Deleting ids=deleting on_deleted=deleted />
    }
}

/// The four sights of a list, and the rows.
fn body(
    sight: Sight,
    shown: Memo<Vec<LoadBalancerId>>,
    query: Query,
    selection: Selection,
    deleting: RwSignal<Vec<LoadBalancerId>>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let columns = if store.features().created_by { 10 } else { 9 };
    match sight {
        Sight::Loading => view! { <SkeletonRows columns /> }.into_any(),
        Sight::Rows => view! {
            <VirtualRows
                keys=shown
                row=move |(id, index)| row(id, index, selection, deleting)
            />
        }
        .into_any(),
        Sight::Empty => view! {
            <TableMessage columns>
                <EmptyState
                    art=Art::Empty
                    title=move || t_string!(i18n, load_balancers.empty_title).to_owned()
                    text=text(move || t_string!(i18n, load_balancers.empty_text).to_owned())
                >
                    <Create read_only=Memo::new(move |_| !store.session.may_change()) />
                </EmptyState>
            </TableMessage>
        }
        .into_any(),
        Sight::NoMatch => {
            let title = move || {
                let search = query.search.get();
                t_string!(i18n, load_balancers.no_match_title, search = search.trim()).to_string()
            };
            view! {
                <TableMessage columns>
                    <EmptyState
                        art=Art::NoMatch
                        title
                        text=text(move || t_string!(i18n, load_balancers.no_match_text).to_owned())
                    >
                        <Button on_press=move || query.type_search(String::new())>
                            {t!(i18n, load_balancers.clear_search)}
                        </Button>
                    </EmptyState>
                </TableMessage>
            }
            .into_any()
        }
        Sight::Failed => {
            let reason = move || {
                let error = store.load_balancers.loading().error;
                error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
            };
            view! {
                <TableMessage columns>
                    <EmptyState
                        art=Art::Failed
                        title=move || t_string!(i18n, load_balancers.failed_title).to_owned()
                        text=text(reason)
                    >
                        <Button on_press=move || store.load_balancers.list()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    </EmptyState>
                </TableMessage>
            }
            .into_any()
        }
    }
}

/// Leads to the wizard.
#[component]
fn Create(read_only: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        if read_only.get() {
            let reason = move || Some(t_string!(i18n, errors.read_only).to_owned());
            view! {
                <Button kind=ButtonKind::Primary disabled_reason=reason>
                    {t!(i18n, common.create_plus)}
                </Button>
            }
            .into_any()
        } else {
            view! {
                <LinkButton kind=ButtonKind::Primary href=Route::create().href()>
                    {t!(i18n, common.create_plus)}
                </LinkButton>
            }
            .into_any()
        }
    }
}

/// When the last news came.
#[component]
fn LastUpdated() -> impl IntoView {
    let i18n = use_i18n();
    let balancers = use_store().load_balancers;
    move || {
        balancers.updated().map(|millis| {
            let time = time_of_millis(i18n.get_locale(), millis, Style::TimeOfDay);
            t_string!(i18n, load_balancers.last_updated, time = time).to_string()
        })
    }
}

/// The headings, by which the list is sorted.
#[component]
fn Header(query: Query, selection: Selection) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let sort = move |key: SortKey| {
        Signal::derive(move || {
            query.address.with(|query| {
                (query.sort == key).then_some(match query.direction {
                    Direction::Ascending => Sort::Ascending,
                    Direction::Descending => Sort::Descending,
                })
            })
        })
    };
    let heading = move |key: SortKey| {
        let label = move || {
            match key {
                SortKey::Name => t_string!(i18n, load_balancers.column_name),
                SortKey::State => t_string!(i18n, load_balancers.column_state),
                SortKey::Type => t_string!(i18n, load_balancers.column_type),
                SortKey::Vip => t_string!(i18n, load_balancers.column_vip),
                SortKey::Listeners => t_string!(i18n, load_balancers.column_listeners),
                SortKey::Servers => t_string!(i18n, load_balancers.column_servers),
                SortKey::CreatedAt => t_string!(i18n, load_balancers.column_created_at),
                SortKey::CreatedBy => t_string!(i18n, load_balancers.column_created_by),
            }
            .to_owned()
        };
        view! { <HeaderCell label sort=sort(key) on_sort=move || query.sort_by(key) /> }.into_any()
    };
    let columns = move || {
        let known = store.features().created_by;
        let all = SortKey::ALL.into_iter().filter(move |key| known || *key != SortKey::CreatedBy);
        all.map(heading).collect_view()
    };
    let select_all = move || t_string!(i18n, load_balancers.select_all).to_owned();
    view! {
        <thead>
            <tr role="row">
                <HeaderCell label=select_all hide_label=true>
                    <Checkbox
                        label=select_all
                        hide_label=true
                        checked=selection.all()
                        indeterminate=selection.some()
                        on_change=move |ticked: bool| selection.set_all(ticked)
                    />
                </HeaderCell>
                {columns}
                <HeaderCell
                    label=move || t_string!(i18n, load_balancers.column_actions).to_owned()
                    hide_label=true
                />
            </tr>
        </thead>
    }
}
