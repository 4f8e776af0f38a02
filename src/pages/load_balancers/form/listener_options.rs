//! `More options` of a listener: connection limit, allowed CIDRs and timeouts.

use super::{
    controls::{FormNumber, FormTextarea},
    more_options::MoreOptions,
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Field, text},
};
use leptos::prelude::*;
use plan::{FieldPath, ListenerDraft, ListenerField, OptionsScope, RowKey, TimeoutField};

/// One day.
const MAX_TIMEOUT_SECONDS: u32 = 86_400;

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
    match path {
        FieldPath::Listener { listener: of, field } => {
            *of == listener && matches!(field, ListenerField::Name | ListenerField::ConnectionLimit)
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
        let mut parts = Vec::new();
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
        for (field, _) in TIMEOUTS {
            let seconds =
                draft.text(&FieldPath::Timeout { scope, field }).unwrap_or_default().trim();
            if !seconds.is_empty() {
                let unit = t_string!(i18n, create.seconds);
                parts.push(format!("{} {seconds} {unit}", timeout_label(form, field)));
            }
        }
        parts.join(" · ")
    })
}

/// The name of a listener, unless it is the generated one.
fn own_name(row: &ListenerDraft) -> Option<&str> {
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
        TimeoutField::ClientData => t_string!(i18n, create.client_data),
        TimeoutField::MemberConnect => t_string!(i18n, create.member_connect),
        TimeoutField::MemberData => t_string!(i18n, create.member_data),
        TimeoutField::TcpInspect => t_string!(i18n, fields.tcp_inspect),
    }
}

#[component]
fn ListenerOptionsFields(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Listener { listener, field };
    let cidrs = FieldPath::AllowedCidrs { scope: OptionsScope::Listener(listener), entry: 0 };
    view! {
        <div class="form-grid">
            <Field
                label=move || t_string!(i18n, create.name).to_owned()
                error=form.error(&at(ListenerField::Name))
                optional=true
            >
                <super::controls::FormInput form path=at(ListenerField::Name) />
            </Field>
            <Field
                label=move || t_string!(i18n, create.connection_limit).to_owned()
                error=form.error(&at(ListenerField::ConnectionLimit))
                optional=true
            >
                <FormNumber
                    form
                    path=at(ListenerField::ConnectionLimit)
                    min=1
                    max=i32::MAX.unsigned_abs()
                    placeholder=move || t_string!(i18n, create.unlimited).to_owned()
                />
            </Field>
        </div>
        <div class="form-narrow">
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
    }
}

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
