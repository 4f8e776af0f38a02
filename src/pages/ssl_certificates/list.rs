//! `SSL Certificate Management`.

mod row;

use super::{delete::DeleteDialog, warning::warn_of_expiry};
use crate::{
    i18n::{
        errors,
        format::{Style, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::{
        list::{Create, Query, Selection, SelectionBar, Sight},
        page_title,
    },
    routes::{CertificateSort, Route, Sorting},
    store::{certificates::search, use_store},
    ui::{
        Art, Banner, Button, Checkbox, EmptyState, Glyph, HeaderCell, PageHeader, SearchInput,
        SkeletonRows, Table, TableMessage, Tone, VirtualRows, text,
    },
};
use leptos::prelude::*;
use openstack_types::SecretId;
use row::row;
pub(super) use row::{created_at, status};

type ListQuery = Query<CertificateSort>;
type Ticked = Selection<SecretId>;

/// A box, and one for each key.
const COLUMNS: usize = 1 + CertificateSort::ALL.len();

/// The list.
#[component]
pub fn CertificateList() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let certificates = store.certificates;
    let title = move || t_string!(i18n, common.ssl_certificate_management).to_owned();
    page_title(title);
    certificates.ensure_listed();
    warn_of_expiry(store, i18n);
    // For what uses them.
    store.load_balancers.ensure_listed();

    let query = Query::new(
        |route| match route {
            Route::SslCertificates(query) => Some(query),
            _ => None,
        },
        Route::SslCertificates,
    );
    let uses = Memo::new(move |_| store.load_balancers.certificate_uses());
    let shown: Memo<Vec<SecretId>> = Memo::new(move |_| {
        let query = query.now();
        certificates.with(|all| uses.with(|uses| search::view(all, uses, &query)))
    });
    let selection = Selection::new(shown);
    let deleting = RwSignal::new(Vec::<SecretId>::new());
    let sight = Memo::new(move |_| {
        let loading = certificates.loading();
        let all = certificates.with(<[_]>::len);
        let failed = loading.error.is_some();
        Sight::of(loading.busy, loading.listed, failed, all, shown.with(Vec::len))
    });
    let busy = Memo::new(move |_| certificates.loading().busy);
    let count = move || {
        let all = certificates.with(<[_]>::len);
        t_string!(i18n, load_balancers.shown, shown = shown.with(Vec::len), all = all).to_string()
    };
    let refresh = move || {
        certificates.list();
        store.load_balancers.list();
    };
    let no_delete =
        move || (!store.session.may_change()).then(|| t_string!(i18n, errors.read_only).to_owned());
    view! {
        <PageHeader
            title
            beside=move || {
                view! { <Show when=move || sight.get() == Sight::Rows>{count}</Show> }
            }
            sub=move || view! { <LastUpdated /> }
            actions=move || {
                view! {
                    <Button icon=Glyph::Refresh busy on_press=refresh>
                        {t!(i18n, common.refresh)}
                    </Button>
                    <Create to=Route::create_ssl_certificate() />
                }
            }
        />
        <Stale />
        <div class="list-tools">
            <SearchInput
                label=move || t_string!(i18n, certificates.search).to_owned()
                placeholder=move || t_string!(i18n, certificates.search_hint).to_owned()
                value=query.search
                on_input=move |typed: String| query.type_search(typed)
            />
            <SelectionBar
                selection
                reason=Signal::derive(no_delete)
                on_delete=move |ids| deleting.set(ids)
            />
        </div>
        <div class="certificate-table">
            <Table
                label=move || t_string!(i18n, certificates.table).to_owned()
                row_count=Signal::derive(move || shown.with(Vec::len))
                busy
            >
                <Header query selection />
                {move || match sight.get() {
                    Sight::Rows => view! {
                        <VirtualRows
                            keys=shown
                            reuse=true
                            row=move |(id, index)| row(id, index, selection, uses)
                        />
                    }
                    .into_any(),
                    other => nothing(other, query),
                }}
            </Table>
        </div>
        <DeleteDialog ids=deleting uses on_deleted=move |which| selection.going(which) />
    }
}

/// What stands in place of rows.
fn nothing(sight: Sight, query: ListQuery) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    match sight {
        Sight::Loading | Sight::Rows => view! { <SkeletonRows columns=COLUMNS /> }.into_any(),
        Sight::Empty => view! {
            <TableMessage columns=COLUMNS>
                <EmptyState
                    art=Art::Empty
                    title=move || t_string!(i18n, certificates.empty_title).to_owned()
                    text=text(move || t_string!(i18n, certificates.empty_text).to_owned())
                >
                    <Create to=Route::create_ssl_certificate() />
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
                <TableMessage columns=COLUMNS>
                    <EmptyState
                        art=Art::NoMatch
                        title
                        text=text(move || t_string!(i18n, certificates.no_match_text).to_owned())
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
                let error = store.certificates.loading().error;
                error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
            };
            view! {
                <TableMessage columns=COLUMNS>
                    <EmptyState
                        art=Art::Failed
                        title=move || t_string!(i18n, certificates.failed_title).to_owned()
                        text=text(reason)
                    >
                        <Button on_press=move || store.certificates.list()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    </EmptyState>
                </TableMessage>
            }
            .into_any()
        }
    }
}

/// Refreshing failed; what is shown is of before.
#[component]
fn Stale() -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    let failed = Memo::new(move |_| {
        let loading = certificates.loading();
        loading.error.filter(|_| loading.listed)
    });
    let busy = Memo::new(move |_| certificates.loading().busy);
    move || {
        failed.get().map(|error| {
            let words = move || {
                let reason = errors::explain(i18n, &error);
                t_string!(i18n, load_balancers.failed_stale, reason = reason).to_string()
            };
            view! {
                <Banner
                    tone=Tone::Error
                    action=move || {
                        view! {
                            <Button busy on_press=move || certificates.list()>
                                {t!(i18n, common.try_again)}
                            </Button>
                        }
                    }
                >
                    {words}
                </Banner>
            }
        })
    }
}

/// When the last news came.
#[component]
fn LastUpdated() -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    move || {
        certificates.updated().map(|millis| {
            let time = time_of_millis(i18n.get_locale(), millis, Style::TimeOfDay);
            t_string!(i18n, load_balancers.last_updated, time = time).to_string()
        })
    }
}

/// The headings, by which the list is sorted.
#[component]
fn Header(query: ListQuery, selection: Ticked) -> impl IntoView {
    let i18n = use_i18n();
    let heading = move |key: CertificateSort| {
        let label = move || {
            match key {
                CertificateSort::Name => t_string!(i18n, certificates.column_name),
                CertificateSort::State => t_string!(i18n, certificates.column_state),
                CertificateSort::Expires => t_string!(i18n, certificates.column_expires),
                CertificateSort::Domains => t_string!(i18n, certificates.column_domains),
                CertificateSort::UsedBy => t_string!(i18n, certificates.column_used_by),
                CertificateSort::CreatedAt => t_string!(i18n, certificates.column_created_at),
            }
            .to_owned()
        };
        view! { <HeaderCell label sort=query.order(key) on_sort=move || query.sort_by(key) /> }
            .into_any()
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
                {CertificateSort::ALL.iter().copied().map(heading).collect_view()}
            </tr>
        </thead>
    }
}
