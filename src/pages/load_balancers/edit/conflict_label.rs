//! A conflict between two editors, as text.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    pages::load_balancers::{
        form::field_label::{
            group_field_label, health_field_label, listener_field_label, policy_field_label,
        },
        labels::endpoint_label,
    },
    store::row::protocol_word,
};
use plan::{
    TimeoutField,
    edit::{Conflict, ConflictField, ConflictKind, Subject},
};

pub(super) fn conflict_label(i18n: I18nContext<Locale>, conflict: &Conflict) -> String {
    let subject = subject_label(i18n, &conflict.subject);
    match &conflict.kind {
        ConflictKind::Added => t_string!(i18n, edit.conflict_added, subject = subject).to_string(),
        ConflictKind::Removed { edited: false } => {
            t_string!(i18n, edit.conflict_removed, subject = subject).to_string()
        }
        ConflictKind::Removed { edited: true } => {
            t_string!(i18n, edit.conflict_removed_you_changed, subject = subject).to_string()
        }
        ConflictKind::RemovedByUs => {
            t_string!(i18n, edit.conflict_changed_you_removed, subject = subject).to_string()
        }
        ConflictKind::Changed { field, base, theirs, ours } => {
            let field = field_label(i18n, *field);
            let (base, theirs) = (value_label(i18n, base), value_label(i18n, theirs));
            match ours {
                None => t_string!(
                    i18n,
                    edit.conflict_changed,
                    subject = subject,
                    field = field,
                    before = base,
                    theirs = theirs
                )
                .to_string(),
                Some(ours) => t_string!(
                    i18n,
                    edit.conflict_changed_by_both,
                    subject = subject,
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

fn subject_label(i18n: I18nContext<Locale>, subject: &Subject) -> String {
    match subject {
        Subject::LoadBalancer => t_string!(i18n, edit.subject_load_balancer).to_owned(),
        Subject::Listener { protocol, port } => {
            let protocol = protocol_word(protocol).to_owned();
            t_string!(i18n, edit.subject_listener, protocol = protocol, port = port.as_str())
                .to_string()
        }
        Subject::Policy { name, port } => {
            let (name, port) = (name.as_str(), port.as_str());
            t_string!(i18n, edit.subject_rule, name = name, port = port).to_string()
        }
        Subject::Group { name } => {
            t_string!(i18n, edit.subject_group, name = name.as_str()).to_string()
        }
        Subject::Server { address, port, .. } => {
            let server = endpoint_label(address, port);
            t_string!(i18n, edit.subject_server, place = server).to_string()
        }
    }
}

fn field_label(i18n: I18nContext<Locale>, field: ConflictField) -> String {
    match field {
        ConflictField::Name => t_string!(i18n, create.name),
        ConflictField::Description => t_string!(i18n, create.description),
        ConflictField::Method => t_string!(i18n, create.method),
        ConflictField::Persistence => t_string!(i18n, create.persistence),
        ConflictField::Weight => t_string!(i18n, create.weight),
        ConflictField::Backup => t_string!(i18n, create.backup),
        ConflictField::Enabled => t_string!(i18n, edit.enabled),
        ConflictField::ConnectionLimit => t_string!(i18n, create.connection_limit),
        ConflictField::Group => t_string!(i18n, create.group),
        ConflictField::Redirect => t_string!(i18n, create.redirect),
        ConflictField::Headers => t_string!(i18n, edit.headers),
        ConflictField::AllowedCidrs => t_string!(i18n, create.allowed_cidrs),
        ConflictField::Certificate => t_string!(i18n, common.ssl_certificate),
        ConflictField::Timeout(TimeoutField::ClientData) => {
            t_string!(i18n, create.timeout_client_data)
        }
        ConflictField::Timeout(TimeoutField::MemberConnect) => {
            t_string!(i18n, create.timeout_member_connect)
        }
        ConflictField::Timeout(TimeoutField::MemberData) => {
            t_string!(i18n, create.timeout_member_data)
        }
        ConflictField::Timeout(TimeoutField::TcpInspect) => t_string!(i18n, fields.tcp_inspect),
        ConflictField::Tags => t_string!(i18n, fields.tags),
        ConflictField::MonitorAddress => t_string!(i18n, fields.monitor_address),
        ConflictField::MonitorPort => t_string!(i18n, fields.monitor_port),
        ConflictField::Listener(field) => listener_field_label(i18n, field),
        ConflictField::GroupTls(plan::GroupField::Protocol) => {
            t_string!(i18n, fields.encryption_to_servers)
        }
        ConflictField::GroupTls(field) => group_field_label(i18n, field),
        ConflictField::Policy(field) => policy_field_label(i18n, field),
        ConflictField::PolicyOrder => t_string!(i18n, fields.rule_order),
        ConflictField::Rule => t_string!(i18n, fields.condition),
        ConflictField::Health(field) => {
            let field = health_field_label(i18n, field);
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
        // The last segment of the URL of a secret is its id.
        value if value.starts_with("http") => {
            format!("“{}”", value.rsplit('/').next().unwrap_or(value))
        }
        value => format!("“{}”", value.replace('\n', ", ")),
    }
}
