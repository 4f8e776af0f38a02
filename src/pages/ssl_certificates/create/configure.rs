//! Step 1: the name and the bundle.

use super::{
    contents::contents,
    form::{Form, Inside},
    step::heading_id,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::permissions::read_only_reason,
    routes::{CreateStep, Route},
    ui::{
        Button, ButtonKind, Card, Field, FileInput, InputKind, LinkButton, Tag, Tags, TextInput,
        Textarea,
    },
};
use leptos::prelude::*;

/// File name extensions in the browser's file dialog.
const ENDINGS: &str = ".p12,.pfx,.p7b,.p7c,.pem,.crt,.cer,.key,.der,.txt";

/// The form; `on_next` is called when nothing is wrong with it.
#[component]
pub(super) fn Configure(form: Form, #[prop(into)] on_next: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.submit() {
            on_next.run(());
        }
    };
    let read_only = Signal::derive(read_only_reason());
    view! {
        <form
            class="form"
            novalidate=true
            aria-labelledby=heading_id(CreateStep::Configure)
            on:submit=submit
        >
            <h2 class="visually-hidden" id=heading_id(CreateStep::Configure) tabindex="-1">
                {t!(i18n, create.configure)}
            </h2>
            <Fields form />
            <div class="form-actions form-wizard-actions">
                <LinkButton href=Route::ssl_certificates().href()>
                    {t!(i18n, common.cancel)}
                </LinkButton>
                <Button kind=ButtonKind::Primary submit=true disabled_reason=read_only>
                    {t!(i18n, create.next)}
                </Button>
            </div>
        </form>
    }
}

/// The fields, without a form around them.
#[component]
pub(super) fn Fields(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let name_error =
        Signal::derive(move || form.name_left.get().then(|| form.name_error()).flatten());
    view! {
            <section class="form-section">
                <div class="form-narrow stack">
                    <div id="certificate-name">
                        <Field
                            label=move || t_string!(i18n, create.name).to_owned()
                            error=name_error
                        >
                            <TextInput
                                value=form.name
                                on_input=move |text| form.name.set(text)
                                autofocus=true
                                // Before a file is opened, a name may still be proposed.
                                on_blur=move || {
                                    if untrack(|| form.opened()).is_some() {
                                        form.name_left.set(true);
                                    }
                                }
                            />
                        </Field>
                        <Show when=move || form.is_name_taken()>
                            <p class="field-hint" role="status">
                                {t!(i18n, certificates.same_name)}
                            </p>
                        </Show>
                    </div>
                    <Field
                        label=move || t_string!(i18n, create.description).to_owned()
                        optional=true
                    >
                        <Textarea
                            value=form.description
                            on_input=move |text| form.description.set(text)
                            rows=2
                            max_length=255
                        />
                    </Field>
                </div>
            </section>
            <section class="form-section">
                <Bundle form />
            </section>
    }
}

/// Text or files, the passphrase, and the content.
#[component]
fn Bundle(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let names = Memo::new(move |_| {
        form.files.with(|files| files.iter().map(web_sys::File::name).collect::<Vec<_>>())
    });
    let files = move || {
        let names = names.get();
        (!names.is_empty()).then(|| {
            let tags = names.into_iter().map(|name| {
                let gone = name.clone();
                view! { <Tag text=name on_remove=move || form.remove_file(&gone) /> }
            });
            let tags = tags.collect_view();
            view! {
                <div
                    class="certificate-files"
                    role="group"
                    aria-label=move || t_string!(i18n, certificates.files).to_owned()
                >
                    <Tags>{tags}</Tags>
                </div>
            }
        })
    };
    view! {
        <div class="form-wide stack">
            <FileInput
                label=move || t_string!(i18n, certificates.choose_files).to_owned()
                hint=move || t_string!(i18n, certificates.drop).to_owned()
                accept=ENDINGS
                on_files=move |files| form.add_files(files)
            />
            {files}
            <Show when=move || form.locked.get()>
                <Passphrase form />
            </Show>
            <div id="certificate-bundle">
                <Field
                    label=move || t_string!(i18n, certificates.bundle).to_owned()
                    hint=move || t_string!(i18n, certificates.bundle_hint).to_owned()
                    error=Signal::derive(move || form.bundle_error())
                >
                    <Textarea
                        value=form.pasted
                        on_input=move |text| form.paste(text)
                        code=true
                        rows=5
                    />
                </Field>
            </div>
        </div>
        <Found form />
    }
}

/// The passphrase, if the bundle has one. It is not sent, and the browser is asked not to store it.
#[component]
fn Passphrase(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="certificate-passphrase" id="certificate-passphrase">
            <Field
                label=move || t_string!(i18n, certificates.passphrase).to_owned()
                hint=move || t_string!(i18n, certificates.passphrase_hint).to_owned()
                error=Signal::derive(move || form.passphrase_error())
            >
                <span class="certificate-open">
                    <TextInput
                        value=form.passphrase
                        on_input=move |text| form.passphrase.set(text)
                        kind=InputKind::Password
                        autocomplete="one-time-code"
                    />
                    <Button on_press=move || form.open()>{t!(i18n, certificates.unlock)}</Button>
                </span>
            </Field>
        </div>
    }
}

/// The result of the worker.
#[component]
fn Found(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let inside = Memo::new(move |_| form.inside.get());
    view! {
        <div aria-live="polite">
            {move || match inside.get() {
                Inside::Opening => view! {
                    <div class="certificate-opening">
                        <span class="spinner" aria-hidden="true"></span>
                        <span>
                            {t!(i18n, certificates.unlocking)} " "
                            <span class="muted">{t!(i18n, certificates.unlocking_slow)}</span>
                        </span>
                        <Button on_press=move || form.stop()>{t!(i18n, common.cancel)}</Button>
                    </div>
                }
                .into_any(),
                Inside::Stopped | Inside::Broken => view! {
                    <Button on_press=move || form.open()>{t!(i18n, common.try_again)}</Button>
                }
                .into_any(),
                Inside::Opened(opened) => view! {
                    <div id="certificate-contents" tabindex="-1">
                        <Card title=move || {
                            t_string!(i18n, certificates.contents).to_owned()
                        }>{contents(&opened)}</Card>
                    </div>
                }
                .into_any(),
                Inside::Nothing | Inside::Refused(_) => ().into_any(),
            }}
        </div>
    }
}
