//! The request that is tried.

use super::typed_request::{Answer, TypedError, TypedRequest};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Checkbox, Field, InputKind, Select, SelectOption, TextInput, Textarea},
};
use leptos::prelude::*;
use plan::Draft;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

#[component]
pub(super) fn TrialForm(
    typed: RwSignal<TypedRequest>,
    answer: Memo<Answer>,
    draft: RwSignal<Draft>,
) -> impl IntoView {
    let i18n = use_i18n();
    let field = move |part: fn(&TypedRequest) -> &String| {
        Signal::derive(move || typed.with(|typed| part(typed).clone()))
    };
    let set = move |part: fn(&mut TypedRequest) -> &mut String| {
        move |text: String| typed.update(|typed| *part(typed) = text)
    };
    let error = move |matches: fn(&TypedError) -> bool| {
        Signal::derive(move || {
            let error = answer.with(|answer| match answer {
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
    };
    let asks_certificates = Memo::new(move |_| {
        draft.with(|draft| draft.listeners.iter().any(|one| one.tls.clients.is_some()))
    });
    let sends_certificate = Signal::derive(move || typed.with(|typed| typed.sends_certificate));
    let methods = METHODS.map(|method| SelectOption::new(method, method)).to_vec();
    view! {
        <div class="stack trial-form">
            <div class="trial-line">
                <Field label=move || t_string!(i18n, rules.method).to_owned()>
                    <Select
                        value=field(|typed| &typed.method)
                        on_change=set(|typed| &mut typed.method)
                        options=Signal::stored(methods)
                    />
                </Field>
                <Field
                    label=move || t_string!(i18n, rules.request_url).to_owned()
                    error=error(|error| *error == TypedError::Url)
                >
                    <TextInput
                        kind=InputKind::Code
                        value=field(|typed| &typed.url)
                        on_input=set(|typed| &mut typed.url)
                    />
                </Field>
            </div>
            <Field
                label=move || t_string!(i18n, rules.headers).to_owned()
                hint=move || t_string!(i18n, rules.headers_hint).to_owned()
                error=error(|error| matches!(error, TypedError::Header(_)))
                optional=true
            >
                <Textarea
                    code=true
                    rows=2
                    value=field(|typed| &typed.headers)
                    on_input=set(|typed| &mut typed.headers)
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
                        value=field(|typed| &typed.cookies)
                        on_input=set(|typed| &mut typed.cookies)
                    />
                </Field>
                <Field
                    label=move || t_string!(i18n, rules.source).to_owned()
                    error=error(|error| *error == TypedError::Source)
                    optional=true
                >
                    <TextInput
                        kind=InputKind::Code
                        value=field(|typed| &typed.source)
                        on_input=set(|typed| &mut typed.source)
                    />
                </Field>
            </div>
            <Show when=move || asks_certificates.get()>
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
                                value=field(|typed| &typed.subject)
                                on_input=set(|typed| &mut typed.subject)
                            />
                        </Field>
                        <Field
                            label=move || t_string!(i18n, rules.certificate_result).to_owned()
                            hint=move || t_string!(i18n, rules.certificate_result_hint).to_owned()
                            error=error(|error| *error == TypedError::VerifyResult)
                        >
                            <TextInput
                                kind=InputKind::Code
                                value=field(|typed| &typed.verify_result)
                                on_input=set(|typed| &mut typed.verify_result)
                            />
                        </Field>
                    </div>
                </Show>
            </Show>
        </div>
    }
}
