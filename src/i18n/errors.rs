//! Error messages that users can act on.

use super::{I18nContext, Locale, t_string};
use leptos::prelude::{ArcRwSignal, Get, Set};
use openstack_types::{address::AddressClass, error::ApiError, field::FieldError, rules::Refusal};
use std::{net::IpAddr, sync::LazyLock};

/// Why a request failed.
pub fn explain(i18n: I18nContext<Locale>, error: &ApiError) -> String {
    let message = error.message.as_str();
    match error.status {
        0 if message == ApiError::TIMEOUT => t_string!(i18n, errors.timeout).to_owned(),
        0 => t_string!(i18n, errors.server_unreachable).to_owned(),
        200..=299 => t_string!(i18n, errors.unexpected_response, message = message).to_string(),
        // Also shown after the session is renewed, so it must be true then as well.
        401 => t_string!(i18n, errors.unauthorized).to_owned(),
        403 if !message.contains("Quota") => t_string!(i18n, errors.forbidden).to_owned(),
        404 => t_string!(i18n, errors.not_found).to_owned(),
        409 if error.is_busy() => t_string!(i18n, errors.busy).to_owned(),
        412 => t_string!(i18n, errors.session_switched).to_owned(),
        429 => t_string!(i18n, errors.too_many).to_owned(),
        // Refused for a reason that the service gives: not supported, no room, disk full.
        501 | 503 if message != format!("HTTP {}", error.status) => message_text(i18n, message),
        // The answer of a proxy: only the status is useful.
        status if status >= 500 && message == format!("HTTP {status}") => {
            t_string!(i18n, errors.server_bare, status = status).to_string()
        }
        status if status >= 500 => {
            t_string!(i18n, errors.server, status = status, message = message).to_string()
        }
        status if message == format!("HTTP {status}") => {
            t_string!(i18n, errors.refused_bare, status = status).to_string()
        }
        _ => message_text(i18n, message),
    }
}

type Translate = fn(I18nContext<Locale>, &str) -> String;

/// Translates messages of services; set once it is downloaded, which is after the list. What is on screen by then
/// follows.
static TRANSLATE: LazyLock<ArcRwSignal<Option<Translate>>> =
    LazyLock::new(|| ArcRwSignal::new(None));

/// Has [`explain`] and [`message_text`] translate messages of services from now on.
pub fn translate_messages(translate: Translate) {
    TRANSLATE.set(Some(translate));
}

/// A message of a service or of the engine in the language of the page; reactive.
pub fn message_text(i18n: I18nContext<Locale>, message: &str) -> String {
    TRANSLATE.get().map_or_else(|| message.to_owned(), |translate| translate(i18n, message))
}

/// Why an action is not possible now.
pub fn refusal(i18n: I18nContext<Locale>, refusal: Refusal) -> String {
    match refusal {
        Refusal::Pending => t_string!(i18n, errors.pending),
        Refusal::InError => t_string!(i18n, errors.in_error),
        Refusal::NotActive => t_string!(i18n, errors.not_active),
    }
    .to_owned()
}

/// Why an address cannot be a server. `target` is where a connection to it would end.
fn refused_address(i18n: I18nContext<Locale>, class: AddressClass, target: IpAddr) -> String {
    let address = target.to_string();
    match class {
        AddressClass::Unspecified => {
            t_string!(i18n, errors.field_address_unspecified, address = address).to_string()
        }
        AddressClass::Multicast => {
            t_string!(i18n, errors.field_address_multicast, address = address).to_string()
        }
        AddressClass::Broadcast => {
            t_string!(i18n, errors.field_address_broadcast, address = address).to_string()
        }
        AddressClass::LinkLocal => {
            t_string!(i18n, errors.field_address_link_local, address = address).to_string()
        }
        AddressClass::CloudMetadata => {
            t_string!(i18n, errors.field_address_metadata, address = address).to_string()
        }
    }
}

/// Why a value is not valid in its field.
pub fn field(i18n: I18nContext<Locale>, error: &FieldError) -> String {
    match error {
        FieldError::Required => t_string!(i18n, errors.field_required).to_owned(),
        FieldError::TooLong { max } => {
            t_string!(i18n, errors.field_too_long, max = *max).to_string()
        }
        FieldError::NotInRange { min, max } => {
            t_string!(i18n, errors.field_range, min = *min, max = *max).to_string()
        }
        FieldError::NotAnAddress => t_string!(i18n, errors.field_address).to_owned(),
        FieldError::RefusedAddress { class, target } => refused_address(i18n, *class, *target),
        FieldError::NotInNetwork { ranges } => {
            t_string!(i18n, errors.field_network, ranges = ranges.as_str()).to_string()
        }
        FieldError::NotACidr => t_string!(i18n, errors.field_cidr).to_owned(),
        FieldError::NotAPath => t_string!(i18n, errors.field_path).to_owned(),
        FieldError::Character { character } => {
            let character = character.to_string();
            t_string!(i18n, errors.field_character, character = character).to_string()
        }
        FieldError::NotAnEscape => t_string!(i18n, errors.field_escape).to_owned(),
        FieldError::NotADomain => t_string!(i18n, errors.field_domain).to_owned(),
        FieldError::NotACookieName => t_string!(i18n, errors.field_cookie).to_owned(),
        FieldError::NotAMethod => t_string!(i18n, errors.field_method).to_owned(),
        FieldError::NotStatusCodes => t_string!(i18n, errors.field_codes).to_owned(),
        FieldError::Duplicate => t_string!(i18n, errors.field_duplicate).to_owned(),
        FieldError::TimeoutNotBelowDelay => t_string!(i18n, errors.field_timeout).to_owned(),
        FieldError::NotChosen => t_string!(i18n, errors.field_not_chosen).to_owned(),
        FieldError::NotAUrl => t_string!(i18n, errors.field_url).to_owned(),
        FieldError::NotARuleValue => t_string!(i18n, errors.field_rule_value).to_owned(),
        FieldError::NotARegex { error } => {
            t_string!(i18n, errors.field_regex, position = error.position).to_string()
        }
        FieldError::NotAHeaderName => t_string!(i18n, errors.field_header).to_owned(),
        FieldError::NotADnField => t_string!(i18n, errors.field_dn).to_owned(),
        FieldError::DoesNotFit => t_string!(i18n, fields.does_not_fit).to_owned(),
        FieldError::NotACipher => t_string!(i18n, errors.field_cipher).to_owned(),
    }
}
