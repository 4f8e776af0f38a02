//! The card **Needs attention**: what is wrong, and the way to fix it.

use super::{
    attention::{Attention, ServersDown, attention},
    group_use::GroupUse,
    health_reason_text::health_reason_text,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    pages::ssl_certificates::{expiry_badge, name_of, now},
    routes::{DetailsTab, DetailsView, EditStart, ListQuery, Route},
    store::{
        certificates::{Certificate, State},
        use_store,
    },
    ui::{Card, Glyph, Icon, LinkButton},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, ProvisioningStatus, SecretId, field};
use std::sync::Arc;

/// Nothing while all is well.
#[component]
pub(super) fn AttentionCard(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let items = Memo::new(move |_| {
        let found = shown.with(|graph| {
            let graph = graph.as_deref()?;
            Some(groups.with(|groups| attention(graph, groups)))
        });
        found.unwrap_or_default()
    });
    let certificates = expiring_certificates(shown);
    let can_edit =
        select(shown, |graph| graph.balancer.provisioning_status == ProvisioningStatus::Active);
    let can_edit = Memo::new(move |_| store.session.may_change() && can_edit.get() == Some(true));
    let is_empty = move || items.with(Vec::is_empty) && certificates.with(Vec::is_empty);
    view! {
        <Show when=move || !is_empty()>
            <Card title=move || t_string!(i18n, services.needs_attention).to_owned()>
                <ul class="attention">
                    {move || {
                        items
                            .get()
                            .into_iter()
                            .map(|item| attention_item(i18n, id, item, can_edit))
                            .collect_view()
                    }}
                    {move || {
                        certificates.get().into_iter().map(|one| certificate_item(&one)).collect_view()
                    }}
                </ul>
            </Card>
        </Show>
    }
}

/// The certificates of the listeners, as far as the user may know them, that have expired or expire soon.
fn expiring_certificates(shown: ShownGraph) -> Memo<Vec<Arc<Certificate>>> {
    let certificates = use_store().certificates;
    let references = select(shown, |graph| {
        let own = graph.listeners.iter().flat_map(|one| one.certificate_refs());
        own.filter_map(|reference| SecretId::from_ref(reference)).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        if references.with(|known| known.as_ref().is_some_and(|known| !known.is_empty())) {
            certificates.ensure_listed();
        }
    });
    Memo::new(move |_| {
        let mut found: Vec<Arc<Certificate>> = Vec::new();
        for id in references.get().unwrap_or_default() {
            let is_expiring = |one: &Arc<Certificate>| {
                matches!(one.state(now()), State::Expired | State::Expiring)
            };
            let certificate = certificates.get(id).filter(is_expiring);
            found.extend(certificate.filter(|one| found.iter().all(|known| known.id != one.id)));
        }
        found
    })
}

fn item(is_error: bool, title: AnyView, text: AnyView, action: AnyView) -> AnyView {
    let glyph = if is_error { Glyph::Cross } else { Glyph::Warning };
    view! {
        <li class="attention-item" class:attention-error=is_error>
            <Icon glyph />
            <div class="attention-text">
                <strong>{title}</strong>
                {text}
            </div>
            <div class="attention-action">{action}</div>
        </li>
    }
    .into_any()
}

