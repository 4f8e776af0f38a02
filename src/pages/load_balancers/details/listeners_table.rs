//! The table of listeners.

use super::{
    anchor::anchor_id,
    settings::{OpenSettings, SettingsButton, SettingsOf, SettingsSummary, listener_settings},
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::{
        load_balancers::{
            form::method::method_label, labels::listener_label, operating_badge::operating_badge,
        },
        ssl_certificates::CertificateNote,
    },
    store::{Graph, lower, row::protocol_word, use_store},
    ui::{
        Button, ButtonKind, Cell, HeaderCell, ProvisioningBadge, Row, SearchInput, Table, Text,
        text,
    },
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ListenerId, OperatingStatus, ProvisioningStatus, field, octavia::Listener};

/// Up to this many listeners all are shown, without a search field.
const MAX_WITHOUT_SEARCH: usize = 10;

#[derive(Clone, Copy)]
enum Column {
    Protocol,
    Port,
    Group,
    Method,
    Certificate,
    Settings,
    State,
    Actions,
}

impl Column {
    fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Protocol => t_string!(i18n, details.protocol),
                Self::Port => t_string!(i18n, details.port),
                Self::Group => t_string!(i18n, details.group),
                Self::Method => t_string!(i18n, details.method),
                Self::Certificate => t_string!(i18n, common.ssl_certificate),
                Self::Settings => t_string!(i18n, settings.column),
                Self::State => t_string!(i18n, details.state),
                Self::Actions => t_string!(i18n, edit.actions),
            }
            .to_owned()
        })
    }
}

