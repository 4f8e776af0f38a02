//! The health check of a server group.

use super::{
    controls::{FormInput, FormNumber, FormSelect},
    state::Form,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Field, SelectOption, Text, text},
};
use leptos::prelude::*;
use openstack_types::octavia::HealthMonitorType;
use plan::{FieldPath, HealthDraft, HealthField, RowKey, draft::HEALTH_CHECK_KINDS};

/// The value of the select box for no health check.
const NONE: &str = "none";
/// HTTP methods of a check, the safe ones first.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE"];

/// The health check of a server group.
#[component]
pub fn HealthCheck(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Health { group, field };
    let kind = Memo::new(move |_| {
        form.draft.with(|draft| draft.group(group).and_then(|g| g.health.kind.clone()))
    });
    let options = Signal::derive(move || {
        let off = SelectOption::new(NONE, t_string!(i18n, create.off));
        let kinds = HEALTH_CHECK_KINDS.iter().map(|kind| {
            let hint = match kind {
                HealthMonitorType::Http => t_string!(i18n, create.check_http),
                HealthMonitorType::Https => t_string!(i18n, create.check_https),
                HealthMonitorType::TlsHello => t_string!(i18n, create.check_tls),
                HealthMonitorType::Ping => t_string!(i18n, create.check_ping),
                _ => t_string!(i18n, create.check_tcp),
            };
            SelectOption::new(kind.as_str(), format!("{kind} · {hint}"))
        });
        // A monitor from another client may have a type that the form does not offer.
        let other = kind.get().filter(|kind| !HEALTH_CHECK_KINDS.contains(kind));
        let other = other.map(|kind| SelectOption::new(kind.as_str(), kind.to_string()));
        std::iter::once(off).chain(kinds).chain(other).collect::<Vec<_>>()
    });
    let on_change = move |word: String| {
        form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(group) {
                group.health.kind = (word != NONE).then(|| HealthMonitorType::from_wire(&word));
            }
        });
    };
    // Off is what needs a word; what a check does is said once.
    let hint = text(move || {
        if kind.with(Option::is_some) {
            t_string!(i18n, create.check_hint)
        } else {
            t_string!(i18n, create.no_health_check_hint)
        }
        .to_owned()
    });
    let seconds = text(move || t_string!(i18n, create.seconds).to_owned());
    view! {
        <div class="form-part stack">
            <h4 class="form-part-title">{t!(i18n, create.health_check)}</h4>
            <div class="form-narrow">
                <Field
                    label=move || t_string!(i18n, create.check).to_owned()
                    hint=hint
                    error=form.error(&at(HealthField::Kind))
                >
                    <FormSelect
                        form
                        path=at(HealthField::Kind)
                        value=move || {
                            kind.get().map(|k| k.to_string()).unwrap_or_else(|| NONE.to_owned())
                        }
                        on_change
                        options
                    />
                </Field>
            </div>
            <Show when=move || kind.with(Option::is_some)>
                <div class="form-grid form-numbers">
                    <PositiveNumber form path=at(HealthField::Delay) max=86_400 unit=seconds
                        label=text(move || t_string!(i18n, create.delay).to_owned()) />
                    <PositiveNumber form path=at(HealthField::Timeout) max=86_400 unit=seconds
                        label=text(move || t_string!(i18n, create.timeout).to_owned()) />
                    <PositiveNumber form path=at(HealthField::Rise) max=10
                        unit=text(move || t_string!(i18n, create.in_a_row).to_owned())
                        label=text(move || t_string!(i18n, create.rise).to_owned()) />
                    <PositiveNumber form path=at(HealthField::Fall) max=10
                        unit=text(move || t_string!(i18n, create.in_a_row).to_owned())
                        label=text(move || t_string!(i18n, create.fall).to_owned()) />
                </div>
            </Show>
            <Show when=move || kind.with(|kind| kind.as_ref().is_some_and(HealthDraft::sends_request))>
                <HttpRequestFields form group />
            </Show>
        </div>
    }
}

#[component]
fn PositiveNumber(form: Form, path: FieldPath, max: u32, unit: Text, label: Text) -> impl IntoView {
    view! {
        <Field label error=form.error(&path)>
            <FormNumber form path min=1 max unit />
        </Field>
    }
}

/// The request of an HTTP check, and the responses that mean healthy.
#[component]
fn HttpRequestFields(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Health { group, field };
    let methods = METHODS.map(|method| SelectOption::new(method, method)).to_vec();
    view! {
        <div class="form-grid form-wide">
            <Field
                label=move || t_string!(i18n, create.http_method).to_owned()
                error=form.error(&at(HealthField::Method))
            >
                <FormSelect
                    form
                    path=at(HealthField::Method)
                    value=form.text(&at(HealthField::Method))
                    on_change=move |method| form.set_text(&at(HealthField::Method), method)
                    options=Signal::stored(methods)
                />
            </Field>
            <Field
                label=move || t_string!(i18n, create.path).to_owned()
                error=form.error(&at(HealthField::Path))
            >
                <FormInput form path=at(HealthField::Path) code=true placeholder="/health" />
            </Field>
            <Field
                label=move || t_string!(i18n, create.codes).to_owned()
                hint=move || t_string!(i18n, create.codes_hint).to_owned()
                error=form.error(&at(HealthField::Codes))
            >
                <FormInput form path=at(HealthField::Codes) code=true placeholder="200" />
            </Field>
            <Field
                label=move || t_string!(i18n, create.domain).to_owned()
                hint=move || t_string!(i18n, create.domain_hint).to_owned()
                error=form.error(&at(HealthField::Domain))
                optional=true
            >
                <FormInput
                    form
                    path=at(HealthField::Domain)
                    code=true
                    placeholder="www.example.com"
                />
            </Field>
        </div>
    }
}
