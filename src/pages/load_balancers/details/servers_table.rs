//! The table of the servers of a server group, with their health.

use super::{anchor::anchor_id, health_reason_text::health_reason_text, shown_graph::ShownGraph};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{Style, time, time_of_millis},
        t, t_string, use_i18n,
    },
    store::metrics::{LastCheck, use_metrics},
    ui::{Cell, HeaderCell, OperatingBadge, Row, Table, Text, text},
};
use leptos::prelude::*;
use openstack_types::{MemberId, OperatingStatus, PoolId, portal::MemberSummary};

#[derive(Clone, Copy)]
enum Column {
    Address,
    Port,
    Weight,
    Backup,
    Health,
    LastCheck,
}

impl Column {
    fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Address => t_string!(i18n, details.private_ip),
                Self::Port => t_string!(i18n, details.port),
                Self::Weight => t_string!(i18n, details.weight),
                Self::Backup => t_string!(i18n, details.backup),
                Self::Health => t_string!(i18n, details.health),
                Self::LastCheck => t_string!(i18n, details.last_check),
            }
            .to_owned()
        })
    }
}

#[component]
pub(super) fn ServersTable(
    shown: ShownGraph,
    pool_id: PoolId,
    ids: Memo<Vec<MemberId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    // A cloud reports no checks, and a group without a health monitor has none.
    let has_checks = Memo::new(move |_| {
        metrics.with(|history| ids.with(|ids| ids.iter().any(|id| history.check(*id).is_some())))
    });
    view! {
        <Table label=move || t_string!(i18n, details.servers).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=Column::Address.label(i18n) />
                    <HeaderCell label=Column::Port.label(i18n) numeric=true />
                    <HeaderCell label=Column::Weight.label(i18n) numeric=true />
                    <HeaderCell label=Column::Backup.label(i18n) />
                    <HeaderCell label=Column::Health.label(i18n) />
                    <Show when=move || has_checks.get()>
                        <HeaderCell label=Column::LastCheck.label(i18n) />
                    </Show>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || ids.get() key=|id| *id let:id>
                    {server_row(shown, pool_id, id, has_checks)}
                </For>
            </tbody>
        </Table>
    }
}

fn server_row(shown: ShownGraph, pool_id: PoolId, id: MemberId, has_checks: Memo<bool>) -> AnyView {
    let i18n = use_i18n();
    let server = Memo::new(move |previous: Option<&Option<MemberSummary>>| {
        let current = shown.with(|graph| {
            let pools = &graph.as_deref()?.pools;
            let pool = pools.iter().find(|pool| pool.pool.id == pool_id)?;
            pool.members.iter().find(|member| member.id == id).cloned()
        });
        current.or_else(|| previous.cloned().flatten())
    });
    let field = move |field_text: fn(&MemberSummary) -> String| {
        move || server.with(|member| member.as_ref().map(field_text))
    };
    let backup = Memo::new(move |_| server.with(|m| m.as_ref().is_some_and(|m| m.backup)));
    let name = Memo::new(move |_| {
        server.with(|m| m.as_ref().map(|m| m.name.clone())).filter(|name| !name.is_empty())
    });
    view! {
        <Row>
            <Cell heading=true label=Column::Address.label(i18n)>
                <span class="mono" id=anchor_id(id.0) tabindex="-1">
                    {field(|member| member.address.clone())}
                </span>
                {move || {
                    name.get()
                        .map(|name| {
                            let title = name.clone();
                            view! { <span class="details-note" title=title>{name}</span> }
                        })
                }}
            </Cell>
            <Cell numeric=true label=Column::Port.label(i18n)>{field(|member| member.protocol_port.to_string())}</Cell>
            <Cell numeric=true label=Column::Weight.label(i18n)>{field(|member| member.weight.to_string())}</Cell>
            <Cell label=Column::Backup.label(i18n)>
                {move || {
                    if backup.get() {
                        t_string!(i18n, create.yes)
                    } else {
                        t_string!(i18n, create.no)
                    }
                }}
            </Cell>
            <Cell label=Column::Health.label(i18n)>
                <Health server id />
            </Cell>
            <Show when=move || has_checks.get()>
                <Cell label=Column::LastCheck.label(i18n)><LastCheckResult server id /></Cell>
            </Show>
        </Row>
    }
    .into_any()
}

/// The health of a server: status, reason, since when, and open connections while it drains.
#[component]
fn Health(server: Memo<Option<MemberSummary>>, id: MemberId) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let operating =
        Memo::new(move |_| server.with(|m| m.as_ref().map(|m| m.operating_status.clone())));
    let reason = Memo::new(move |_| server.with(|m| m.as_ref().and_then(|m| m.reason.clone())));
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
                        view! { <span class="muted">{t!(i18n, details.switched_off)}</span> }
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
                reason.get()
                    .map(|reason| {
                        let text = health_reason_text(i18n, &reason);
                        view! { <span class="details-why">{text}</span> }
                    })
            }}
            {move || {
                since
                    .get()
                    .map(|since| {
                        let at = time(i18n.get_locale(), &since, Style::Seconds);
                        let text = t_string!(i18n, details.since, time = at).to_string();
                        view! { <span class="muted num">{text}</span> }
                    })
            }}
        </span>
    }
}

/// Result, duration and time of the last health check.
#[component]
fn LastCheckResult(server: Memo<Option<MemberSummary>>, id: MemberId) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let last = Memo::new(move |_| {
        // A server that is disabled or without a monitor is not checked any more.
        let is_checked = server.with(|server| {
            let status = server.as_ref().map(|server| &server.operating_status);
            !matches!(status, Some(OperatingStatus::Offline | OperatingStatus::NoMonitor))
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
    move || {
        last.get().map(|check| {
            let at = time_of_millis(i18n.get_locale(), check.at, Style::TimeOfDay);
            view! {
                <span class="details-check">
                    <span class:details-why=!check.passed>{label(&check)}</span>
                    <span class="muted num">{at}</span>
                </span>
            }
        })
    }
}
