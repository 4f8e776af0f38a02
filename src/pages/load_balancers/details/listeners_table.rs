//! The table of listeners.

use super::{
    anchor::anchor_id,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    pages::{load_balancers::form::method::method_label, ssl_certificates::CertificateNote},
    store::{row::protocol_word, use_store},
    ui::{Cell, HeaderCell, OperatingBadge, ProvisioningBadge, Row, Table, Text, text},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ListenerId, ProvisioningStatus, octavia::Listener};

#[derive(Clone, Copy)]
enum Column {
    Protocol,
    Port,
    Method,
    ConnectionLimit,
    AllowedCidrs,
    State,
}

impl Column {
    fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Protocol => t_string!(i18n, details.protocol),
                Self::Port => t_string!(i18n, details.port),
                Self::Method => t_string!(i18n, details.method),
                Self::ConnectionLimit => t_string!(i18n, details.connection_limit),
                Self::AllowedCidrs => t_string!(i18n, details.allowed_cidrs),
                Self::State => t_string!(i18n, details.state),
            }
            .to_owned()
        })
    }
}

#[component]
pub(super) fn ListenersTable(shown: ShownGraph, ids: Memo<Vec<ListenerId>>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Table label=move || t_string!(i18n, details.listeners).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=Column::Protocol.label(i18n) />
                    <HeaderCell label=Column::Port.label(i18n) numeric=true />
                    <HeaderCell label=Column::Method.label(i18n) />
                    <HeaderCell label=Column::ConnectionLimit.label(i18n) numeric=true />
                    <HeaderCell label=Column::AllowedCidrs.label(i18n) />
                    <HeaderCell label=Column::State.label(i18n) />
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || ids.get() key=|id| *id let:id>
                    {listener_row(shown, id)}
                </For>
            </tbody>
        </Table>
    }
}

fn listener_row(shown: ShownGraph, id: ListenerId) -> AnyView {
    let i18n = use_i18n();
    let listener: Memo<Option<Listener>> = Memo::new(move |previous: Option<&Option<Listener>>| {
        let current = shown.with(|graph| {
            graph.as_deref().and_then(|g| g.listeners.iter().find(|l| l.id == id).cloned())
        });
        current.or_else(|| previous.cloned().flatten())
    });
    let field = move |field_text: fn(&Listener) -> String| {
        move || listener.with(|listener| listener.as_ref().map(field_text))
    };
    let method = select(shown, move |graph| {
        let pool = graph.listeners.iter().find(|l| l.id == id)?.default_pool_id?;
        let pool = graph.pools.iter().find(|p| p.pool.id == pool)?;
        Some(pool.pool.lb_algorithm.clone())
    });
    let limit = move || {
        let limit = listener.with(|listener| listener.as_ref().map(|l| l.connection_limit));
        match limit {
            Some(limit) if limit >= 0 => limit.to_string(),
            _ => t_string!(i18n, details.unlimited).to_owned(),
        }
    };
    let cidrs = move || {
        let ranges = listener.with(|l| l.as_ref().and_then(|l| l.allowed_cidrs.clone()));
        match ranges.filter(|ranges| !ranges.is_empty()) {
            Some(ranges) => ranges.join(", "),
            None => t_string!(i18n, details.everybody).to_owned(),
        }
    };
    let provisioning =
        Memo::new(move |_| listener.with(|l| l.as_ref().map(|l| l.provisioning_status.clone())));
    let operating =
        Memo::new(move |_| listener.with(|l| l.as_ref().map(|l| l.operating_status.clone())));
    let certificate = Signal::derive(move || {
        listener.with(|l| l.as_ref().and_then(|l| l.default_tls_container_ref.clone()))
    });
    view! {
        <Row>
            <Cell heading=true label=Column::Protocol.label(i18n)>
                <span id=anchor_id(id.0) tabindex="-1">
                    {field(|listener| protocol_word(&listener.protocol).to_owned())}
                </span>
                <CertificateNote reference=certificate />
                {redirect_note(listener)}
            </Cell>
            <Cell numeric=true label=Column::Port.label(i18n)>
                {field(|listener| listener.protocol_port.to_string())}
            </Cell>
            <Cell label=Column::Method.label(i18n)>
                {move || match method.get().flatten() {
                    Some(method) => method_label(i18n, &method),
                    None => "–".to_owned(),
                }}
            </Cell>
            <Cell numeric=true label=Column::ConnectionLimit.label(i18n)>{limit}</Cell>
            <Cell label=Column::AllowedCidrs.label(i18n)><span class="details-text">{cidrs}</span></Cell>
            <Cell label=Column::State.label(i18n)>
                <span class="details-state">
                    // ACTIVE is the normal state and is not shown.
                    {move || {
                        provisioning
                            .get()
                            .filter(|status| *status != ProvisioningStatus::Active)
                            .map(|status| {
                                view! { <ProvisioningBadge status=Signal::stored(status) /> }
                            })
                    }}
                    {move || {
                        operating
                            .get()
                            .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                    }}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}

/// The target of an HTTPS redirect; read only if the listener has policies.
fn redirect_note(listener: Memo<Option<Listener>>) -> AnyView {
    let i18n = use_i18n();
    let balancers = use_store().load_balancers;
    let target = RwSignal::new(None::<String>);
    let policies = Memo::new(move |_| {
        let listener = listener.get().filter(|listener| !listener.l7policies.is_empty())?;
        Some((listener.id, listener.l7policies, listener.updated_at))
    });
    Effect::new(move |_| match policies.get() {
        None => target.set(None),
        // A new redirect has no rule yet, and the listener does not change visibly when it gets one:
        // `updated_at` has a resolution of one second.
        Some((id, ..)) => spawn_local(async move {
            for _ in 0..3 {
                if let Ok(found) = balancers.redirect(id).await {
                    let is_found = found.is_some();
                    if target.try_set(found).is_some() || is_found {
                        return;
                    }
                }
                TimeoutFuture::new(1_000).await;
            }
        }),
    });
    let note = move |to: String| {
        let text = t_string!(i18n, create.redirects_to, to = to).to_string();
        view! { <span class="certificate-note-line">{text}</span> }
    };
    (move || target.get().map(note)).into_any()
}
