//! What somebody else changed meanwhile, in words.

use super::labels;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    store::row::protocol_word,
    ui::{Banner, Tone},
};
use leptos::prelude::*;
use plan::{
    TimeoutField,
    edit::{Conflict, ConflictField, ConflictKind, Subject},
};

/// Changes told one by one; the rest is a number.
const TOLD: usize = 12;

/// When it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The form has been filled again, on top of it.
    InForm,
    /// Nothing had been sent.
    BeforeAny,
    /// Between two steps.
    MidWay,
}

/// Tells them, those that both touched first.
#[component]
pub(super) fn Conflicts(mut conflicts: Vec<Conflict>, seen: Seen) -> impl IntoView {
    let i18n = use_i18n();
    conflicts.sort_by_key(|conflict| !conflict.is_collision());
    let collide = conflicts.iter().any(Conflict::is_collision);
    let more = conflicts.len().saturating_sub(TOLD);
    let told = conflicts.into_iter().take(TOLD).map(|conflict| {
        view! { <li>{move || conflict_label(i18n, &conflict)}</li> }
    });
    let told = told.collect_view();
    view! {
        <Banner tone=if collide { Tone::Warning } else { Tone::Info }>
            <p>
                <strong>{t!(i18n, edit.somebody_changed)}</strong>
                " "
                {move || match (seen, collide) {
                    (Seen::InForm, _) => t_string!(i18n, edit.yours_on_top),
                    (Seen::BeforeAny, true) => t_string!(i18n, edit.choose_whose),
                    (Seen::BeforeAny, false) => t_string!(i18n, edit.both_hold),
                    (Seen::MidWay, true) => t_string!(i18n, edit.choose_whose_mid_way),
                    (Seen::MidWay, false) => t_string!(i18n, edit.both_hold_mid_way),
                }}
            </p>
            <ul class="form-list">
                {told}
                {(more > 0)
                    .then(|| {
                        let words = t_string!(i18n, create.and_more, count = more).to_string();
                        view! { <li>{words}</li> }
                    })}
            </ul>
        </Banner>
    }
}

fn conflict_label(i18n: I18nContext<Locale>, conflict: &Conflict) -> String {
    let thing = subject_label(i18n, &conflict.subject);
    match &conflict.kind {
        ConflictKind::Added => t_string!(i18n, edit.was_added, thing = thing).to_string(),
        ConflictKind::Removed { edited: false } => {
            t_string!(i18n, edit.was_removed, thing = thing).to_string()
        }
        ConflictKind::Removed { edited: true } => {
            t_string!(i18n, edit.was_removed_yours, thing = thing).to_string()
        }
        ConflictKind::RemovedByUs => {
            t_string!(i18n, edit.was_changed_removed, thing = thing).to_string()
        }
        ConflictKind::Changed { field, base, theirs, ours } => {
            let field = field_label(i18n, *field);
            let (base, theirs) = (value_label(i18n, base), value_label(i18n, theirs));
            match ours {
                None => t_string!(
                    i18n,
                    edit.was_changed,
                    thing = thing,
                    field = field,
                    before = base,
                    theirs = theirs
                )
                .to_string(),
                Some(ours) => t_string!(
                    i18n,
                    edit.was_changed_yours,
                    thing = thing,
                    field = field,
                    before = base,
                    theirs = theirs,
                    mine = value_label(i18n, ours)
                )
                .to_string(),
            }
        }
    }
}

fn subject_label(i18n: I18nContext<Locale>, thing: &Subject) -> String {
    match thing {
        Subject::LoadBalancer => t_string!(i18n, edit.thing_itself).to_owned(),
        Subject::Listener { protocol, port } => {
            let protocol = protocol_word(protocol).to_owned();
            t_string!(i18n, edit.thing_listener, protocol = protocol, port = port.as_str())
                .to_string()
        }
        Subject::Group { name } => {
            t_string!(i18n, edit.thing_group, name = name.as_str()).to_string()
        }
        Subject::Server { address, port, .. } => {
            let place = labels::address_and_port(address, port);
            t_string!(i18n, edit.thing_server, place = place).to_string()
        }
    }
}

fn field_label(i18n: I18nContext<Locale>, field: ConflictField) -> String {
    use plan::HealthField as H;
    match field {
        ConflictField::Name => t_string!(i18n, create.name),
        ConflictField::Description => t_string!(i18n, create.description),
        ConflictField::Method => t_string!(i18n, create.method),
        ConflictField::Persistence => t_string!(i18n, create.persistence),
        ConflictField::Weight => t_string!(i18n, create.weight),
        ConflictField::Backup => t_string!(i18n, create.backup),
        ConflictField::Enabled => t_string!(i18n, edit.on),
        ConflictField::ConnectionLimit => t_string!(i18n, create.connection_limit),
        ConflictField::Group => t_string!(i18n, create.group),
        ConflictField::Redirect => t_string!(i18n, create.redirect),
        ConflictField::Headers => t_string!(i18n, edit.headers),
        ConflictField::AllowedCidrs => t_string!(i18n, create.allowed_cidrs),
        ConflictField::Certificate => t_string!(i18n, common.ssl_certificate),
        ConflictField::Timeout(TimeoutField::ClientData) => t_string!(i18n, create.client_data),
        ConflictField::Timeout(TimeoutField::MemberConnect) => {
            t_string!(i18n, create.member_connect)
        }
        ConflictField::Timeout(TimeoutField::MemberData) => t_string!(i18n, create.member_data),
        ConflictField::Health(field) => {
            let field = match field {
                H::Kind => t_string!(i18n, create.check),
                H::Delay => t_string!(i18n, create.delay),
                H::Timeout => t_string!(i18n, create.timeout),
                H::Rise => t_string!(i18n, create.rise),
                H::Fall => t_string!(i18n, create.fall),
                H::Method => t_string!(i18n, create.http_method),
                H::Path => t_string!(i18n, create.path),
                H::Codes => t_string!(i18n, create.codes),
                H::Domain => t_string!(i18n, create.domain),
            };
            return format!("{} · {field}", t_string!(i18n, create.health_check));
        }
    }
    .to_owned()
}

fn value_label(i18n: I18nContext<Locale>, value: &str) -> String {
    match value.trim() {
        "" => t_string!(i18n, edit.value_none).to_owned(),
        "true" => t_string!(i18n, create.yes).to_owned(),
        "false" => t_string!(i18n, create.no).to_owned(),
        // Of the URL of a secret, what tells it from others.
        value if value.starts_with("http") => {
            format!("“{}”", value.rsplit('/').next().unwrap_or(value))
        }
        value => format!("“{}”", value.replace('\n', ", ")),
    }
}