fn attention_item(
    i18n: I18nContext<Locale>,
    id: LoadBalancerId,
    what: Attention,
    can_edit: Memo<bool>,
) -> AnyView {
    let is_error = what.is_error();
    let edit = move |start: EditStart, label: fn(I18nContext<Locale>) -> &'static str| {
        let edit = Route::edit(id, DetailsTab::Overview, start);
        let link = move || {
            let href = edit.href();
            view! { <LinkButton href>{label(i18n)}</LinkButton> }
        };
        (move || can_edit.get().then(&link)).into_any()
    };
    let add_server =
        |group| edit(EditStart::AddServer(group), |i18n| t_string!(i18n, create.add_server));
    let plain_edit = || edit(EditStart::Form, |i18n| t_string!(i18n, common.edit));
    let reason_text = move |reason: Option<String>| {
        let text = match &reason {
            Some(reason) => errors::message_text(i18n, reason),
            None => t_string!(i18n, details.last_change_failed_no_reason).to_owned(),
        };
        view! { <p>{text}</p> }.into_any()
    };
    match what {
        Attention::Failed { reason } => item(
            is_error,
            t!(i18n, details.last_change_failed).into_any(),
            reason_text(reason),
            ().into_any(),
        ),
        Attention::ListenersFailed { listeners, reason } => {
            let list = listeners.join(", ");
            let title = t_string!(i18n, details.listeners_in_error, list = list).to_string();
            item(is_error, title.into_any(), reason_text(reason), plain_edit())
        }
        Attention::ServersDown(servers) => servers_down_item(i18n, id, is_error, servers),
        Attention::Disabled => item(
            is_error,
            t!(i18n, details.disabled_title).into_any(),
            view! { <p>{t!(i18n, details.disabled_text)}</p> }.into_any(),
            plain_edit(),
        ),
        Attention::NoListener => item(
            is_error,
            t!(i18n, details.no_listener_title).into_any(),
            view! { <p>{t!(i18n, details.no_listeners)}</p> }.into_any(),
            edit(EditStart::AddListener, |i18n| t_string!(i18n, edit.add_listener)),
        ),
        Attention::NoServer { group } => item(
            is_error,
            t!(i18n, details.no_server_title).into_any(),
            view! { <p>{t!(i18n, details.no_server_text)}</p> }.into_any(),
            add_server(group),
        ),
        Attention::NoneServes => item(
            is_error,
            t!(i18n, details.no_active_server_title).into_any(),
            view! { <p>{t!(i18n, details.no_active_server_text)}</p> }.into_any(),
            plain_edit(),
        ),
        Attention::EmptyGroup { group, name } => {
            let name = if field::is_blank(&name) {
                t_string!(i18n, details.group).to_owned()
            } else {
                name
            };
            let title = t_string!(i18n, details.empty_group_title, name = name).to_string();
            item(
                is_error,
                title.into_any(),
                view! { <p>{t!(i18n, details.empty_group_text)}</p> }.into_any(),
                add_server(Some(group)),
            )
        }
    }
}

fn servers_down_item(
    i18n: I18nContext<Locale>,
    id: LoadBalancerId,
    is_error: bool,
    servers: ServersDown,
) -> AnyView {
    let ServersDown { name, down, total, examples } = servers;
    let title = if field::is_blank(&name) {
        t_string!(i18n, details.servers_down, down = down, total = total).to_string()
    } else {
        t_string!(i18n, details.servers_down_in, down = down, total = total, name = name)
            .to_string()
    };
    let rest = down - examples.len();
    let examples = examples.into_iter().map(|(server, reason)| {
        let reason = reason.map(|reason| health_reason_text(i18n, &reason));
        view! {
            <li>
                <span class="mono">{server}</span>
                {reason.map(|reason| view! { <span>" · "{reason}</span> })}
            </li>
        }
    });
    let text = view! {
        <ul class="attention-examples">
            {examples.collect_view()}
            {(rest > 0)
                .then(|| {
                    let text = t_string!(i18n, create.and_more, count = rest).to_string();
                    view! { <li>{text}</li> }
                })}
        </ul>
    };
    let href =
        Route::details(id, DetailsView::servers(ListQuery::default().filtered(0, "down"))).href();
    let action = view! { <LinkButton href>{t!(i18n, details.show_servers)}</LinkButton> };
    item(is_error, title.into_any(), text.into_any(), action.into_any())
}

fn certificate_item(certificate: &Certificate) -> AnyView {
    let i18n = use_i18n();
    let has_expired = certificate.state(now()) == State::Expired;
    let name = name_of(i18n, certificate);
    let title = t_string!(i18n, details.certificate_title, name = name).to_string();
    let href = Route::SslCertificate(certificate.id).href();
    item(
        has_expired,
        title.into_any(),
        view! { <p>{expiry_badge(i18n, certificate)}</p> }.into_any(),
        view! { <LinkButton href>{t!(i18n, details.replace_certificate)}</LinkButton> }.into_any(),
    )
}
