//! The listeners that will be created.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::{
        load_balancers::{
            details::settings::{differences, listener_settings},
            form::{listener_options::own_name, state::Form},
            rules::sentence::{action, conditions, plain},
        },
        ssl_certificates::CertificateNote,
    },
    store::row::protocol_word,
    ui::{Banner, Cell, HeaderCell, Narrow, Row, Table, Text, Tone, text},
};
use leptos::prelude::*;
use openstack_types::octavia::{CreateListener, CreateLoadBalancer, Listener};
use plan::{
    Graph, ListenerDraft, PolicyAction, PolicyDraft,
    draft::{ForwardedHeaders, is_http},
};

#[derive(Clone, Copy)]
enum Column {
    Protocol,
    Port,
    ConnectionLimit,
    AllowedCidrs,
    Timeouts,
    ServerGroup,
}

impl Column {
    fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Protocol => t_string!(i18n, create.protocol),
                Self::Port => t_string!(i18n, create.port),
                Self::ConnectionLimit => t_string!(i18n, create.connection_limit),
                Self::AllowedCidrs => t_string!(i18n, create.allowed_cidrs),
                Self::Timeouts => t_string!(i18n, create.timeouts),
                Self::ServerGroup => t_string!(i18n, create.group),
            }
            .to_owned()
        })
    }
}

