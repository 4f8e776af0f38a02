//! `More options` of a listener.

use super::{
    check_list::CheckList,
    controls::{FormInput, FormNumber, FormTextarea},
    listener_fields::ListenerFields,
    listener_tls_options::ListenerTlsOptions,
    more_options::MoreOptions,
    state::Form,
    tags_field::TagsField,
    tls_fields::is_default,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Checkbox, Field, text},
};
use leptos::prelude::*;
use openstack_types::octavia::{ClientCertificateHeader, ListenerProtocol};
use plan::{
    FieldPath, ListenerDraft, ListenerField, OptionsScope, RowKey, TimeoutField,
    draft::{ForwardedHeaders, is_http},
};

/// 24 days, as in Octavia.
const MAX_TIMEOUT_SECONDS: u32 = 24 * 86_400;

/// The rarely needed settings of a listener.
#[component]
pub fn ListenerMoreOptions(form: Form, listener: RowKey) -> impl IntoView {
    let summary = text(move || options_summary(form, listener));
    let aside = text(move || {
        form.draft.with(|draft| {
            draft.listener(listener).and_then(own_name).unwrap_or_default().to_owned()
        })
    });
    view! {
        <MoreOptions form summary aside has_field=is_listener_option row=listener>
            <ListenerOptionsFields form listener />
        </MoreOptions>
    }
}

fn is_listener_option(path: &FieldPath, listener: RowKey) -> bool {
    use ListenerField as F;
    match path {
        FieldPath::Listener { listener: of, field } => {
            let is_always_shown =
                matches!(field, F::Protocol | F::Port | F::Group | F::Certificate | F::Redirect);
            *of == listener && !is_always_shown
        }
        FieldPath::AllowedCidrs { scope, .. } | FieldPath::Timeout { scope, .. } => {
            *scope == OptionsScope::Listener(listener)
        }
        _ => false,
    }
}

/// What differs from the defaults: `at most 100 connections · 192.0.2.0/24 · Client idle timeout 30 s`.
fn options_summary(form: Form, listener: RowKey) -> String {
    let i18n = form.i18n();
    form.draft.with(|draft| {
        let Some(row) = draft.listener(listener) else { return String::new() };
        let mut parts = option_notes(form, row);
        if let limit @ 1.. = row.connection_limit.trim().parse::<i64>().unwrap_or_default() {
            parts.push(t_string!(i18n, form.limit_note, limit = limit).to_string());
        }
        if let Some(options) = &row.own_options {
            let ranges = options.allowed_cidrs.split([',', ';', ' ', '\n', '\t']);
            let ranges: Vec<&str> = ranges.filter(|range| !range.trim().is_empty()).collect();
            if !ranges.is_empty() {
                parts.push(ranges.join(", "));
            }
        }
        let scope = OptionsScope::Listener(listener);
        for (field, usual) in TIMEOUTS {
            let seconds =
                draft.text(&FieldPath::Timeout { scope, field }).unwrap_or_default().trim();
            if !seconds.is_empty() && seconds != usual {
                let unit = t_string!(i18n, create.seconds);
                parts.push(format!("{} {seconds} {unit}", timeout_label(form, field)));
            }
        }
        parts.join(" · ")
    })
}

/// The options that differ from their defaults, except limit, ranges and timeouts.
pub fn option_notes(form: Form, row: &ListenerDraft) -> Vec<String> {
    let i18n = form.i18n();
    let mut parts = Vec::new();
    if !row.enabled {
        parts.push(t_string!(i18n, form.disabled).to_owned());
    }
    if row.protocol == ListenerProtocol::TerminatedHttps {
        tls_summary(form, row, &mut parts);
    }
    if is_http(&row.protocol) {
        // The form adds all of them, other clients none.
        let ForwardedHeaders { address, port, protocol } = row.forwarded;
        let is_usual = address == port && port == protocol;
        if !is_usual || !row.headers.is_empty() {
            parts.push(t_string!(i18n, fields.added_headers).to_owned());
        }
    }
    parts.extend(Some(row.description.trim().to_owned()).filter(|text| !text.is_empty()));
    parts.extend(row.tags.iter().map(|tag| format!("#{tag}")));
    parts
}

fn tls_summary(form: Form, row: &ListenerDraft, parts: &mut Vec<String>) {
    let i18n = form.i18n();
    match row.sni.len() {
        0 => {}
        count => parts.push(t_string!(i18n, form.sni_note, count = count).to_string()),
    }
    // The page itself asks for TLS 1.2.
    if let Some(versions) = row.tls.versions.as_ref().filter(|all| all.as_slice() != ["TLSv1.2"]) {
        parts.push(versions.join(", "));
    }
    if !is_default(&row.tls.ciphers) {
        parts.push(t_string!(i18n, fields.cipher_suites).to_owned());
    }
    if row.tls.hsts.is_some() {
        parts.push(t_string!(i18n, fields.hsts).to_owned());
    }
    if row.tls.clients.is_some() {
        parts.push(t_string!(i18n, fields.client_certificates).to_owned());
    }
}

/// The name of a listener, unless it is the generated one.
pub fn own_name(row: &ListenerDraft) -> Option<&str> {
    let name = row.name.trim();
    let protocol = row.protocol.as_str().to_ascii_lowercase().replace('_', "-");
    let generated = format!("{protocol}-{}", row.port.trim());
    (!name.is_empty() && name != generated).then_some(name)
}

const TIMEOUTS: [(TimeoutField, &str); 4] = [
    (TimeoutField::ClientData, "50"),
    (TimeoutField::MemberConnect, "5"),
    (TimeoutField::MemberData, "50"),
    (TimeoutField::TcpInspect, "0"),
];

