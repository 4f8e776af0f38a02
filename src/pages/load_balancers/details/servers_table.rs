//! A table of servers of a server group, with their health. Only rows in view are drawn.

use super::{
    anchor::anchor_id,
    health_reason_text::health_reason_text,
    settings::{OpenSettings, SettingsButton, SettingsOf, SettingsSummary, server_settings},
    shown_graph::{ShownGraph, select},
    time_ago::TimeAgo,
};
use crate::{
    i18n::{
        I18nContext, Locale, TextFn,
        format::{Style, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::{list::Query, load_balancers::labels::endpoint_label},
    routes::ServerSort,
    store::metrics::{LastCheck, use_metrics},
    ui::{Cell, HeaderCell, OperatingBadge, Row, Table, Text, VirtualRows, text},
};
use leptos::prelude::*;
use openstack_types::{MemberId, OperatingStatus, PoolId, field, portal::MemberSummary};

#[derive(Clone, Copy)]
enum Column {
    Address,
    Port,
    Name,
    Weight,
    Health,
    LastCheck,
    Settings,
    Actions,
}

impl Column {
    fn name(self) -> TextFn {
        match self {
            Self::Address => |i18n| t_string!(i18n, details.private_ip),
            Self::Port => |i18n| t_string!(i18n, details.port),
            Self::Name => |i18n| t_string!(i18n, details.name),
            Self::Weight => |i18n| t_string!(i18n, details.weight),
            Self::Health => |i18n| t_string!(i18n, details.health),
            Self::LastCheck => |i18n| t_string!(i18n, details.last_check),
            Self::Settings => |i18n| t_string!(i18n, settings.column),
            Self::Actions => |i18n| t_string!(i18n, edit.actions),
        }
    }

    fn label(self, i18n: I18nContext<Locale>) -> Text {
        let name = self.name();
        text(move || name(i18n).to_owned())
    }
}

/// The columns that only some groups need. All rows have the same cells, so that they are equally high.
#[derive(Clone, Copy)]
struct Columns {
    name: Memo<bool>,
    settings: Memo<bool>,
}

#[component]
pub(super) fn ServersTable(
    shown: ShownGraph,
    group: PoolId,
    ids: Memo<Vec<MemberId>>,
    open_settings: OpenSettings,
    /// The search and sorting, if the user can choose them.
    #[prop(optional)]
    query: Option<Query<ServerSort>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let any = move |test: fn(&MemberSummary) -> bool| {
        let found = select(shown, move |graph| {
            let pool = graph.pools.iter().find(|one| one.pool.id == group);
            pool.is_some_and(|one| one.members.iter().any(test))
        });
        Memo::new(move |_| found.get() == Some(true))
    };
    let columns = Columns {
        name: any(|one| !field::is_blank(&one.name)),
        settings: any(|one| server_settings(one).iter().any(|setting| setting.is_shown_at_once())),
    };
    let header = move |column: Column, sort: ServerSort, numeric: bool| match query {
        None => view! { <HeaderCell label=column.label(i18n) numeric /> }.into_any(),
        Some(query) => query.header_cell(sort, column.name(), numeric),
    };
    // A new answer to the same search must not move the row under the pointer.
    let asked = text(move || query.map(Query::href).unwrap_or_default());
    view! {
        <div class="details-servers" class:details-named=move || columns.name.get()>
            <Table
                label=move || t_string!(i18n, details.servers).to_owned()
                row_count=Signal::derive(move || ids.with(Vec::len))
            >
                <thead>
                    <tr role="row">
                        {header(Column::Address, ServerSort::Address, false)}
                        <HeaderCell label=Column::Port.label(i18n) numeric=true />
                        <Show when=move || columns.name.get()>
                            <HeaderCell label=Column::Name.label(i18n) />
                        </Show>
                        {header(Column::Weight, ServerSort::Weight, true)}
                        {header(Column::Health, ServerSort::Health, false)}
                        <HeaderCell label=Column::LastCheck.label(i18n) />
                        <Show when=move || columns.settings.get()>
                            <HeaderCell label=Column::Settings.label(i18n) />
                        </Show>
                        <HeaderCell label=Column::Actions.label(i18n) hide_label=true />
                    </tr>
                </thead>
                <VirtualRows
                    keys=ids
                    asked
                    row=move |(id, index): (Signal<MemberId>, Signal<usize>)| {
                        server_row(shown, group, id.get_untracked(), index, columns, open_settings)
                    }
                />
            </Table>
        </div>
    }
}

fn server_row(
    shown: ShownGraph,
    group: PoolId,
    id: MemberId,
    index: Signal<usize>,
    columns: Columns,
    open_settings: OpenSettings,
) -> AnyView {
    let i18n = use_i18n();
    let server = Memo::new(move |previous: Option<&Option<MemberSummary>>| {
        let current = shown.with(|graph| {
            let pools = &graph.as_deref()?.pools;
            let pool = pools.iter().find(|pool| pool.pool.id == group)?;
            pool.members.iter().find(|member| member.id == id).cloned()
        });
        current.or_else(|| previous.cloned().flatten())
    });
    let field = move |field_text: fn(&MemberSummary) -> String| {
        Memo::new(move |_| server.with(|m| m.as_ref().map(field_text)).unwrap_or_default())
    };
    let address = field(|member| member.address.clone());
    let name = field(|member| member.name.clone());
    let weight = field(|member| member.weight.to_string());
    let endpoint = field(|member| endpoint_label(&member.address, member.protocol_port));
    let settings =
        Memo::new(move |_| server.with(|m| m.as_ref().map(server_settings)).unwrap_or_default());
    view! {
        <Row index>
            <Cell heading=true label=Column::Address.label(i18n)>
                <span
                    class="mono truncate"
                    id=anchor_id(id.0)
                    tabindex="-1"
                    title=move || address.get()
                >
                    {move || address.get()}
                </span>
            </Cell>
            <Cell numeric=true label=Column::Port.label(i18n)>
                {field(|member| member.protocol_port.to_string())}
            </Cell>
            <Show when=move || columns.name.get()>
                <Cell label=Column::Name.label(i18n)>
                    <span class="truncate" title=move || name.get()>
                        {move || match name.get() {
                            name if field::is_blank(&name) => "–".to_owned(),
                            name => name,
                        }}
                    </span>
                </Cell>
            </Show>
            <Cell numeric=true label=Column::Weight.label(i18n)>{move || weight.get()}</Cell>
            <Cell label=Column::Health.label(i18n)>
                <Health server id />
            </Cell>
            <Cell label=Column::LastCheck.label(i18n)>
                <LastCheckResult server id />
            </Cell>
            <Show when=move || columns.settings.get()>
                <Cell label=Column::Settings.label(i18n)>
                    <SettingsSummary settings single_line=true />
                </Cell>
            </Show>
            <Cell control=true>
                <SettingsButton name=endpoint of=SettingsOf::Server(group, id) open_settings />
            </Cell>
        </Row>
    }
    .into_any()
}

/// The status of a server, since when, and its open connections while it drains.
#[component]
fn Health(server: Memo<Option<MemberSummary>>, id: MemberId) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let operating =
        Memo::new(move |_| server.with(|m| m.as_ref().map(|m| m.operating_status.clone())));
    let since = Memo::new(move |_| server.with(|m| m.as_ref().and_then(|m| m.since.clone())));
    let disabled =
        Memo::new(move |_| server.with(|m| m.as_ref().is_some_and(|m| !m.admin_state_up)));
    let open_connections = Memo::new(move |_| {
        let is_draining = operating.with(|status| *status == Some(OperatingStatus::Draining));
        metrics.active(id).filter(|_| is_draining)
    });
    view! {
        <span class="details-health">
            {move || {
                operating
                    .get()
                    .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
            {move || {
                disabled.get()
                    .then(|| {
                        view! { <span class="muted">{t!(i18n, details.disabled)}</span> }
                    })
            }}
            {move || {
                open_connections.get()
                    .map(|count| {
                        let text = t_string!(i18n, details.open_connections, count = count);
                        view! { <span class="muted num">{text.to_string()}</span> }
                    })
            }}
            {move || {
                since.get().map(|at| view! { <span class="muted"><TimeAgo at /></span> })
            }}
        </span>
    }
}

/// Why a server is down, or the result of its last health check with duration and time.
#[component]
fn LastCheckResult(server: Memo<Option<MemberSummary>>, id: MemberId) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let state = Memo::new(move |_| {
        server.with(|m| m.as_ref().map(|m| (m.operating_status.clone(), m.reason.clone())))
    });
    let last = Memo::new(move |_| {
        // A server that is disabled or without a monitor is not checked any more.
        let is_checked = state.with(|state| {
            !matches!(state, Some((OperatingStatus::Offline | OperatingStatus::NoMonitor, _)))
        });
        metrics.last_check(id).filter(|_| is_checked)
    });
    let label = move |check: &LastCheck| {
        let result = health_reason_text(i18n, &check.result);
        match check.duration {
            Some(duration) => {
                let duration = t_string!(i18n, details.milliseconds, number = duration).to_string();
                t_string!(i18n, details.check_took, result = result, took = duration).to_string()
            }
            None => result,
        }
    };
    let reason = move || state.get().and_then(|(_, reason)| reason);
    move || match (last.get(), reason()) {
        (Some(check), _) => {
            let at = time_of_millis(i18n.get_locale(), check.at, Style::TimeOfDay);
            let text = label(&check);
            let title = text.clone();
            view! {
                <span class="details-check">
                    <span class="details-result" class:details-why=!check.passed title=title>
                        {text}
                    </span>
                    <span class="muted num">{at}</span>
                </span>
            }
            .into_any()
        }
        // A cloud, or a check before the page was opened.
        (None, Some(reason)) => {
            let text = health_reason_text(i18n, &reason);
            let title = text.clone();
            view! { <span class="details-result details-why" title=title>{text}</span> }.into_any()
        }
        (None, None) => view! { <span class="muted">"–"</span> }.into_any(),
    }
}