/// With several server groups, the table says which one serves each listener.
pub(super) fn listeners_table(
    form: Form,
    request: &CreateLoadBalancer,
    preview: Option<&Graph>,
) -> AnyView {
    let i18n = use_i18n();
    let (listeners, has_several_groups) = (&request.listeners, request.pools.len() > 1);
    if listeners.is_empty() {
        return view! { <Banner tone=Tone::Warning>{t!(i18n, create.no_listener)}</Banner> }
            .into_any();
    }
    let rows = listeners.iter().enumerate().map(|(index, listener)| {
        let created = preview.and_then(|graph| graph.listeners.get(index));
        listener_row(form, listener, created, has_several_groups)
    });
    let rows = rows.collect_view();
    view! {
        <Table label=move || t_string!(i18n, create.listener).to_owned() narrow=Narrow::Cards>
            <thead>
                <tr role="row">
                    <HeaderCell label=Column::Protocol.label(i18n) />
                    <HeaderCell label=Column::Port.label(i18n) numeric=true />
                    <HeaderCell label=Column::ConnectionLimit.label(i18n) numeric=true />
                    <HeaderCell label=Column::AllowedCidrs.label(i18n) />
                    <HeaderCell label=Column::Timeouts.label(i18n) />
                    {has_several_groups.then(|| view! { <HeaderCell label=Column::ServerGroup.label(i18n) /> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// `client 30 s, connect 5 s`: the timeouts that differ from the default.
fn timeouts_label(i18n: I18nContext<Locale>, listener: &CreateListener) -> String {
    let named = [
        (t_string!(i18n, create.timeout_client_data), listener.timeout_client_data),
        (t_string!(i18n, create.timeout_member_connect), listener.timeout_member_connect),
        (t_string!(i18n, create.timeout_member_data), listener.timeout_member_data),
    ];
    let unit = t_string!(i18n, create.seconds);
    let changed: Vec<String> = named
        .into_iter()
        .filter_map(|(name, ms)| Some(format!("{name} {} {unit}", plan::seconds(ms?))))
        .collect();
    match changed.as_slice() {
        [] => t_string!(i18n, create.default_value).to_owned(),
        changed => changed.join(", "),
    }
}

fn listener_row(
    form: Form,
    listener: &CreateListener,
    created: Option<&Listener>,
    has_several_groups: bool,
) -> AnyView {
    let i18n = form.i18n();
    let limit = listener
        .connection_limit
        .map_or_else(|| t_string!(i18n, create.unlimited).to_owned(), |limit| limit.to_string());
    let cidrs = listener
        .allowed_cidrs
        .as_ref()
        .map_or_else(|| t_string!(i18n, create.any_source).to_owned(), |ranges| ranges.join(", "));
    let (protocol, port) = (protocol_word(&listener.protocol).to_owned(), listener.protocol_port);
    let timeouts = timeouts_label(i18n, listener);
    let group = has_several_groups.then(|| {
        let group = listener.default_pool.as_ref().map(|pool| pool.name.clone());
        group.unwrap_or_else(|| t_string!(i18n, create.none).to_owned())
    });
    let certificate = Signal::stored(listener.default_tls_container_ref.clone());
    let notes = notes(form, listener, created).into_iter();
    let notes = notes.map(|note| view! { <span class="certificate-note-line">{note}</span> });
    let notes = notes.collect_view();
    view! {
        <Row>
            <Cell heading=true label=Column::Protocol.label(i18n)>
                {protocol} <CertificateNote reference=certificate new_tab=true /> {notes}
            </Cell>
            <Cell numeric=true label=Column::Port.label(i18n)>{port}</Cell>
            <Cell numeric=true label=Column::ConnectionLimit.label(i18n)>{limit}</Cell>
            <Cell label=Column::AllowedCidrs.label(i18n)>
                <span class="form-value">{cidrs}</span>
            </Cell>
            <Cell label=Column::Timeouts.label(i18n)>
                <span class="form-value">{timeouts}</span>
            </Cell>
            {group.map(|group| view! { <Cell label=Column::ServerGroup.label(i18n)>{group}</Cell> })}
        </Row>
    }
    .into_any()
}

/// The fields with a column, or shown beside the protocol.
const COLUMNS: [&str; 9] = [
    "name",
    "default_pool_id",
    "default_tls_container_ref",
    "connection_limit",
    "allowed_cidrs",
    "timeout_client_data",
    "timeout_member_connect",
    "timeout_member_data",
    "insert_headers",
];

/// The name, the settings without a column of their own, and the rules, as sentences.
fn notes(form: Form, listener: &CreateListener, created: Option<&Listener>) -> Vec<String> {
    let i18n = form.i18n();
    form.draft.with(|draft| {
        let is_same = |one: &&ListenerDraft| {
            one.protocol == listener.protocol
                && one.port.trim() == listener.protocol_port.to_string()
        };
        let Some(row) = draft.listeners.iter().find(is_same) else { return Vec::new() };
        let mut notes: Vec<String> = own_name(row).map(str::to_owned).into_iter().collect();
        let settings = created.map(listener_settings).unwrap_or_default();
        let settings = differences(i18n, settings, &COLUMNS).into_iter();
        notes.extend(settings.map(|(label, value)| format!("{label}: {value}")));
        // The form adds these three.
        let is_usual = row.forwarded == ForwardedHeaders::default() && row.headers.is_empty();
        if is_http(&row.protocol) && !is_usual {
            let added = listener.insert_headers.iter().filter(|(_, value)| *value == "true");
            let names: Vec<_> = added.map(|(name, _)| name.as_str()).collect();
            let none = t_string!(i18n, create.none);
            let names = if names.is_empty() { none.to_owned() } else { names.join(", ") };
            notes.push(format!("{}: {names}", t_string!(i18n, fields.added_headers)));
        }
        let mut policies: Vec<&PolicyDraft> = row.policies.iter().collect();
        // In the order of evaluation.
        policies.sort_by_key(|policy| match policy.action {
            PolicyAction::Reject => 0,
            PolicyAction::Url { .. } | PolicyAction::Prefix { .. } => 1,
            _ => 2,
        });
        notes.extend(policies.into_iter().map(|policy| match policy.redirect() {
            Some(to) => t_string!(i18n, create.redirects_to, to = to.as_str()).to_string(),
            None => {
                let when = plain(&conditions(i18n, policy));
                let rule = format!("{when} → {}", action(i18n, draft, &policy.action));
                if policy.enabled {
                    rule
                } else {
                    format!("{rule} · {}", t_string!(i18n, form.disabled))
                }
            }
        }));
        notes
    })
}