fn timeout_label(form: Form, field: TimeoutField) -> &'static str {
    let i18n = form.i18n();
    match field {
        TimeoutField::ClientData => t_string!(i18n, create.timeout_client_data),
        TimeoutField::MemberConnect => t_string!(i18n, create.timeout_member_connect),
        TimeoutField::MemberData => t_string!(i18n, create.timeout_member_data),
        TimeoutField::TcpInspect => t_string!(i18n, fields.tcp_inspect),
    }
}

#[component]
fn ListenerOptionsFields(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let row = ListenerFields { form, listener };
    let cidrs = FieldPath::AllowedCidrs { scope: OptionsScope::Listener(listener), entry: 0 };
    let protocol = row.derive(|one| Some(one.protocol.clone()));
    let is_tls = move || protocol.with(|one| *one == Some(ListenerProtocol::TerminatedHttps));
    let has_headers = move || protocol.with(|one| one.as_ref().is_some_and(is_http));
    let enabled = row.derive(|one| one.enabled);
    let tags = row.derive(|one| one.tags.clone());
    view! {
        <Checkbox
            label=move || t_string!(i18n, edit.enabled).to_owned()
            checked=enabled
            on_change=move |on: bool| row.change(|one| one.enabled = on)
        />
        <div class="form-grid">
            <Field
                label=move || t_string!(i18n, create.name).to_owned()
                error=row.error(ListenerField::Name)
                optional=true
            >
                <FormInput form path=row.path(ListenerField::Name) />
            </Field>
            <Field
                label=move || t_string!(i18n, create.description).to_owned()
                error=row.error(ListenerField::Description)
                optional=true
            >
                <FormInput form path=row.path(ListenerField::Description) />
            </Field>
        </div>
        <Show when=is_tls>
            <ListenerTlsOptions row />
        </Show>
        <Show when=has_headers>
            <AddedHeaders row />
        </Show>
        <div class="form-grid">
            <Field
                label=move || t_string!(i18n, create.connection_limit).to_owned()
                error=row.error(ListenerField::ConnectionLimit)
                optional=true
            >
                <FormNumber
                    form
                    path=row.path(ListenerField::ConnectionLimit)
                    min=1
                    max=i32::MAX.unsigned_abs()
                    placeholder=move || t_string!(i18n, create.unlimited).to_owned()
                />
            </Field>
            <Field
                label=move || t_string!(i18n, create.allowed_cidrs).to_owned()
                hint=move || t_string!(i18n, create.cidrs_hint).to_owned()
                error=form.error(&cidrs)
                optional=true
            >
                <FormTextarea
                    form
                    path=cidrs
                    code=true
                    rows=3
                    placeholder="192.0.2.0/24\n2001:db8::/32"
                />
            </Field>
        </div>
        <TimeoutFields form listener />
        <div class="form-narrow">
            <TagsField
                tags
                on_change=move |tags| row.change(|one| one.tags = tags)
                form
                path=row.path(ListenerField::Tags)
            />
        </div>
    }
}

/// Headers that tell servers about the client. Those about its certificate need client certificates.
#[component]
fn AddedHeaders(row: ListenerFields) -> impl IntoView {
    let i18n = use_i18n();
    let has_clients = row.derive(|one| one.tls.clients.is_some());
    let added = row.derive(|one| {
        let forwarded = [
            (FORWARDED[0], one.forwarded.address),
            (FORWARDED[1], one.forwarded.port),
            (FORWARDED[2], one.forwarded.protocol),
        ];
        let forwarded =
            forwarded.into_iter().filter(|(_, on)| *on).map(|(name, _)| name.to_owned());
        let others = one.headers.keys().filter(|name| one.adds_header(name)).cloned();
        forwarded.chain(others).collect::<Vec<_>>()
    });
    let choices = Signal::derive(move || {
        let ssl =
            ClientCertificateHeader::ALL.map(ClientCertificateHeader::name).into_iter().filter(
                |name| has_clients.get() || added.with(|added| added.iter().any(|one| one == name)),
            );
        let names = FORWARDED.into_iter().chain(ssl).map(str::to_owned);
        names.map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    let change = move |(name, on): (String, bool)| {
        row.change(|one| match FORWARDED.iter().position(|header| *header == name) {
            Some(0) => one.forwarded.address = on,
            Some(1) => one.forwarded.port = on,
            Some(_) => one.forwarded.protocol = on,
            None => one.set_header(&name, on),
        });
    };
    view! {
        <CheckList
            legend=move || t_string!(i18n, fields.added_headers).to_owned()
            choices
            is_checked=move |name: String| added.with(|added| added.contains(&name))
            on_change=change
            error=row.error(ListenerField::Headers)
            id=row.path(ListenerField::Headers).element_id()
        />
    }
}

const FORWARDED: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];

#[component]
fn TimeoutFields(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let scope = OptionsScope::Listener(listener);
    let fields = TIMEOUTS.map(|(field, usual)| {
        let path = FieldPath::Timeout { scope, field };
        view! {
            <Field
                label=move || timeout_label(form, field).to_owned()
                error=form.error(&path)
                optional=true
            >
                <FormNumber
                    form
                    path
                    min=0
                    max=MAX_TIMEOUT_SECONDS
                    placeholder=usual
                    unit=text(move || t_string!(i18n, create.seconds).to_owned())
                />
            </Field>
        }
    });
    view! { <div class="form-grid form-numbers">{fields.into_iter().collect_view()}</div> }
}
