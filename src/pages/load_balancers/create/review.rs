//! Step 2: everything that will be created, each part with a way back to it.

use super::step::step_id;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::{
        load_balancers::{
            exports::Exports,
            form::{Form, field_name, groups::method_word},
        },
        ssl_certificates::CertificateNote,
    },
    routes::CreateStep,
    store::{row::protocol_word, use_store},
    ui::{
        Banner, Button, ButtonKind, Card, Cell, Definition, Definitions, Glyph, HeaderCell, Narrow,
        Row, Table, Text, Tone, text,
    },
};
use leptos::prelude::*;
use openstack_types::{
    octavia::{CreateHealthMonitor, CreateListener, CreateLoadBalancer, CreatePool},
    rules::LbType,
};
use plan::Section;

/// What will be created; `on_back` is told which part to go to, `on_create` begins.
#[component]
pub(super) fn Review(
    form: Form,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_back: Callback<Option<Section>>,
    #[prop(into)] on_create: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    // While the way leads back to a draft that is not ready, the last good one stays.
    let request = Memo::new(move |before: Option<&CreateLoadBalancer>| {
        let now = form.draft.with(plan::to_request).ok();
        now.or_else(|| before.cloned()).unwrap_or_default()
    });
    let kind = Memo::new(move |_| form.draft.with(|draft| draft.lb_type));
    let edit = move |part: Section| on_back.run(Some(part));
    let network = move || {
        let id = form.draft.with(|draft| draft.network);
        id.map(|id| store.networks.name(id)).unwrap_or_default()
    };
    let subnet = move || {
        let id = request.with(|request| request.vip_subnet_id)?;
        let label = store.networks.with(|known| {
            let subnet = known.subnets.iter().find(|subnet| subnet.id == id)?;
            Some(format!("{} {}", subnet.name, subnet.cidr).trim().to_owned())
        });
        Some(label.flatten().unwrap_or_else(|| id.to_string()))
    };
    view! {
        <form
            class="form"
            aria-labelledby=step_id(CreateStep::Review)
            on:submit=move |event| {
                event.prevent_default();
                on_create.run(());
            }
        >
            <h2 class="form-step" id=step_id(CreateStep::Review) tabindex="-1">
                {t!(i18n, create.review)}
            </h2>
            <Reviewed part=Section::Basics on_edit=edit
                title=text(move || t_string!(i18n, create.basics).to_owned())>
                <Definitions>
                    <Definition term=move || t_string!(i18n, create.name).to_owned()>
                        <span class="form-value">
                            {move || request.with(|request| request.name.clone())}
                        </span>
                    </Definition>
                    {move || {
                        request
                            .with(|request| request.description.clone())
                            .map(|description| {
                                view! {
                                    <Definition term=move || {
                                        t_string!(i18n, create.description).to_owned()
                                    }>
                                        <span class="form-value">{description}</span>
                                    </Definition>
                                }
                            })
                    }}
                    <Definition term=move || t_string!(i18n, create.kind).to_owned()>
                        {move || match kind.get() {
                            LbType::Application => {
                                t_string!(i18n, common.application_load_balancer)
                            }
                            LbType::Network => t_string!(i18n, common.network_load_balancer),
                        }}
                    </Definition>
                </Definitions>
            </Reviewed>
            <Reviewed part=Section::Listeners on_edit=edit
                title=text(move || t_string!(i18n, create.listener).to_owned())>
                {move || request.with(|request| listeners(&request.listeners, request.pools.len() > 1))}
            </Reviewed>
            <Reviewed part=Section::Network on_edit=edit
                title=text(move || t_string!(i18n, create.network_and_vip).to_owned())>
                <Definitions>
                    <Definition term=move || t_string!(i18n, create.virtual_network).to_owned()>
                        {network}
                    </Definition>
                    {move || {
                        subnet()
                            .map(|subnet| {
                                view! {
                                    <Definition term=move || {
                                        t_string!(i18n, create.subnet).to_owned()
                                    }>{subnet}</Definition>
                                }
                            })
                    }}
                    <Definition term=move || t_string!(i18n, create.vip_address).to_owned()>
                        {move || {
                            request
                                .with(|request| request.vip_address.clone())
                                .map_or_else(
                                    || t_string!(i18n, create.vip_placeholder).into_any(),
                                    |vip| view! { <span class="mono">{vip}</span> }.into_any(),
                                )
                        }}
                    </Definition>
                </Definitions>
            </Reviewed>
            {move || {
                let pools = request.with(|request| request.pools.clone());
                let several = pools.len() > 1;
                pools
                    .into_iter()
                    .map(|pool| view! { <Pool pool several edit=Callback::new(edit) /> })
                    .collect_view()
            }}
            <Card title=move || t_string!(i18n, create.exports).to_owned()>
                <Exports request />
            </Card>
            {move || {
                form.refused
                    .get()
                    .map(|refused| {
                        let at = refused.at.clone();
                        let place = at.map(|path| {
                            let name = field_name(form, &path);
                            let go = move || {
                                on_back.run(None);
                                form.focus(&path);
                            };
                            let label = t_string!(i18n, create.go_to, field = name).to_string();
                            view! { <Button on_press=go>{label}</Button> }
                        });
                        view! {
                            <Banner tone=Tone::Error>
                                <p>
                                    {t!(i18n, create.refused)} " "
                                    {refused.text}
                                </p>
                                {place}
                            </Banner>
                        }
                    })
            }}
            <div class="form-actions form-wizard-actions">
                <Button on_press=move || on_back.run(None)>{t!(i18n, create.back)}</Button>
                <Button kind=ButtonKind::Primary submit=true busy>
                    {t!(i18n, common.create)}
                </Button>
            </div>
        </form>
    }
}

