//! The expiry of a certificate as text and badge.

use crate::{
    i18n::{
        I18nContext, Locale,
        format::{Style, time},
        t_string,
    },
    store::certificates::{Certificate, State},
    ui::{StatusBadge, Tone, Tooltip},
};
use certificate::{UnixSeconds, Validity};
use js_sys::Date;
use leptos::prelude::*;

/// The current time.
pub fn now() -> UnixSeconds {
    UnixSeconds((Date::now() / 1000.0) as i64)
}

/// A time in the format of the page, to the minute.
pub(super) fn moment(i18n: I18nContext<Locale>, at: UnixSeconds) -> String {
    time(i18n.get_locale(), &at.to_string(), Style::Minutes)
}

/// The tone of a state.
pub(super) fn tone(state: State) -> Tone {
    match state {
        State::Expired => Tone::Error,
        State::Expiring => Tone::Warning,
        State::NotYet => Tone::Info,
        State::Valid => Tone::Ok,
        State::Unknown => Tone::Neutral,
    }
}

/// `expires in 89 days`, with the moment itself when pointed at.
pub fn badge(i18n: I18nContext<Locale>, certificate: &Certificate) -> AnyView {
    badge_of(i18n, certificate, long_expiry_label)
}

/// `in 89 days`, for a column that is headed "Expires".
pub(super) fn short_badge(i18n: I18nContext<Locale>, certificate: &Certificate) -> AnyView {
    badge_of(i18n, certificate, expiry_label)
}

fn badge_of(
    i18n: I18nContext<Locale>,
    certificate: &Certificate,
    label: fn(I18nContext<Locale>, State, Validity) -> String,
) -> AnyView {
    let state = certificate.state(now());
    let urgent = certificate.facts.as_ref().is_some_and(|facts| facts.validity.is_urgent(now()));
    let tone = Signal::stored(if urgent { Tone::Error } else { tone(state) });
    let Some(validity) = certificate.facts.as_ref().map(|facts| facts.validity) else {
        let text = move || t_string!(i18n, certificates.unknown).to_owned();
        let hint = move || t_string!(i18n, certificates.unknown_hint).to_owned();
        return view! { <Tooltip text=hint><StatusBadge tone text /></Tooltip> }.into_any();
    };
    let text = move || label(i18n, state, validity);
    let full = move || moment(i18n, validity.not_after);
    view! { <Tooltip text=full><StatusBadge tone text /></Tooltip> }.into_any()
}

/// `in 89 days`, `expired yesterday`.
pub(super) fn expiry_label(i18n: I18nContext<Locale>, state: State, validity: Validity) -> String {
    match (state, validity.days_left(now())) {
        (State::NotYet, _) => t_string!(i18n, certificates.not_yet_valid).to_owned(),
        (_, -2) => t_string!(i18n, certificates.expired_yesterday).to_owned(),
        (_, -1) => t_string!(i18n, certificates.expired_today).to_owned(),
        (State::Expired, days) => {
            t_string!(i18n, certificates.expired_ago, days = -days - 1).to_string()
        }
        (_, 0) => t_string!(i18n, certificates.expires_tomorrow).to_owned(),
        (_, days) => t_string!(i18n, certificates.expires_in, days = days).to_string(),
    }
}

/// `expires in 89 days`, `expired yesterday`.
fn long_expiry_label(i18n: I18nContext<Locale>, state: State, validity: Validity) -> String {
    match (state, validity.days_left(now())) {
        (State::NotYet | State::Expired, _) | (_, ..0) => expiry_label(i18n, state, validity),
        (_, 0) => t_string!(i18n, certificates.expires_tomorrow_long).to_owned(),
        (_, days) => t_string!(i18n, certificates.expires_in_long, days = days).to_string(),
    }
}
