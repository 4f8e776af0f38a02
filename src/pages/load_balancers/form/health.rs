//! Health check and session persistence.

use super::{
    FoldedSection, Form, FormInput, FormNumber, FormSelect,
    groups::{group_keys, group_name},
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Field, SelectOption, Text, text},
};
use leptos::prelude::*;
use openstack_types::octavia::{HealthMonitorType, SessionPersistenceType};
use plan::{
    FieldPath, HealthDraft, HealthField, RowKey, Section,
    draft::{HEALTH_CHECK_KINDS, persistence_kinds},
};

/// Stands for none.
const NONE: &str = "none";
/// HTTP methods that a check may use, the harmless ones first.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE"];

/// `Health check` and `Session persistence`, folded.
#[component]
pub fn HealthFolds(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FoldedSection form part=Section::Health
            summary=text(move || t_string!(i18n, create.health_check).to_owned())
            note=text(move || health_note(form))
        >
            <HealthCheck form />
        </FoldedSection>
        <FoldedSection form part=Section::Persistence
            summary=text(move || t_string!(i18n, create.persistence).to_owned())
            note=text(move || persistence_note(form))
        >
            <SessionPersistence form />
        </FoldedSection>
    }
}

/// The health check of every group.
#[component]
fn HealthCheck(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <GroupHealth form group=key />
        </For>
    }
}

/// What the folded part says.
fn health_note(form: Form) -> String {
    let i18n = form.i18n();
    let all: Vec<_> = form.draft.with(|draft| {
        let health = draft.groups.iter().map(|group| &group.health);
        health.map(|health| health.kind.clone().map(|kind| (kind, health.delay.clone()))).collect()
    });
    match all.as_slice() {
        [Some((kind, delay))] => {
            let (kind, delay) = (kind.to_string(), delay.clone());
            t_string!(i18n, create.health_note, kind = kind, delay = delay).to_string()
        }
        all if all.iter().all(Option::is_none) => t_string!(i18n, create.off).to_owned(),
        all => {
            let kinds = all.iter().flatten().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>();
            kinds.join(", ")
        }
    }
}

/// What the folded part says.
fn persistence_note(form: Form) -> String {
    let kinds: Vec<String> = form.draft.with(|draft| {
        let kinds = draft.groups.iter().filter_map(|group| group.persistence.kind.as_ref());
        kinds.map(ToString::to_string).collect()
    });
    match kinds.as_slice() {
        [] => t_string!(form.i18n(), create.none).to_owned(),
        kinds => kinds.join(", "),
    }
}

#[component]
fn GroupHealth(form: Form, group: RowKey) -> impl IntoView {
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
        // What was made elsewhere may be of a kind that is not offered; it is shown as it is.
        let other = kind.get().filter(|kind| !HEALTH_CHECK_KINDS.contains(kind));
        let other = other.map(|kind| SelectOption::new(kind.as_str(), kind.to_string()));
        std::iter::once(off).chain(kinds).chain(other).collect::<Vec<_>>()
    });
    let on_change = move |word: String| {
        form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(group) {
                group.health.kind = (word != NONE).then(|| HealthMonitorType::from_word(&word));
            }
        });
    };
    let seconds = text(move || t_string!(i18n, create.seconds).to_owned());
    view! {
        <div class="form-group stack">
            {move || group_name(form, group).map(|name| view! { <h4>{name}</h4> })}
            <div class="form-narrow">
                <Field
                    label=move || t_string!(i18n, create.check).to_owned()
                    hint=move || t_string!(i18n, create.check_hint).to_owned()
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
                    <Number form path=at(HealthField::Delay) max=3600 unit=seconds
                        label=text(move || t_string!(i18n, create.delay).to_owned()) />
                    <Number form path=at(HealthField::Timeout) max=3600 unit=seconds
                        label=text(move || t_string!(i18n, create.timeout).to_owned()) />
                    <Number form path=at(HealthField::Rise) max=10
                        unit=text(move || t_string!(i18n, create.times).to_owned())
                        label=text(move || t_string!(i18n, create.rise).to_owned()) />
                    <Number form path=at(HealthField::Fall) max=10
                        unit=text(move || t_string!(i18n, create.times).to_owned())
                        label=text(move || t_string!(i18n, create.fall).to_owned()) />
                </div>
            </Show>
            <Show when=move || kind.with(|kind| kind.as_ref().is_some_and(HealthDraft::sends_request))>
                <Request form group />
            </Show>
        </div>
    }
}

#[component]
fn Number(form: Form, path: FieldPath, max: u32, unit: Text, label: Text) -> impl IntoView {
    view! {
        <Field label error=form.error(&path)>
            <FormNumber form path min=1 max unit />
        </Field>
    }
}

/// What an HTTP check asks for, and which answer is healthy.
#[component]
fn Request(form: Form, group: RowKey) -> impl IntoView {
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

/// The session persistence of every group.
#[component]
fn SessionPersistence(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <GroupPersistence form group=key />
        </For>
    }
}

#[component]
fn GroupPersistence(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let kind = Memo::new(move |_| {
        form.draft.with(|draft| draft.group(group).and_then(|g| g.persistence.kind.clone()))
    });
    let options = Signal::derive(move || {
        let none = SelectOption::new(NONE, t_string!(i18n, create.none));
        let of_type = persistence_kinds(form.draft.with(|draft| draft.lb_type));
        let kinds = of_type.iter().map(|kind| {
            let hint = match kind {
                SessionPersistenceType::HttpCookie => t_string!(i18n, create.keep_http_cookie),
                SessionPersistenceType::AppCookie => t_string!(i18n, create.keep_app_cookie),
                _ => t_string!(i18n, create.keep_source_ip),
            };
            SelectOption::new(kind.as_str(), format!("{kind} · {hint}"))
        });
        let other = kind.get().filter(|kind| !of_type.contains(kind));
        let other = other.map(|kind| SelectOption::new(kind.as_str(), kind.to_string()));
        std::iter::once(none).chain(kinds).chain(other).collect::<Vec<_>>()
    });
    let on_change = move |word: String| {
        form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(group) {
                let kind = (word != NONE).then(|| SessionPersistenceType::from_word(&word));
                group.persistence.kind = kind;
            }
        });
    };
    let path = FieldPath::Persistence { group };
    let cookie = FieldPath::CookieName { group };
    view! {
        <div class="form-group stack form-narrow">
            {move || group_name(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Field
                label=move || t_string!(i18n, create.keep).to_owned()
                error=form.error(&path)
            >
                <FormSelect
                    form
                    path
                    value=move || {
                        kind.get().map(|k| k.to_string()).unwrap_or_else(|| NONE.to_owned())
                    }
                    on_change
                    options
                />
            </Field>
            {move || {
                let cookie = cookie.clone();
                (kind.get() == Some(SessionPersistenceType::AppCookie))
                    .then(|| {
                        view! {
                            <Field
                                label=move || t_string!(i18n, create.cookie).to_owned()
                                error=form.error(&cookie)
                            >
                                <FormInput form path=cookie code=true placeholder="JSESSIONID" />
                            </Field>
                        }
                    })
            }}
        </div>
    }
}