/// What is in trouble comes first only where not all are shown.
fn listed(graph: &Graph, search: &str, show_all: bool) -> Vec<ListenerId> {
    let search = lower(search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let matches = |listener: &&Listener| {
        let label = listener_label(&listener.protocol, listener.protocol_port);
        let text = lower(&format!("{label} {} {}", listener.name, listener.description));
        words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<&Listener> = graph.listeners.iter().filter(matches).collect();
    if !show_all && words.is_empty() && found.len() > MAX_WITHOUT_SEARCH {
        let is_well = |one: &&Listener| {
            one.provisioning_status != ProvisioningStatus::Error
                && !matches!(
                    one.operating_status,
                    OperatingStatus::Error | OperatingStatus::Degraded
                )
        };
        found.sort_by_key(is_well);
        found.truncate(MAX_WITHOUT_SEARCH);
    }
    found.into_iter().map(|one| one.id).collect()
}

#[component]
pub(super) fn ListenersTable(shown: ShownGraph, open_settings: OpenSettings) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    let show_all = RwSignal::new(false);
    let ids = Memo::new(move |_| {
        shown.with(|graph| {
            search.with(|search| Some(listed(graph.as_deref()?, search, show_all.get())))
        })
    });
    let count = select(shown, |graph| graph.listeners.len());
    let count = Memo::new(move |_| count.get().unwrap_or_default());
    let has_certificates = select(shown, |graph| {
        graph.listeners.iter().any(|one| one.default_tls_container_ref.is_some())
    });
    let has_certificates = Memo::new(move |_| has_certificates.get() == Some(true));
    let hidden = move || {
        let listed = ids.with(|ids| ids.as_ref().map_or(0, Vec::len));
        search.with(String::is_empty) && listed < count.get()
    };
    view! {
        <Show when=move || { count.get() > MAX_WITHOUT_SEARCH }>
            <div class="details-tools">
                <SearchInput
                    label=move || t_string!(i18n, details.search_listeners).to_owned()
                    placeholder=move || t_string!(i18n, details.search_listeners).to_owned()
                    value=search
                    on_input=move |typed: String| search.set(typed)
                />
                <p class="muted num">
                    {move || {
                        let shown = ids.with(|ids| ids.as_ref().map_or(0, Vec::len));
                        let all = count.get();
                        t_string!(i18n, load_balancers.shown_count, shown = shown, all = all).to_string()
                    }}
                </p>
            </div>
        </Show>
        <Table label=move || t_string!(i18n, details.listeners).to_owned()>
            <thead>
                <tr role="row">
                    <HeaderCell label=Column::Protocol.label(i18n) />
                    <HeaderCell label=Column::Port.label(i18n) numeric=true />
                    <HeaderCell label=Column::Group.label(i18n) />
                    <HeaderCell label=Column::Method.label(i18n) />
                    <Show when=move || has_certificates.get()>
                        <HeaderCell label=Column::Certificate.label(i18n) />
                    </Show>
                    <HeaderCell label=Column::Settings.label(i18n) />
                    <HeaderCell label=Column::State.label(i18n) />
                    <HeaderCell label=Column::Actions.label(i18n) hide_label=true />
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || ids.get().unwrap_or_default() key=|id| *id let:id>
                    {listener_row(shown, id, has_certificates, open_settings)}
                </For>
            </tbody>
        </Table>
        <Show when=hidden>
            <div class="row">
                <Button kind=ButtonKind::Quiet on_press=move || show_all.set(true)>
                    {move || {
                        t_string!(i18n, details.show_all_listeners, count = count.get()).to_string()
                    }}
                </Button>
            </div>
        </Show>
    }
}

fn listener_row(
    shown: ShownGraph,
    id: ListenerId,
    has_certificates: Memo<bool>,
    open_settings: OpenSettings,
) -> AnyView {
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
    let pool = select(shown, move |graph| {
        let pool = graph.listeners.iter().find(|l| l.id == id)?.default_pool_id?;
        let pool = graph.pools.iter().find(|p| p.pool.id == pool)?;
        Some((pool.pool.name.clone(), pool.pool.lb_algorithm.clone()))
    });
    let group = move || match pool.get().flatten() {
        Some((name, _)) if name.trim().is_empty() => t_string!(i18n, details.group).to_owned(),
        Some((name, _)) => name,
        None => "–".to_owned(),
    };
    let certificate = Signal::derive(move || {
        listener.with(|l| l.as_ref().and_then(|l| l.default_tls_container_ref.clone()))
    });
    let name = Memo::new(move |_| {
        listener.with(|l| l.as_ref().map(|l| l.name.clone())).filter(|name| !field::is_blank(name))
    });
    let settings = Memo::new(move |_| {
        listener.with(|l| l.as_ref().map(listener_settings)).unwrap_or_default()
    });
    let label = move || {
        let label = |l: &Listener| listener_label(&l.protocol, l.protocol_port);
        listener.with(|l| l.as_ref().map(label)).unwrap_or_default()
    };
    view! {
        <Row>
            <Cell heading=true label=Column::Protocol.label(i18n)>
                <span id=anchor_id(id.0) tabindex="-1">
                    {field(|listener| protocol_word(&listener.protocol).to_owned())}
                </span>
                {move || {
                    name.get()
                        .map(|name| {
                            let title = name.clone();
                            view! { <span class="details-note" title=title>{name}</span> }
                        })
                }}
                {redirect_note(listener)}
            </Cell>
            <Cell numeric=true label=Column::Port.label(i18n)>
                {field(|listener| listener.protocol_port.to_string())}
            </Cell>
            <Cell label=Column::Group.label(i18n)><span class="details-text">{group}</span></Cell>
            <Cell label=Column::Method.label(i18n)>
                <span class="details-method">
                    {move || match pool.get().flatten() {
                        Some((_, method)) => method_label(i18n, &method),
                        None => "–".to_owned(),
                    }}
                </span>
            </Cell>
            <Show when=move || has_certificates.get()>
                <Cell label=Column::Certificate.label(i18n)>
                    <Show
                        when=move || certificate.with(Option::is_some)
                        fallback=|| view! { <span class="muted">"–"</span> }
                    >
                        <CertificateNote reference=certificate />
                    </Show>
                </Cell>
            </Show>
            <Cell label=Column::Settings.label(i18n)>
                <SettingsSummary settings />
            </Cell>
            <Cell label=Column::State.label(i18n)><ListenerState shown listener /></Cell>
            <Cell control=true>
                <SettingsButton name=label of=SettingsOf::Listener(id) open_settings />
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn ListenerState(shown: ShownGraph, listener: Memo<Option<Listener>>) -> impl IntoView {
    let i18n = use_i18n();
    let provisioning =
        Memo::new(move |_| listener.with(|l| l.as_ref().map(|l| l.provisioning_status.clone())));
    let operating = Memo::new(move |_| {
        listener.with(|listener| {
            let listener = listener.as_ref()?;
            let is_idle =
                shown.with(|graph| graph.as_ref().is_some_and(|g| g.is_idle_listener(listener)));
            Some((listener.operating_status.clone(), is_idle, listener.admin_state_up))
        })
    });
    view! {
        <span class="details-state">
            // ACTIVE is the normal state and is not shown.
            {move || {
                provisioning
                    .get()
                    .filter(|status| *status != ProvisioningStatus::Active)
                    .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> })
            }}
            {move || {
                operating
                    .get()
                    .map(|(status, is_idle, is_enabled)| {
                        view! {
                            {operating_badge(status, is_idle)}
                            {(!is_enabled)
                                .then(|| {
                                    view! { <span class="muted">{t!(i18n, details.disabled)}</span> }
                                })}
                        }
                    })
            }}
        </span>
    }
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
        view! { <span class="details-note">{text}</span> }
    };
    (move || target.get().map(note)).into_any()
}
