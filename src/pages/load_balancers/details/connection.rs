//! **Networks & Connection**: where clients connect to, the listeners, and the servers behind them.

use super::{Shown, anchor_id, groups::Groups, piece};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{load_balancers::form::method::method_label, ssl_certificates::CertificateNote},
    store::{row::protocol_word, use_store},
    ui::{
        Card, Cell, CopyButton, Definition, Definitions, HeaderCell, OperatingBadge,
        ProvisioningBadge, Row, Table, Text, text,
    },
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    ListenerId, ProvisioningStatus,
    octavia::{Listener, ListenerProtocol},
};

/// VIP, network, listeners, and every server group with its servers.
#[component]
pub(super) fn Connection(shown: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let vip = piece(shown, |graph| graph.balancer.vip_address.clone().unwrap_or_default());
    let place = piece(shown, |graph| anchor_id(graph.balancer.id.0));
    let network =
        piece(shown, |graph| (graph.balancer.vip_network_id, graph.balancer.vip_subnet_id));
    let network_name = move || {
        let (network, subnet) = network.get()?;
        let network = network.or_else(|| subnet.and_then(|id| store.networks.network_of(id)))?;
        Some(store.networks.name(network))
    };
    let urls = piece(shown, |graph| {
        let vip = graph.balancer.vip_address.as_deref().unwrap_or_default();
        let http = graph.listeners.iter().filter(|l| l.protocol == ListenerProtocol::Http);
        http.map(|listener| url(vip, listener)).collect::<Vec<_>>()
    });
    let ids = piece(shown, |graph| graph.listeners.iter().map(|l| l.id).collect::<Vec<_>>());
    let ids = Memo::new(move |_| ids.get().unwrap_or_default());
    view! {
        <Card title=move || t_string!(i18n, details.connection).to_owned()>
            <div class="stack">
                <Definitions>
                    <Definition term=move || t_string!(i18n, details.vip).to_owned()>
                        <span class="details-copy">
                            <span class="mono" id=move || place.get() tabindex="-1">
                                {move || vip.get()}
                            </span>
                            <CopyButton
                                text=move || vip.get().unwrap_or_default()
                                label=move || t_string!(i18n, details.copy_vip).to_owned()
                            />
                        </span>
                    </Definition>
                    <Definition term=move || t_string!(i18n, details.virtual_network).to_owned()>
                        {network_name}
                    </Definition>
                    {move || {
                        urls.get()
                            .unwrap_or_default()
                            .into_iter()
                            .take(1)
                            .map(|url| {
                                let command = format!("curl {url}");
                                let copied = command.clone();
                                view! {
                                    <Definition term=move || {
                                        t_string!(i18n, details.try_it).to_owned()
                                    }>
                                        <span class="details-copy">
                                            <code>{command}</code>
                                            <CopyButton
                                                text=copied
                                                label=move || {
                                                    t_string!(i18n, details.copy_command).to_owned()
                                                }
                                            />
                                        </span>
                                    </Definition>
                                }
                            })
                            .collect_view()
                    }}
                </Definitions>
                <h3 class="details-heading">{t!(i18n, details.listeners)}</h3>
                <Show
                    when=move || !ids.with(Vec::is_empty)
                    fallback=move || view! { <p class="muted">{t!(i18n, details.no_listeners)}</p> }
                >
                    <Listeners shown ids />
                </Show>
                <Groups shown />
            </div>
        </Card>
    }
}

/// `http://192.0.2.1:8080/`, the port only where it is not the usual one.
fn url(vip: &str, listener: &Listener) -> String {
    let host = if vip.contains(':') { format!("[{vip}]") } else { vip.to_owned() };
    match listener.protocol_port {
        80 => format!("http://{host}/"),
        port => format!("http://{host}:{port}/"),
    }
}

#[component]
fn Listeners(shown: Shown, ids: Memo<Vec<ListenerId>>) -> impl IntoView {
    let i18n = use_i18n();
    let head = move |column: usize| {
        text(move || {
            match column {
                0 => t_string!(i18n, details.protocol),
                1 => t_string!(i18n, details.port),
                2 => t_string!(i18n, details.method),
                3 => t_string!(i18n, details.connection_limit),
                4 => t_string!(i18n, details.allowed_cidrs),
                _ => t_string!(i18n, details.state),
            }
            .to_owned()
        })
    };
    view! {
        <Table label=move || t_string!(i18n, details.listeners).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=head(0) />
                    <HeaderCell label=head(1) numeric=true />
                    <HeaderCell label=head(2) />
                    <HeaderCell label=head(3) numeric=true />
                    <HeaderCell label=head(4) />
                    <HeaderCell label=head(5) />
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || ids.get() key=|id| *id let:id>
                    {listener_row(shown, id, head)}
                </For>
            </tbody>
        </Table>
    }
}

