//! `All Services`: a card for each service, with counts by state and what needs attention.

mod certificates;
mod onboarding;
mod overview;

use super::{load_balancers::health_reason_text, page_title, ssl_certificates::warn_of_expiry};
use crate::{
    i18n::{
        I18nContext, Locale, errors,
        format::{Style, number},
        t, t_string, use_i18n,
    },
    routes::{ListQuery, Route, SortKey},
    store::{
        Graph,
        row::{Attention, Row, provisioning_word},
        use_store,
    },
    ui::{Banner, Button, Glyph, Icon, PageHeader, SkeletonLines, StatusBadge, Tone, text},
};
use certificates::Certificates;
use leptos::prelude::*;
use onboarding::Onboarding;
use openstack_types::{OperatingStatus, ProvisioningStatus, field};
use overview::Overview;
use std::sync::Arc;

/// Load balancers listed under `Needs attention`; the rest is a count.
const NAMED: usize = 6;

/// The service list.
#[component]
pub(super) fn Services() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let title = move || t_string!(i18n, services.title).to_owned();
    page_title(title);
    store.load_balancers.ensure_listed();
    if untrack(|| store.session.offers_certificates()) {
        warn_of_expiry(store, i18n);
    }
    view! {
        <PageHeader title />
        <div class="services">
            <Service
                href=Route::load_balancers().href()
                icon=Glyph::LoadBalancer
                name=text(move || t_string!(i18n, common.load_balancing).to_owned())
                about=text(move || t_string!(i18n, services.load_balancing_text).to_owned())
            >
                <LoadBalancing />
            </Service>
            {move || {
                store
                    .session
                    .offers_certificates()
                    .then(|| {
                        view! {
                            <Service
                                href=Route::ssl_certificates().href()
                                icon=Glyph::Certificate
                                name=text(move || {
                                    t_string!(i18n, common.ssl_certificate).to_owned()
                                })
                                about=text(move || {
                                    t_string!(i18n, services.ssl_certificate_text).to_owned()
                                })
                            >
                                <Certificates />
                            </Service>
                        }
                    })
            }}
        </div>
    }
}

