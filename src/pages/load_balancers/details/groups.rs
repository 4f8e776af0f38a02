//! Server groups, each with its servers and their live health.

use super::{Shown, anchor_id, health_reason_text::health_reason_text, piece};
use crate::{
    i18n::{
        format::{Style, time, time_of_millis},
        t, t_string, use_i18n,
    },
    pages::load_balancers::form::method::method_label,
    store::{
        Graph, PoolGraph,
        metrics::{LastCheck, use_metrics},
    },
    ui::{
        Cell, CodeBlock, Definition, Definitions, HeaderCell, OperatingBadge, Row, Table, Text,
        text,
    },
};
use leptos::prelude::*;
use openstack_types::{MemberId, OperatingStatus, PoolId, portal::MemberSummary};

/// One after the other, each headed by its name.
#[component]
pub(super) fn Groups(shown: Shown) -> impl IntoView {
    let ids = piece(shown, |graph| graph.pools.iter().map(|p| p.pool.id).collect::<Vec<_>>());
    view! {
        <For each=move || ids.get().unwrap_or_default() key=|id| *id let:id>
            <Group shown id />
        </For>
    }
}

fn pool(graph: &Graph, id: PoolId) -> Option<&PoolGraph> {
    graph.pools.iter().find(|pool| pool.pool.id == id)
}

#[component]
fn Group(shown: Shown, id: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    let of = move |work: fn(&PoolGraph) -> String| {
        let found = piece(shown, move |graph| pool(graph, id).map(work));
        Memo::new(move |_| found.get().flatten().unwrap_or_default())
    };
    let name = of(|pool| pool.pool.name.clone());
    let method = piece(shown, move |graph| pool(graph, id).map(|p| p.pool.lb_algorithm.clone()));
    let protocol = of(|pool| pool.pool.protocol.to_string());
    let kept = of(|pool| match &pool.pool.session_persistence {
        None => String::new(),
        Some(kept) => match &kept.cookie_name {
            Some(cookie) => format!("{} · {cookie}", kept.kind),
            None => kept.kind.to_string(),
        },
    });
    let operating =
        piece(shown, move |graph| pool(graph, id).map(|p| p.pool.operating_status.clone()));
    let monitor = piece(shown, move |graph| {
        pool(graph, id).map(|p| (p.pool.healthmonitor_id.is_some(), p.monitor.clone()))
    });
    let check = move || match monitor.get().flatten() {
        Some((_, Some(monitor))) => {
            let path = monitor.url_path.as_deref().map(|path| format!(" {path}"));
            let kind = format!("{}{}", monitor.kind, path.unwrap_or_default());
            let delay = monitor.delay.to_string();
            t_string!(i18n, create.health_note, kind = kind, delay = delay).to_string()
        }
        Some((true, None)) => "…".to_owned(),
        _ => t_string!(i18n, create.off).to_owned(),
    };
    let title = move || {
        let group = t_string!(i18n, details.group);
        match name.get().as_str() {
            "" => group.to_owned(),
            name => format!("{group} · {name}"),
        }
    };
    let members = piece(shown, move |graph| {
        let members = pool(graph, id).map(|p| p.members.iter().map(|m| m.id).collect::<Vec<_>>());
        members.unwrap_or_default()
    });
    let members = Memo::new(move |_| members.get().unwrap_or_default());
    let heading = format!("group-{id}");
    let labelled_by = heading.clone();
    view! {
        <div class="details-group stack" role="group" aria-labelledby=labelled_by>
            <div class="details-group-head">
                <h3 class="details-heading" id=heading>
                    <span id=anchor_id(id.0) tabindex="-1">{title}</span>
                </h3>
                {move || {
                    operating
                        .get()
                        .flatten()
                        .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                }}
            </div>
            <Definitions>
                <Definition term=move || t_string!(i18n, details.method).to_owned()>
                    {move || method.get().flatten().map(|method| method_label(i18n, &method))}
                </Definition>
                <Definition term=move || t_string!(i18n, details.pool_protocol).to_owned()>
                    {move || protocol.get()}
                </Definition>
                <Definition term=move || t_string!(i18n, create.health_check).to_owned()>
                    {check}
                </Definition>
                <Definition term=move || t_string!(i18n, create.persistence).to_owned()>
                    {move || match kept.get() {
                        none if none.is_empty() => t_string!(i18n, create.none).to_owned(),
                        kept => kept,
                    }}
                </Definition>
            </Definitions>
            <Show
                when=move || !members.with(Vec::is_empty)
                fallback=move || view! { <NoServers id /> }
            >
                <Servers shown pool=id ids=members />
            </Show>
        </div>
    }
}

/// What to do about a group that serves nothing.
#[component]
fn NoServers(id: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div>
            <p class="details-gap">{t!(i18n, details.no_servers)}</p>
            <CodeBlock
                label=move || t_string!(i18n, details.add_server).to_owned()
                code=format!(
                    "openstack loadbalancer member create --wait --address 192.0.2.10 --protocol-port 80 {id}",
                )
            />
        </div>
    }
}