fn listener_row(
    shown: Shown,
    id: ListenerId,
    head: impl Fn(usize) -> Text + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let known: Memo<Option<Listener>> = Memo::new(move |before: Option<&Option<Listener>>| {
        let now = shown.with(|graph| {
            graph.as_deref().and_then(|g| g.listeners.iter().find(|l| l.id == id).cloned())
        });
        now.or_else(|| before.cloned().flatten())
    });
    let part = move |work: fn(&Listener) -> String| {
        move || known.with(|listener| listener.as_ref().map(work))
    };
    let method = piece(shown, move |graph| {
        let pool = graph.listeners.iter().find(|l| l.id == id)?.default_pool_id?;
        let pool = graph.pools.iter().find(|p| p.pool.id == pool)?;
        Some(pool.pool.lb_algorithm.clone())
    });
    let limit = move || {
        let limit = known.with(|listener| listener.as_ref().map(|l| l.connection_limit));
        match limit {
            Some(limit) if limit >= 0 => limit.to_string(),
            _ => t_string!(i18n, details.unlimited).to_owned(),
        }
    };
    let cidrs = move || {
        let ranges = known.with(|l| l.as_ref().and_then(|l| l.allowed_cidrs.clone()));
        match ranges.filter(|ranges| !ranges.is_empty()) {
            Some(ranges) => ranges.join(", "),
            None => t_string!(i18n, details.everybody).to_owned(),
        }
    };
    let provisioning =
        Memo::new(move |_| known.with(|l| l.as_ref().map(|l| l.provisioning_status.clone())));
    let operating =
        Memo::new(move |_| known.with(|l| l.as_ref().map(|l| l.operating_status.clone())));
    let certificate = Signal::derive(move || {
        known.with(|l| l.as_ref().and_then(|l| l.default_tls_container_ref.clone()))
    });
    view! {
        <Row>
            <Cell heading=true label=head(0)>
                <span id=anchor_id(id.0) tabindex="-1">
                    {part(|listener| protocol_word(&listener.protocol).to_owned())}
                </span>
                <CertificateNote reference=certificate />
                {redirect_note(known)}
            </Cell>
            <Cell numeric=true label=head(1)>
                {part(|listener| listener.protocol_port.to_string())}
            </Cell>
            <Cell label=head(2)>
                {move || match method.get().flatten() {
                    Some(method) => method_label(i18n, &method),
                    None => "–".to_owned(),
                }}
            </Cell>
            <Cell numeric=true label=head(3)>{limit}</Cell>
            <Cell label=head(4)><span class="details-text">{cidrs}</span></Cell>
            <Cell label=head(5)>
                <span class="details-state">
                    // ACTIVE goes without saying; anything else does not.
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

/// Where a listener sends everything; read only when it has policies at all.
fn redirect_note(known: Memo<Option<Listener>>) -> AnyView {
    let i18n = use_i18n();
    let balancers = use_store().load_balancers;
    let to = RwSignal::new(None::<String>);
    let asked = Memo::new(move |_| {
        let listener = known.get().filter(|listener| !listener.l7policies.is_empty())?;
        Some((listener.id, listener.l7policies, listener.updated_at))
    });
    Effect::new(move |_| match asked.get() {
        None => to.set(None),
        // One that is being made has no rule yet; what follows may fall into the same second, and
        // leave no trace in the listener.
        Some((id, ..)) => spawn_local(async move {
            for _ in 0..3 {
                if let Ok(found) = balancers.redirect(id).await {
                    let is_there = found.is_some();
                    if to.try_set(found).is_some() || is_there {
                        return;
                    }
                }
                TimeoutFuture::new(1_000).await;
            }
        }),
    });
    let words = move |to: String| {
        let words = t_string!(i18n, create.redirects_to, to = to).to_string();
        view! { <span class="certificate-note-line">{words}</span> }
    };
    (move || to.get().map(words)).into_any()
}