/// A part of the review with the way back to it.
#[component]
fn Reviewed(
    part: Section,
    #[prop(into)] on_edit: Callback<Section>,
    title: Text,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Card
            title
            actions=move || {
                view! {
                    <Button
                        kind=ButtonKind::Quiet
                        icon=Glyph::Pencil
                        label=move || {
                            t_string!(i18n, create.edit_part, part = title.get()).to_string()
                        }
                        on_press=move || on_edit.run(part)
                    >
                        {t!(i18n, common.edit)}
                    </Button>
                }
            }
        >
            {children()}
        </Card>
    }
}

/// With `several` groups, each listener says which one serves it.
fn listeners(listeners: &[CreateListener], several: bool) -> AnyView {
    let i18n = use_i18n();
    if listeners.is_empty() {
        return view! { <p class="muted">{t!(i18n, create.no_listener)}</p> }.into_any();
    }
    let word = move |key: u8| {
        text(move || {
            match key {
                0 => t_string!(i18n, create.protocol),
                1 => t_string!(i18n, create.port),
                2 => t_string!(i18n, create.connection_limit),
                3 => t_string!(i18n, create.allowed_cidrs),
                4 => t_string!(i18n, create.timeouts),
                _ => t_string!(i18n, create.group),
            }
            .to_owned()
        })
    };
    let rows = listeners.iter().map(|listener| {
        let limit = listener.connection_limit.map_or_else(
            || t_string!(i18n, create.unlimited).to_owned(),
            |limit| limit.to_string(),
        );
        let cidrs = listener.allowed_cidrs.as_ref().map_or_else(
            || t_string!(i18n, create.everybody).to_owned(),
            |ranges| ranges.join(", "),
        );
        let (protocol, port) =
            (protocol_word(&listener.protocol).to_owned(), listener.protocol_port);
        let timeouts = timeouts(listener);
        let group = several.then(|| {
            let group = listener.default_pool.as_ref().map(|pool| pool.name.clone());
            group.unwrap_or_else(|| t_string!(i18n, create.none).to_owned())
        });
        let certificate = Signal::stored(listener.default_tls_container_ref.clone());
        let redirects = listener.l7policies.iter().filter_map(|policy| {
            let to = policy.redirect_prefix.as_ref()?.as_str();
            let words = t_string!(i18n, create.redirects_to, to = to).to_string();
            Some(view! { <span class="certificate-note-line">{words}</span> })
        });
        let redirects = redirects.collect_view();
        view! {
            <Row>
                <Cell heading=true label=word(0)>
                    {protocol} <CertificateNote reference=certificate /> {redirects}
                </Cell>
                <Cell numeric=true label=word(1)>{port}</Cell>
                <Cell numeric=true label=word(2)>{limit}</Cell>
                <Cell label=word(3)>
                    <span class="form-value">{cidrs}</span>
                </Cell>
                <Cell label=word(4)>
                    <span class="form-value">{timeouts}</span>
                </Cell>
                {group.map(|group| view! { <Cell label=word(5)>{group}</Cell> })}
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table label=move || t_string!(i18n, create.listener).to_owned() narrow=Narrow::Cards>
            <thead>
                <tr role="row">
                    <HeaderCell label=word(0) />
                    <HeaderCell label=word(1) numeric=true />
                    <HeaderCell label=word(2) numeric=true />
                    <HeaderCell label=word(3) />
                    <HeaderCell label=word(4) />
                    {several.then(|| view! { <HeaderCell label=word(5) /> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// `client 30 s, connect 5 s`, of what differs from the service's own.
fn timeouts(listener: &CreateListener) -> String {
    let i18n = use_i18n();
    let named = [
        (t_string!(i18n, create.client_data), listener.timeout_client_data),
        (t_string!(i18n, create.member_connect), listener.timeout_member_connect),
        (t_string!(i18n, create.member_data), listener.timeout_member_data),
    ];
    let unit = t_string!(i18n, create.seconds);
    let set: Vec<String> = named
        .into_iter()
        .filter_map(|(name, ms)| Some(format!("{name} {} {unit}", plan::seconds(ms?))))
        .collect();
    match set.as_slice() {
        [] => t_string!(i18n, create.usual).to_owned(),
        set => set.join(", "),
    }
}

/// A server group: method, servers, health check, session persistence.
#[component]
fn Pool(pool: CreatePool, several: bool, edit: Callback<Section>) -> impl IntoView {
    let i18n = use_i18n();
    let name = pool.name.clone();
    let title = text(move || {
        let group = t_string!(i18n, create.group);
        if several { format!("{group} · {name}") } else { group.to_owned() }
    });
    let change = move |part: Section, name: Text| {
        view! {
            <button
                type="button"
                class="link"
                aria-label=move || {
                    t_string!(i18n, create.edit_part, part = name.get()).to_string()
                }
                on:click=move |_| edit.run(part)
            >
                {t!(i18n, common.edit)}
            </button>
        }
    };
    let method = pool.lb_algorithm.clone();
    let method = move || method_word(i18n, &method);
    let kept = pool.session_persistence.as_ref().map(|kept| match &kept.cookie_name {
        Some(cookie) => format!("{} · {cookie}", kept.kind),
        None => kept.kind.to_string(),
    });
    let off = move || t_string!(i18n, create.off).to_owned();
    let health = pool.healthmonitor.clone();
    let health =
        move || health.as_ref().map(|monitor| monitor_words(i18n, monitor)).unwrap_or_else(off);
    let kept = move || kept.clone().unwrap_or_else(|| t_string!(i18n, create.none).to_owned());
    let check = text(move || t_string!(i18n, create.health_check).to_owned());
    let keep = text(move || t_string!(i18n, create.persistence).to_owned());
    let how = text(move || t_string!(i18n, create.method).to_owned());
    view! {
        <Reviewed part=Section::Servers on_edit=edit title>
            <Definitions>
                <Definition term=how>
                    <span class="form-pair">{method} {change(Section::Method, how)}</span>
                </Definition>
                <Definition term=check>
                    <span class="form-pair">
                        {health} {change(Section::Health, check)}
                    </span>
                </Definition>
                <Definition term=keep>
                    <span class="form-pair">
                        {kept} {change(Section::Persistence, keep)}
                    </span>
                </Definition>
            </Definitions>
            {servers(&pool)}
        </Reviewed>
    }
}

/// `HTTP GET /health every 5 s, …`
fn monitor_words(i18n: I18nContext<Locale>, monitor: &CreateHealthMonitor) -> String {
    let asked = [&monitor.http_method, &monitor.url_path, &monitor.expected_codes];
    let asked: Vec<&str> = asked.into_iter().flatten().map(String::as_str).collect();
    let kind = match asked.as_slice() {
        [] => monitor.kind.to_string(),
        asked => format!("{} {}", monitor.kind, asked.join(" ")),
    };
    let delay = monitor.delay.to_string();
    let (timeout, rise, fall) =
        (monitor.timeout, monitor.max_retries, monitor.max_retries_down.unwrap_or(3));
    let every = t_string!(i18n, create.health_note, kind = kind, delay = delay).to_string();
    let rest = t_string!(i18n, create.health_rest, timeout = timeout, rise = rise, fall = fall)
        .to_string();
    format!("{every} · {rest}")
}

fn servers(pool: &CreatePool) -> AnyView {
    let i18n = use_i18n();
    if pool.members.is_empty() {
        return view! { <p class="muted">{t!(i18n, create.no_servers_review)}</p> }.into_any();
    }
    let word = move |key: u8| {
        text(move || {
            match key {
                0 => t_string!(i18n, create.private_ip),
                1 => t_string!(i18n, create.port),
                2 => t_string!(i18n, create.weight),
                _ => t_string!(i18n, create.backup),
            }
            .to_owned()
        })
    };
    let rows = pool.members.iter().map(|member| {
        let backup = member.backup == Some(true);
        let off = member.admin_state_up == Some(false);
        let (address, port, weight) = (member.address.clone(), member.protocol_port, member.weight);
        view! {
            <Row>
                <Cell heading=true label=word(0)>
                    <span class="mono">{address}</span>
                    {off
                        .then(|| view! { <span class="muted">" · " {t!(i18n, details.switched_off)}</span> })}
                </Cell>
                <Cell numeric=true label=word(1)>{port}</Cell>
                <Cell numeric=true label=word(2)>{weight}</Cell>
                <Cell label=word(3)>
                    {move || match backup {
                        true => t_string!(i18n, create.yes),
                        false => t_string!(i18n, create.no),
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
                    <HeaderCell label=word(0) />
                    <HeaderCell label=word(1) numeric=true />
                    <HeaderCell label=word(2) numeric=true />
                    <HeaderCell label=word(3) />
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </Table>
    }
    .into_any()
}
