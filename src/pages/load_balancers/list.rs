//! `Load Balancer Management`.

mod row;

use super::Deleting;
use crate::{
    i18n::{
        errors,
        format::{Style, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::{
        list::{Query, Selection, SelectionBar, Sight},
        page_title,
    },
    routes::{Route, SortKey, Sorting},
    store::{search, use_store},
    ui::{
        Art, Banner, Button, ButtonKind, Checkbox, EmptyState, Glyph, HeaderCell, LinkButton,
        PageHeader, SearchInput, SkeletonRows, Table, TableMessage, Tone, VirtualRows, text,
    },
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, rules::may_delete};
use row::row;

type ListQuery = Query<SortKey>;
type Ticked = Selection<LoadBalancerId>;

/// The list.
#[component]
pub fn LoadBalancerList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let balancers = store.load_balancers;
    let title = move || t_string!(i18n, load_balancers.title).to_owned();
    page_title(title);
    balancers.ensure_listed();

    let query = Query::new(
        |route| match route {
            Route::LoadBalancers(query) => Some(query),
            _ => None,
        },
        Route::LoadBalancers,
    );
    let shown: Memo<Vec<LoadBalancerId>> = Memo::new(move |_| {
        let query = query.now();
        balancers.with_rows(|rows| {
            search::view(rows, &query).into_iter().map(|index| rows[index as usize].id).collect()
        })
    });
    let selection = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<LoadBalancerId>::new());
    let sight = Memo::new(move |_| {
        let loading = balancers.loading();
        let all = balancers.with_rows(<[_]>::len);
        let failed = loading.error.is_some();
        Sight::of(loading.busy, loading.listed, failed, all, shown.with(Vec::len))
    });
    let busy = Memo::new(move |_| balancers.loading().busy);
    let count = move || {
        let all = balancers.with_rows(<[_]>::len);
        // More may be on its way.
        let more = if balancers.loading().listed { "" } else { "+" };
        let all = format!("{all}{more}");
        t_string!(i18n, load_balancers.shown, shown = shown.with(Vec::len), all = all).to_string()
    };
    let refreshing_failed = Memo::new(move |_| {
        let loading = balancers.loading();
        loading.error.filter(|_| loading.listed || balancers.with_rows(|rows| !rows.is_empty()))
    });
    let read_only = Memo::new(move |_| !store.session.may_change());
    let no_delete = move || {
        if read_only.get() {
            return Some(t_string!(i18n, errors.read_only).to_owned());
        }
        let deletable = selection.any(|id| {
            let row = balancers.row(id);
            row.is_some_and(|row| may_delete(&row.provisioning).is_ok())
        });
        (!deletable).then(|| t_string!(i18n, errors.pending).to_owned())
    };
    let ask_delete = Callback::new(move |ids: Vec<LoadBalancerId>| deleting.set(ids));

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
                reason=Signal::derive(no_delete)
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
        <Deleting ids=deleting on_deleted=move |which| selection.going(which) />
    }
}

/// The four sights of a list, and the rows.
fn body(
    sight: Sight,
    shown: Memo<Vec<LoadBalancerId>>,
    query: ListQuery,
    selection: Ticked,
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
                reuse=true
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

/// Leads to the wizard. The other lists share one; this one, in the first download, weighs less.
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
fn Header(query: ListQuery, selection: Ticked) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
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
        view! { <HeaderCell label sort=query.order(key) on_sort=move || query.sort_by(key) /> }
            .into_any()
    };
    let columns = move || {
        let known = store.features().created_by;
        let all =
            SortKey::ALL.iter().copied().filter(move |key| known || *key != SortKey::CreatedBy);
        all.map(heading).collect_view()
    };
    let select_all = move || t_string!(i18n, load_balancers.select_all).to_owned();
    view! {
        <thead>
            <tr role="row" aria-rowindex="1">
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
