//! The content of a certificate.

use super::expiry::{moment, now};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{Style, time},
        t, t_string, use_i18n,
    },
    ui::{CopyButton, Definition, Definitions, StatusBadge, Tag, Tags, Tone},
};
use certificate::{CertificateMetadata, Expiry, UnixSeconds, Validity};
use leptos::prelude::*;

/// Subject, names, issuer, validity, key and chain.
pub(super) fn facts(facts: CertificateMetadata) -> AnyView {
    let i18n = use_i18n();
    let CertificateMetadata {
        subject,
        issuer,
        names,
        validity,
        key,
        signature,
        serial,
        fingerprint,
        chain,
    } = facts;
    let none = chain.is_empty();
    let chain = chain.into_iter().map(|above| {
        let until = move || {
            t_string!(i18n, certificates.chain_until, time = moment(i18n, above.not_after))
                .to_string()
        };
        view! {
            <li>
                <span class="certificate-text">{above.subject}</span>
                " "
                <span class="muted">{until}</span>
            </li>
        }
    });
    let chain = chain.collect_view();
    let names = names.into_iter().map(|text| view! { <Tag text code=true /> }).collect_view();
    let copied = fingerprint.clone();
    view! {
        <Definitions>
            <Definition term=move || t_string!(i18n, certificates.subject).to_owned()>
                <span class="certificate-text">{subject}</span>
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.domains).to_owned()>
                <Tags>{names}</Tags>
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.issuer).to_owned()>
                <span class="certificate-text">{issuer}</span>
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.valid).to_owned()>
                <span class="certificate-valid">
                    <span>
                        {exact(i18n, validity.not_before)} " – " {exact(i18n, validity.not_after)}
                    </span>
                    {days_left(i18n, validity)}
                </span>
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.key).to_owned()>
                {move || {
                    let (key, signature) = (key.clone(), signature.clone());
                    if signature.is_empty() {
                        return key;
                    }
                    t_string!(i18n, certificates.key_signed, key = key, signature = signature)
                        .to_string()
                }}
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.serial).to_owned()>
                <span class="mono">{octets(&serial)}</span>
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.chain).to_owned()>
                {if none {
                    view! { <span class="muted">{t!(i18n, certificates.chain_none)}</span> }
                        .into_any()
                } else { view! { <ol class="certificate-chain">{chain}</ol> }.into_any() }}
            </Definition>
            <Definition term=move || t_string!(i18n, certificates.fingerprint).to_owned()>
                <span class="certificate-copy">
                    <span class="mono">{octets(&fingerprint)}</span>
                    <CopyButton
                        text=copied
                        label=move || t_string!(i18n, certificates.copy_fingerprint).to_owned()
                    />
                </span>
            </Definition>
        </Definitions>
    }
    .into_any()
}

/// `AB:CD:EF`, which may break after a colon only.
fn octets(text: &str) -> AnyView {
    let parts = text.split_inclusive(':').map(|part| view! { {part.to_owned()} <wbr /> });
    parts.collect_view().into_any()
}

/// A time with its zone, on one line.
fn exact(i18n: I18nContext<Locale>, at: UnixSeconds) -> impl IntoView {
    view! {
        <span class="certificate-time">
            {move || time(i18n.get_locale(), &at.to_string(), Style::Zoned)}
        </span>
    }
}

fn days_left(i18n: I18nContext<Locale>, validity: Validity) -> impl IntoView {
    let days = validity.days_left(now());
    let state = validity.at(now());
    let tone = match state {
        Expiry::Expired => Tone::Error,
        Expiry::Soon if validity.is_urgent(now()) => Tone::Error,
        Expiry::Soon => Tone::Warning,
        Expiry::NotYet => Tone::Info,
        Expiry::Good => Tone::Ok,
    };
    let words = move || match (state, days) {
        (Expiry::NotYet, _) => t_string!(i18n, certificates.not_yet_valid).to_owned(),
        (_, -1) => t_string!(i18n, certificates.expired_today).to_owned(),
        (_, -2) => t_string!(i18n, certificates.expired_yesterday).to_owned(),
        (Expiry::Expired, days) => {
            t_string!(i18n, certificates.expired_ago, days = -days - 1).to_string()
        }
        (_, 0) => t_string!(i18n, certificates.days_left_none).to_owned(),
        (_, days) => t_string!(i18n, certificates.days_left, days = days).to_string(),
    };
    view! { <StatusBadge tone=Signal::stored(tone) text=words /> }
}
