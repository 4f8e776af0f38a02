//! A server group that will be created: method, health check, session persistence and servers.

use super::section::ReviewSection;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::form::{
        method::method_label, server_column::ServerColumn, server_options::member_notes,
    },
    pages::load_balancers::{
        create::review::section::difference_items,
        details::settings::{differences, group_settings, monitor_settings},
    },
    store::use_store,
    ui::{Banner, Cell, Definition, Definitions, HeaderCell, Row, Table, Tone, text},
};
use leptos::prelude::*;
use openstack_types::octavia::{CreateHealthMonitor, CreatePool};
use plan::Graph;

#[component]
pub(super) fn ServerGroupReview(
    pool: CreatePool,
    /// Labels and values of further settings.
    differences: Vec<(String, String)>,
    has_several: bool,
    /// The id of the card in the form.
    card: String,
    on_edit: Callback<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = pool.name.clone();
    let title = text(move || {
        let group = t_string!(i18n, create.group);
        if has_several { format!("{group} · {name}") } else { group.to_owned() }
    });
    let method = pool.lb_algorithm.clone();
    let method = move || method_label(i18n, &method);
    let persistence =
        pool.session_persistence.as_ref().map(|persistence| match &persistence.cookie_name {
            Some(cookie) => format!("{} · {cookie}", persistence.kind),
            None => persistence.kind.to_string(),
        });
    let off = move || t_string!(i18n, create.off).to_owned();
    let health = pool.healthmonitor.clone();
    let health =
        move || health.as_ref().map(|monitor| monitor_label(i18n, monitor)).unwrap_or_else(off);
    let persistence =
        move || persistence.clone().unwrap_or_else(|| t_string!(i18n, create.none).to_owned());
    view! {
        <ReviewSection card on_edit title>
            <Definitions>
                <Definition term=move || t_string!(i18n, create.method).to_owned()>
                    {method}
                </Definition>
                <Definition term=move || t_string!(i18n, create.health_check).to_owned()>
                    {health}
                </Definition>
                <Definition term=move || t_string!(i18n, create.persistence).to_owned()>
                    {persistence}
                </Definition>
                {difference_items(differences)}
            </Definitions>
            {servers_table(&pool)}
        </ReviewSection>
    }
}

/// What of a server group and its health check has no line of its own.
pub(super) fn group_differences(
    i18n: I18nContext<Locale>,
    graph: &Graph,
    index: usize,
) -> Vec<(String, String)> {
    let Some(pool) = graph.pools.get(index) else { return Vec::new() };
    let mut all =
        differences(i18n, group_settings(pool), &["name", "lb_algorithm", "session_persistence"]);
    if let Some(monitor) = graph.health_monitor(pool) {
        let shown = [
            "type",
            "delay",
            "timeout",
            "max_retries",
            "max_retries_down",
            "http_method",
            "url_path",
            "expected_codes",
        ];
        let label = t_string!(i18n, create.health_check);
        let of_check = differences(i18n, monitor_settings(monitor), &shown).into_iter();
        all.extend(of_check.map(|(name, value)| (format!("{label} · {name}"), value)));
    }
    all
}

/// `HTTP GET /health every 5 s, …`
fn monitor_label(i18n: I18nContext<Locale>, monitor: &CreateHealthMonitor) -> String {
    let request = [&monitor.http_method, &monitor.url_path, &monitor.expected_codes];
    let request: Vec<&str> = request.into_iter().flatten().map(String::as_str).collect();
    let kind = match request.as_slice() {
        [] => monitor.kind.to_string(),
        request => format!("{} {}", monitor.kind, request.join(" ")),
    };
    let delay = monitor.delay.to_string();
    let (timeout, rise, fall) =
        (monitor.timeout, monitor.max_retries, monitor.max_retries_down.unwrap_or(3));
    let interval = t_string!(i18n, create.health_summary, kind = kind, delay = delay).to_string();
    let rest = t_string!(
        i18n,
        create.health_summary_thresholds,
        timeout = timeout,
        rise = rise,
        fall = fall
    )
    .to_string();
    format!("{interval} · {rest}")
}

fn servers_table(pool: &CreatePool) -> AnyView {
    let i18n = use_i18n();
    let networks = use_store().networks;
    if pool.members.is_empty() {
        return view! { <Banner tone=Tone::Warning>{t!(i18n, create.no_servers_review)}</Banner> }
            .into_any();
    }
    let rows = pool.members.iter().map(|member| {
        let backup = member.backup == Some(true);
        let off = member.admin_state_up == Some(false);
        let mut notes = member_notes(i18n, member);
        notes.extend(member.subnet_id.map(|id| {
            format!("{} {}", t_string!(i18n, fields.subnet), networks.subnet_name(id))
        }));
        let notes = notes.join(" · ");
        let (address, port, weight) = (member.address.clone(), member.protocol_port, member.weight);
        view! {
            <Row>
                <Cell heading=true label=ServerColumn::Address.label(i18n)>
                    <span class="mono">{address}</span>
                    {off
                        .then(|| view! { <span class="muted">" · " {t!(i18n, details.disabled)}</span> })}
                    {(!notes.is_empty())
                        .then(|| view! { <span class="certificate-note-line">{notes}</span> })}
                </Cell>
                <Cell numeric=true label=ServerColumn::Port.label(i18n)>{port}</Cell>
                <Cell numeric=true label=ServerColumn::Weight.label(i18n)>{weight}</Cell>
                <Cell label=ServerColumn::Backup.label(i18n)>
                    {move || {
                        if backup {
                            t_string!(i18n, create.yes)
                        } else {
                            t_string!(i18n, create.no)
                        }
                    }}
                </Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table label=move || t_string!(i18n, create.servers).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=ServerColumn::Address.label(i18n) />
                    <HeaderCell label=ServerColumn::Port.label(i18n) numeric=true />
                    <HeaderCell label=ServerColumn::Weight.label(i18n) numeric=true />
                    <HeaderCell label=ServerColumn::Backup.label(i18n) />
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </Table>
    }
    .into_any()
}