/// The card of a service: link, description and state.
#[component]
fn Service(
    href: String,
    icon: Glyph,
    name: crate::ui::Text,
    about: crate::ui::Text,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="service card">
            <header class="service-header">
                <span class="service-icon">
                    <Icon glyph=icon />
                </span>
                <h2 class="service-name">
                    <a href=href>{move || name.get()}</a>
                </h2>
                <p class="muted">{move || about.get()}</p>
            </header>
            {children()}
        </section>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ViewState {
    Loading,
    Failed,
    Onboarding,
    Known,
}

#[component]
fn LoadBalancing() -> impl IntoView {
    let balancers = use_store().load_balancers;
    let view_state = Memo::new(move |_| {
        let loading = balancers.loading();
        match (loading.listed, loading.busy, balancers.with_rows(<[_]>::is_empty)) {
            (true, _, true) => ViewState::Onboarding,
            (true, _, false) => ViewState::Known,
            (false, false, _) if loading.error.is_some() => ViewState::Failed,
            (false, ..) => ViewState::Loading,
        }
    });
    move || match view_state.get() {
        ViewState::Loading => view! { <SkeletonLines lines=3 /> }.into_any(),
        ViewState::Failed => view! { <Failed /> }.into_any(),
        ViewState::Onboarding => view! { <Onboarding /> }.into_any(),
        ViewState::Known => view! { <Known /> }.into_any(),
    }
}

/// Shown when the list could not be read.
#[component]
fn Failed() -> impl IntoView {
    let i18n = use_i18n();
    let balancers = use_store().load_balancers;
    let reason = move || {
        balancers.loading().error.map(|error| errors::explain(i18n, &error)).unwrap_or_default()
    };
    view! {
        <Banner
            tone=Tone::Error
            action=move || {
                view! {
                    <Button on_press=move || balancers.list()>{t!(i18n, common.try_again)}</Button>
                }
            }
        >
            {reason}
        </Banner>
    }
}

/// Counts by state, and what needs attention.
#[component]
fn Known() -> impl IntoView {
    let i18n = use_i18n();
    let balancers = use_store().load_balancers;
    let overview = Memo::new(move |_| balancers.with_rows(|rows| Overview::of(rows, NAMED)));
    let whole = move |count: usize| number(i18n.get_locale(), count as f64, Style::Whole);
    let count =
        move |attention: Attention, tone: Tone, word: fn(I18nContext<Locale>) -> &'static str| {
            let count = Memo::new(move |_| overview.with(|overview| overview.count(attention)));
            view! {
                <Show when=move || { count.get() > 0 }>
                    <li class="service-count">
                        <span class="service-number num">{move || whole(count.get())}</span>
                        <StatusBadge tone=Signal::stored(tone) text=move || word(i18n).to_owned() />
                    </li>
                </Show>
            }
        };
    let total = move || whole(overview.with(|overview| overview.total));
    let all_serve = Memo::new(move |_| overview.with(|all| all.count(Attention::Idle) == 0));
    let urgent = Memo::new(move |_| {
        let why = |row: &Arc<Row>| balancers.graph(row.id).and_then(|graph| down(i18n, &graph));
        overview.with(|overview| {
            let rows = overview.urgent.iter();
            (rows.map(|row| (row.clone(), why(row))).collect::<Vec<_>>(), overview.more)
        })
    });
    view! {
        <ul class="service-counts">
            <li class="service-count">
                <span class="service-number num">{total}</span>
                <span class="muted">{t!(i18n, services.total)}</span>
            </li>
            {count(Attention::None, Tone::Ok, |i18n| t_string!(i18n, services.state_healthy))}
            {count(Attention::Idle, Tone::Warning, |i18n| t_string!(i18n, services.state_idle))}
            {count(Attention::Changing, Tone::Pending, |i18n| t_string!(i18n, services.state_changing))}
            {count(Attention::Impaired, Tone::Warning, |i18n| t_string!(i18n, services.state_impaired))}
            {count(Attention::Broken, Tone::Error, |i18n| t_string!(i18n, services.state_down))}
        </ul>
        {move || {
            let (urgent, more) = urgent.get();
            if urgent.is_empty() {
                return view! {
                    <Show when=move || all_serve.get()>
                        <p class="muted">{t!(i18n, services.all_running)}</p>
                    </Show>
                }
                    .into_any();
            }
            view! {
                <div class="service-attention">
                    <h3>{t!(i18n, services.needs_attention)}</h3>
                    <ul>
                        {urgent.into_iter().map(|(row, why)| urgent_item(i18n, &row, why)).collect_view()}
                        {(more > 0)
                            .then(|| {
                                let text = t_string!(i18n, services.more, count = whole(more)).to_string();
                                view! {
                                    <li class="service-more">
                                        <a href=worst_first()>{text}</a>
                                    </li>
                                }
                            })}
                    </ul>
                </div>
            }
                .into_any()
        }}
    }
}

/// The link to the list, sorted by urgency.
fn worst_first() -> String {
    Route::LoadBalancers(ListQuery::default().sorted_by(SortKey::State)).href()
}

/// The first server that is down, with the result of its health check.
fn down(i18n: I18nContext<Locale>, graph: &Graph) -> Option<String> {
    let mut members = graph.pools.iter().flat_map(|pool| &pool.members);
    members.find_map(|member| {
        let reason = member.reason.as_deref()?;
        let down = member.operating_status == OperatingStatus::Error;
        let reason = health_reason_text(i18n, reason);
        down.then(|| format!("{}:{} · {reason}", member.address, member.protocol_port))
    })
}

/// A load balancer that needs attention, with the reason and the result of the health check.
fn urgent_item(i18n: I18nContext<Locale>, row: &Arc<Row>, detail: Option<String>) -> AnyView {
    let row = row.clone();
    let tone = if row.attention() == Attention::Broken { Tone::Error } else { Tone::Warning };
    let (down, total) = (row.servers.down, row.servers.total);
    let why = if row.provisioning == ProvisioningStatus::Error {
        match &row.reason {
            Some(reason) => errors::message_text(i18n, reason),
            None => provisioning_word(&row.provisioning).to_owned(),
        }
    } else if down > 0 {
        t_string!(i18n, services.servers_down, down = down, total = total).to_string()
    } else {
        row.operating.to_string()
    };
    let name = if field::is_blank(&row.name) { row.id.to_string() } else { row.name.clone() };
    view! {
        <li class="service-urgent">
            <a class="truncate" href=Route::load_balancer(row.id).href() title=name.clone()>
                {name.clone()}
            </a>
            <StatusBadge tone=Signal::stored(tone) text=why />
            {detail
                .map(|detail| {
                    view! {
                        <span class="muted" title=detail.clone()>
                            {detail.clone()}
                        </span>
                    }
                })}
        </li>
    }
    .into_any()
}
