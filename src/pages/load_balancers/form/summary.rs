//! What stands in the way of going on.

use super::Form;
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Banner, Tone},
};
use leptos::prelude::*;
use plan::{FieldPath, HealthField, ListenerField, Section, ServerField};

/// Everything that is wrong, each a way to its field, once going on has been tried.
#[component]
pub fn Summary(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let shown = Memo::new(move |_| match form.submitted.get() {
        true => form.said(),
        false => Vec::new(),
    });
    move || {
        let findings = shown.get();
        (!findings.is_empty()).then(|| {
            let count = findings.len();
            let lead = t_string!(i18n, create.wrong, count = count).to_string();
            let items = findings.into_iter().take(10).map(|finding| {
                let words = form.finding_text(&finding);
                let words = format!("{}: {words}", field_name(form, &finding.0));
                let path = finding.0;
                view! {
                    <li>
                        <button type="button" class="link" on:click=move |_| form.focus(&path)>
                            {words}
                        </button>
                    </li>
                }
            });
            let items = items.collect_view();
            view! {
                <Banner tone=Tone::Error>
                    <p>{lead}</p>
                    <ul class="form-list">{items}</ul>
                </Banner>
            }
        })
    }
}

/// What a field is called, with the row it is in: `Listener 2 · Port`.
pub fn field_name(form: Form, path: &FieldPath) -> String {
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
        FieldPath::Health { field, .. } => match field {
            HealthField::Kind => t_string!(i18n, create.check),
            HealthField::Delay => t_string!(i18n, create.delay),
            HealthField::Timeout => t_string!(i18n, create.timeout),
            HealthField::Rise => t_string!(i18n, create.rise),
            HealthField::Fall => t_string!(i18n, create.fall),
            HealthField::Method => t_string!(i18n, create.http_method),
            HealthField::Path => t_string!(i18n, create.path),
            HealthField::Codes => t_string!(i18n, create.codes),
            HealthField::Domain => t_string!(i18n, create.domain),
        },
        other => return section_name(form, other),
    };
    format!("{} · {field}", section_name(form, path))
}

/// The part of the form that a field is in; its own name if it is in none.
fn section_name(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let row = |index: Option<usize>| index.map(|index| index + 1).unwrap_or_default();
    match path {
        FieldPath::Name => t_string!(i18n, create.name).to_owned(),
        FieldPath::Description => t_string!(i18n, create.description).to_owned(),
        FieldPath::Network => t_string!(i18n, create.virtual_network).to_owned(),
        FieldPath::VipAddress => t_string!(i18n, create.vip_address).to_owned(),
        FieldPath::Method { .. } => t_string!(i18n, create.method).to_owned(),
        FieldPath::Listener { listener, .. } => {
            let at = form.draft.with_untracked(|draft| {
                row(draft.listeners.iter().position(|one| one.key == *listener))
            });
            t_string!(i18n, create.listener_n, n = at).to_string()
        }
        FieldPath::Server { group, server, .. } => {
            let at = form.draft.with_untracked(|draft| {
                let servers = &draft.group(*group)?.servers;
                let index = servers.iter().position(|one| one.key == *server)?;
                let typed = servers[index].address.trim();
                Some(if typed.is_empty() { (index + 1).to_string() } else { typed.to_owned() })
            });
            t_string!(i18n, create.server_n, n = at.unwrap_or_default()).to_string()
        }
        other => match other.section() {
            Section::Health => t_string!(i18n, create.health_check).to_owned(),
            Section::Persistence => t_string!(i18n, create.persistence).to_owned(),
            Section::AllowedCidrs => t_string!(i18n, create.allowed_cidrs).to_owned(),
            _ => t_string!(i18n, create.timeouts).to_owned(),
        },
    }
}
