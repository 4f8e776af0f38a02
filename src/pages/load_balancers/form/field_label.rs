//! Labels of fields, for lists of errors.

use super::state::Form;
use crate::i18n::{I18nContext, Locale, t_string};
use leptos::prelude::*;
use plan::{FieldPath, HealthField, ListenerField, Section, ServerField};

/// The label of a field, with its row where it is in one: `Listener 2 · Port`.
pub fn field_label(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let field = match path {
        FieldPath::Listener { field, .. } => match field {
            ListenerField::Name => t_string!(i18n, create.name),
            ListenerField::Protocol => t_string!(i18n, create.protocol),
            ListenerField::Port => t_string!(i18n, create.port),
            ListenerField::Certificate => t_string!(i18n, certificates.field),
            ListenerField::ConnectionLimit => t_string!(i18n, create.connection_limit),
            ListenerField::Redirect => t_string!(i18n, create.redirect_to),
        },
        FieldPath::Server { field, .. } => match field {
            ServerField::Name => t_string!(i18n, create.name),
            ServerField::Address => t_string!(i18n, create.private_ip),
            ServerField::Port => t_string!(i18n, create.port),
            ServerField::Weight => t_string!(i18n, create.weight),
        },
        FieldPath::Health { field, .. } => health_field_label(i18n, *field),
        other => return section_label(form, other),
    };
    format!("{} · {field}", section_label(form, path))
}

/// The label of the row or section of a field; of the field itself if it is in none.
fn section_label(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let row_number = |index: Option<usize>| index.map(|index| index + 1).unwrap_or_default();
    match path {
        FieldPath::Name => t_string!(i18n, create.name).to_owned(),
        FieldPath::Description => t_string!(i18n, create.description).to_owned(),
        FieldPath::Network => t_string!(i18n, create.virtual_network).to_owned(),
        FieldPath::VipAddress => t_string!(i18n, create.vip_address).to_owned(),
        FieldPath::Method { .. } => t_string!(i18n, create.method).to_owned(),
        FieldPath::Listener { listener, .. } => {
            let number = form.draft.with_untracked(|draft| {
                row_number(draft.listeners.iter().position(|one| one.key == *listener))
            });
            t_string!(i18n, create.listener_n, n = number).to_string()
        }
        FieldPath::Server { group, server, .. } => {
            let number = form.draft.with_untracked(|draft| {
                let servers = &draft.group(*group)?.servers;
                let index = servers.iter().position(|one| one.key == *server)?;
                let typed = servers[index].address.trim();
                Some(if typed.is_empty() { (index + 1).to_string() } else { typed.to_owned() })
            });
            t_string!(i18n, create.server_n, n = number.unwrap_or_default()).to_string()
        }
        other => match other.section() {
            Section::Health => t_string!(i18n, create.health_check).to_owned(),
            Section::Persistence => t_string!(i18n, create.persistence).to_owned(),
            Section::AllowedCidrs => t_string!(i18n, create.allowed_cidrs).to_owned(),
            _ => t_string!(i18n, create.timeouts).to_owned(),
        },
    }
}

pub fn health_field_label(i18n: I18nContext<Locale>, field: HealthField) -> &'static str {
    match field {
        HealthField::Kind => t_string!(i18n, create.check),
        HealthField::Delay => t_string!(i18n, create.delay),
        HealthField::Timeout => t_string!(i18n, create.timeout),
        HealthField::Rise => t_string!(i18n, create.rise),
        HealthField::Fall => t_string!(i18n, create.fall),
        HealthField::Method => t_string!(i18n, create.http_method),
        HealthField::Path => t_string!(i18n, create.path),
        HealthField::Codes => t_string!(i18n, create.codes),
        HealthField::Domain => t_string!(i18n, create.domain),
    }
}