#[component]
fn Servers(shown: Shown, pool: PoolId, ids: Memo<Vec<MemberId>>) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    // A cloud tells nothing of checks, and where nobody checks there is nothing to tell.
    let checked = Memo::new(move |_| {
        metrics.with(|history| ids.with(|ids| ids.iter().any(|id| history.check(*id).is_some())))
    });
    let head = move |column: usize| {
        text(move || {
            match column {
                0 => t_string!(i18n, details.private_ip),
                1 => t_string!(i18n, details.port),
                2 => t_string!(i18n, details.weight),
                3 => t_string!(i18n, details.backup),
                4 => t_string!(i18n, details.health),
                _ => t_string!(i18n, details.last_check),
            }
            .to_owned()
        })
    };
    view! {
        <Table label=move || t_string!(i18n, details.servers).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=head(0) />
                    <HeaderCell label=head(1) numeric=true />
                    <HeaderCell label=head(2) numeric=true />
                    <HeaderCell label=head(3) />
                    <HeaderCell label=head(4) />
                    <Show when=move || checked.get()>
                        <HeaderCell label=head(5) />
                    </Show>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || ids.get() key=|id| *id let:id>
                    {server_row(shown, pool, id, checked, head)}
                </For>
            </tbody>
        </Table>
    }
}

fn server_row(
    shown: Shown,
    in_pool: PoolId,
    id: MemberId,
    checked: Memo<bool>,
    head: impl Fn(usize) -> Text + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let known = Memo::new(move |before: Option<&Option<MemberSummary>>| {
        let now = shown.with(|graph| {
            let pool = graph.as_deref().and_then(|graph| pool(graph, in_pool))?;
            pool.members.iter().find(|member| member.id == id).cloned()
        });
        now.or_else(|| before.cloned().flatten())
    });
    let part = move |work: fn(&MemberSummary) -> String| {
        move || known.with(|member| member.as_ref().map(work))
    };
    let operating =
        Memo::new(move |_| known.with(|m| m.as_ref().map(|m| m.operating_status.clone())));
    let why = Memo::new(move |_| known.with(|m| m.as_ref().and_then(|m| m.reason.clone())));
    let since = Memo::new(move |_| known.with(|m| m.as_ref().and_then(|m| m.since.clone())));
    // How far draining it is.
    let open = Memo::new(move |_| {
        let draining = operating.with(|status| *status == Some(OperatingStatus::Draining));
        metrics.active(id).filter(|_| draining)
    });
    let backup = Memo::new(move |_| known.with(|m| m.as_ref().is_some_and(|m| m.backup)));
    let off = Memo::new(move |_| known.with(|m| m.as_ref().is_some_and(|m| !m.admin_state_up)));
    let name = Memo::new(move |_| {
        known.with(|m| m.as_ref().map(|m| m.name.clone())).filter(|name| !name.is_empty())
    });
    view! {
        <Row>
            <Cell heading=true label=head(0)>
                <span class="mono" id=anchor_id(id.0) tabindex="-1">
                    {part(|member| member.address.clone())}
                </span>
                {move || {
                    name.get()
                        .map(|name| {
                            let whole = name.clone();
                            view! { <span class="details-note" title=whole>{name}</span> }
                        })
                }}
            </Cell>
            <Cell numeric=true label=head(1)>{part(|member| member.protocol_port.to_string())}</Cell>
            <Cell numeric=true label=head(2)>{part(|member| member.weight.to_string())}</Cell>
            <Cell label=head(3)>
                {move || match backup.get() {
                    true => t_string!(i18n, create.yes),
                    false => t_string!(i18n, create.no),
                }}
            </Cell>
            <Cell label=head(4)>
                <span class="details-health">
                    {move || {
                        operating
                            .get()
                            .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                    }}
                    {move || {
                        off.get()
                            .then(|| {
                                view! { <span class="muted">{t!(i18n, details.switched_off)}</span> }
                            })
                    }}
                    {move || {
                        open.get()
                            .map(|open| {
                                let words = t_string!(i18n, details.open_connections, count = open);
                                view! { <span class="muted num">{words.to_string()}</span> }
                            })
                    }}
                    {move || {
                        why.get()
                            .map(|why| {
                                let words = health_reason_text(i18n, &why);
                                view! { <span class="details-why">{words}</span> }
                            })
                    }}
                    {move || {
                        since
                            .get()
                            .map(|since| {
                                let at = time(i18n.get_locale(), &since, Style::Seconds);
                                let words = t_string!(i18n, details.since, time = at).to_string();
                                view! { <span class="muted num">{words}</span> }
                            })
                    }}
                </span>
            </Cell>
            <Show when=move || checked.get()>
                <Cell label=head(5)>{check(id, operating)}</Cell>
            </Show>
        </Row>
    }
    .into_any()
}

/// What came of the last check, how long it took, and when it was.
fn check(id: MemberId, operating: Memo<Option<OperatingStatus>>) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let last = Memo::new(move |_| {
        // What is switched off or drained of its monitor is checked no more.
        let checked = operating.with(|status| {
            !matches!(status, Some(OperatingStatus::Offline | OperatingStatus::NoMonitor))
        });
        metrics.last_check(id).filter(|_| checked)
    });
    let words = move |check: &LastCheck| {
        let result = health_reason_text(i18n, &check.result);
        match check.duration {
            Some(took) => {
                let took = t_string!(i18n, details.milliseconds, number = took).to_string();
                t_string!(i18n, details.check_took, result = result, took = took).to_string()
            }
            None => result,
        }
    };
    move || {
        last.get().map(|check| {
            let at = time_of_millis(i18n.get_locale(), check.at, Style::TimeOfDay);
            view! {
                <span class="details-check">
                    <span class:details-why=!check.passed>{words(&check)}</span>
                    <span class="muted num">{at}</span>
                </span>
            }
        })
    }
}
