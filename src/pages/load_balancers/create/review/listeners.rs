//! The listeners that will be created.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::ssl_certificates::CertificateNote,
    store::row::protocol_word,
    ui::{Banner, Cell, HeaderCell, Narrow, Row, Table, Text, Tone, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateListener;

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
pub(super) fn listeners_table(listeners: &[CreateListener], has_several_groups: bool) -> AnyView {
    let i18n = use_i18n();
    if listeners.is_empty() {
        return view! { <Banner tone=Tone::Warning>{t!(i18n, create.no_listener)}</Banner> }
            .into_any();
    }
    let rows = listeners.iter().map(|listener| listener_row(i18n, listener, has_several_groups));
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
        (t_string!(i18n, create.client_data), listener.timeout_client_data),
        (t_string!(i18n, create.member_connect), listener.timeout_member_connect),
        (t_string!(i18n, create.member_data), listener.timeout_member_data),
    ];
    let unit = t_string!(i18n, create.seconds);
    let changed: Vec<String> = named
        .into_iter()
        .filter_map(|(name, ms)| Some(format!("{name} {} {unit}", plan::seconds(ms?))))
        .collect();
    match changed.as_slice() {
        [] => t_string!(i18n, create.usual).to_owned(),
        changed => changed.join(", "),
    }
}

fn listener_row(
    i18n: I18nContext<Locale>,
    listener: &CreateListener,
    has_several_groups: bool,
) -> AnyView {
    let limit = listener
        .connection_limit
        .map_or_else(|| t_string!(i18n, create.unlimited).to_owned(), |limit| limit.to_string());
    let cidrs = listener
        .allowed_cidrs
        .as_ref()
        .map_or_else(|| t_string!(i18n, create.everybody).to_owned(), |ranges| ranges.join(", "));
    let (protocol, port) = (protocol_word(&listener.protocol).to_owned(), listener.protocol_port);
    let timeouts = timeouts_label(i18n, listener);
    let group = has_several_groups.then(|| {
        let group = listener.default_pool.as_ref().map(|pool| pool.name.clone());
        group.unwrap_or_else(|| t_string!(i18n, create.none).to_owned())
    });
    let certificate = Signal::stored(listener.default_tls_container_ref.clone());
    let redirects = listener.l7policies.iter().filter_map(|policy| {
        let to = policy.redirect_prefix.as_ref()?.as_str();
        let text = t_string!(i18n, create.redirects_to, to = to).to_string();
        Some(view! { <span class="certificate-note-line">{text}</span> })
    });
    let redirects = redirects.collect_view();
    view! {
        <Row>
            <Cell heading=true label=Column::Protocol.label(i18n)>
                {protocol} <CertificateNote reference=certificate new_tab=true /> {redirects}
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
