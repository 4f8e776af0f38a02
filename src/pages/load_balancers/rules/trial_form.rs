//! The request that is tried.

use super::typed_request::{Answer, TypedError, TypedRequest};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Checkbox, Field, InputKind, Select, SelectOption, TextInput, Textarea},
};
use leptos::prelude::*;
use plan::Draft;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What is typed, and what is wrong with it; a handle.
#[derive(Clone, Copy)]
struct Fields {
    typed: RwSignal<TypedRequest>,
    answer: Memo<Answer>,
}

impl Fields {
    fn field(self, part: fn(&TypedRequest) -> &String) -> Signal<String> {
        Signal::derive(move || self.typed.with(|typed| part(typed).clone()))
    }

    fn set(self, part: fn(&mut TypedRequest) -> &mut String) -> impl Fn(String) + Copy {
        move |text: String| self.typed.update(|typed| *part(typed) = text)
    }

    /// The error of the field that a kind of error belongs to.
    fn error(self, matches: fn(&TypedError) -> bool) -> Signal<Option<String>> {
        let i18n = use_i18n();
        Signal::derive(move || {
            let error = self.answer.with(|answer| match answer {
                Answer::Invalid(error) if matches(error) => Some(error.clone()),
                _ => None,
            });
            error.map(|error| match error {
                TypedError::Url => t_string!(i18n, rules.bad_url).to_owned(),
                TypedError::Header(line) => {
                    t_string!(i18n, rules.bad_header, line = line).to_string()
                }
                TypedError::Source => t_string!(i18n, rules.bad_source).to_owned(),
                TypedError::VerifyResult => t_string!(i18n, rules.bad_result).to_owned(),
            })
        })
    }
}

#[component]
pub(super) fn TrialForm(
    typed: RwSignal<TypedRequest>,
    answer: Memo<Answer>,
    draft: RwSignal<Draft>,
) -> impl IntoView {
    let i18n = use_i18n();
    let fields = Fields { typed, answer };
    let asks_certificates = Memo::new(move |_| {
        draft.with(|draft| draft.listeners.iter().any(|one| one.tls.clients.is_some()))
    });
    let methods = METHODS.map(|method| SelectOption::new(method, method)).to_vec();
    view! {
        <div class="stack trial-form">
            <div class="trial-line">
                <Field label=move || t_string!(i18n, rules.method).to_owned()>
                    <Select
                        value=fields.field(|typed| &typed.method)
                        on_change=fields.set(|typed| &mut typed.method)
                        options=Signal::stored(methods)
                    />
                </Field>
                <Field
                    label=move || t_string!(i18n, rules.request_url).to_owned()
                    error=fields.error(|error| *error == TypedError::Url)
                >
                    <TextInput
                        kind=InputKind::Code
                        value=fields.field(|typed| &typed.url)
                        on_input=fields.set(|typed| &mut typed.url)
                    />
                </Field>
            </div>
            <Field
                label=move || t_string!(i18n, rules.headers).to_owned()
                hint=move || t_string!(i18n, rules.headers_hint).to_owned()
                error=fields.error(|error| matches!(error, TypedError::Header(_)))
                optional=true
            >
                <Textarea
                    code=true
                    rows=2
                    value=fields.field(|typed| &typed.headers)
                    on_input=fields.set(|typed| &mut typed.headers)
                />
            </Field>
            <div class="form-grid">
                <Field
                    label=move || t_string!(i18n, rules.cookies).to_owned()
                    hint=move || t_string!(i18n, rules.cookies_hint).to_owned()
                    optional=true
                >
                    <TextInput
                        kind=InputKind::Code
                        value=fields.field(|typed| &typed.cookies)
                        on_input=fields.set(|typed| &mut typed.cookies)
                    />
                </Field>
                <Field
                    label=move || t_string!(i18n, rules.source).to_owned()
                    error=fields.error(|error| *error == TypedError::Source)
                    optional=true
                >
                    <TextInput
                        kind=InputKind::Code
                        value=fields.field(|typed| &typed.source)
                        on_input=fields.set(|typed| &mut typed.source)
                    />
                </Field>
            </div>
            <Show when=move || asks_certificates.get()>
                <CertificateFields fields />
            </Show>
        </div>
    }
}

/// What the request has of a client certificate.
#[component]
fn CertificateFields(fields: Fields) -> impl IntoView {
    let i18n = use_i18n();
    let typed = fields.typed;
    let sends_certificate = Signal::derive(move || typed.with(|typed| typed.sends_certificate));
    view! {
                <Checkbox
                    label=move || t_string!(i18n, rules.sends_certificate).to_owned()
                    checked=sends_certificate
                    on_change=move |sends| typed.update(|typed| typed.sends_certificate = sends)
                />
                <Show when=move || sends_certificate.get()>
                    <div class="form-grid">
                        <Field
                            label=move || t_string!(i18n, rules.certificate_subject).to_owned()
                            hint=move || t_string!(i18n, rules.certificate_subject_hint).to_owned()
                            optional=true
                        >
                            <Textarea
                                code=true
                                rows=2
                                value=fields.field(|typed| &typed.subject)
                                on_input=fields.set(|typed| &mut typed.subject)
                            />
                        </Field>
                        <Field
                            label=move || t_string!(i18n, rules.certificate_result).to_owned()
                            hint=move || t_string!(i18n, rules.certificate_result_hint).to_owned()
                            error=fields.error(|error| *error == TypedError::VerifyResult)
                        >
                            <TextInput
                                kind=InputKind::Code
                                value=fields.field(|typed| &typed.verify_result)
                                on_input=fields.set(|typed| &mut typed.verify_result)
                            />
                        </Field>
                    </div>
                </Show>
    }
}
