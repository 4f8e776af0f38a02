//! The card of certificates: counts by state, and which expire soon.

use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    pages::{
        list::Create,
        ssl_certificates::{expiry_badge, name_of, now},
    },
    routes::{CertificateSort, ListQuery, Route},
    store::{
        certificates::{Certificate, State},
        use_store,
    },
    ui::{Banner, Button, ButtonKind, SkeletonLines, StatusBadge, Tone},
};
use leptos::prelude::*;
use std::sync::Arc;

/// Certificates listed that expire soon; the rest is a count.
const NAMED: usize = 4;

/// An overview of all.
#[derive(Clone, Default, PartialEq)]
struct Overview {
    total: usize,
    valid: usize,
    expiring: usize,
    expired: usize,
    /// Expired and expiring certificates, earliest first.
    urgent: Vec<Arc<Certificate>>,
}

impl Overview {
    fn of(all: &[Arc<Certificate>]) -> Self {
        let mut overview = Self { total: all.len(), ..Self::default() };
        for one in all {
            match one.state(now()) {
                State::Expired => overview.expired += 1,
                State::Expiring => overview.expiring += 1,
                State::Valid | State::NotYet => overview.valid += 1,
                State::Unknown => {}
            }
            if matches!(one.state(now()), State::Expired | State::Expiring) {
                overview.urgent.push(one.clone());
            }
        }
        let end = |one: &Arc<Certificate>| one.facts.as_ref().map(|f| f.validity.not_after);
        overview.urgent.sort_by_key(end);
        overview
    }
}

/// The content of the card.
#[component]
pub(super) fn Certificates() -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    certificates.ensure_listed();
    let overview = Memo::new(move |_| certificates.with(Overview::of));
    let loading = Memo::new(move |_| certificates.loading());
    move || {
        let loading = loading.get();
        if let Some(error) = loading.error.filter(|_| !loading.listed) {
            let reason = move || errors::explain(i18n, &error);
            return view! {
                <Banner
                    tone=Tone::Error
                    action=move || {
                        view! {
                            <Button on_press=move || certificates.list()>
                                {t!(i18n, common.try_again)}
                            </Button>
                        }
                    }
                >
                    {reason}
                </Banner>
            }
            .into_any();
        }
        if !loading.listed {
            return view! { <SkeletonLines lines=2 /> }.into_any();
        }
        known(i18n, &overview.get())
    }
}

fn known(i18n: I18nContext<Locale>, overview: &Overview) -> AnyView {
    if overview.total == 0 {
        return view! {
            <p class="muted">{t!(i18n, certificates.empty_title)}</p>
            <div class="row">
                <Create href=Route::create_ssl_certificate().href() kind=ButtonKind::Secondary />
            </div>
        }
        .into_any();
    }
    let count = |number: usize, tone: Tone, word: fn(I18nContext<Locale>) -> &'static str| {
        (number > 0).then(|| {
            view! {
                <li class="service-count">
                    <span class="service-number num">{number}</span>
                    <StatusBadge tone=Signal::stored(tone) text=move || word(i18n).to_owned() />
                </li>
            }
        })
    };
    let urgent = overview.urgent.iter().take(NAMED).map(|one| {
        let name = name_of(i18n, one);
        view! {
            <li class="service-urgent">
                <a class="truncate" href=Route::SslCertificate(one.id).href() title=name.clone()>
                    {name.clone()}
                </a>
                {expiry_badge(i18n, one)}
            </li>
        }
    });
    let urgent = urgent.collect_view();
    let more = overview.urgent.len().saturating_sub(NAMED);
    let rest = (more > 0).then(|| {
        let first = ListQuery::default().sorted_by(CertificateSort::Expires);
        let text = t_string!(i18n, services.more, count = more).to_string();
        view! {
            <li class="service-more">
                <a href=Route::SslCertificates(first).href()>{text}</a>
            </li>
        }
    });
    view! {
        <ul class="service-counts">
            {count(overview.valid, Tone::Ok, |i18n| t_string!(i18n, services.state_valid))}
            {count(
                overview.expiring,
                Tone::Warning,
                |i18n| t_string!(i18n, services.state_expiring),
            )}
            {count(overview.expired, Tone::Error, |i18n| t_string!(i18n, services.state_expired))}
        </ul>
        {(!overview.urgent.is_empty())
            .then(|| {
                view! {
                    <div class="service-attention">
                        <h3>{t!(i18n, services.needs_attention)}</h3>
                        <ul>{urgent} {rest}</ul>
                    </div>
                }
            })}
    }
    .into_any()
}
