//! Certificate and HTTPS redirect of a listener.

use super::{controls::FormInput, state::Form};
use crate::{
    i18n::{t_string, use_i18n},
    pages::ssl_certificates::CertificateChoice,
    store::{Store, use_store},
    ui::{Checkbox, Field},
};
use leptos::prelude::*;
use openstack_types::{SecretId, octavia::ListenerProtocol};
use plan::{Draft, FieldPath, ListenerField, RowKey};

/// The certificate of a listener that terminates TLS.
#[component]
pub fn Certificate(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Listener { listener, field: ListenerField::Certificate };
    let is_visible = Memo::new(move |_| {
        form.draft.with(|draft| {
            let listener = draft.listener(listener);
            listener.is_some_and(|one| one.protocol == ListenerProtocol::TerminatedHttps)
        })
    });
    let (value, error) = (form.text(&path), form.error(&path));
    let path = StoredValue::new(path);
    let on_change = Callback::new(move |reference: String| {
        form.draft.update(|draft| {
            if let Some(listener) = draft.listener_mut(listener) {
                listener.certificate = Some(reference);
            }
        });
        form.clear_rejection(&path.get_value());
    });
    view! {
        <Show when=move || is_visible.get()>
            <div class="form-certificate form-control" id=path.with_value(FieldPath::element_id)>
                <Field label=move || t_string!(i18n, certificates.field).to_owned() error>
                    <CertificateChoice value on_change />
                </Field>
            </div>
        </Show>
    }
}

/// `Redirect to HTTPS` of an HTTP listener; visible if an HTTPS listener exists.
#[component]
pub fn Redirect(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let path = FieldPath::Listener { listener, field: ListenerField::Redirect };
    let is_enabled = Memo::new(move |_| {
        form.draft
            .with(|draft| draft.listener(listener).is_some_and(|one| one.redirect().is_some()))
    });
    let is_offered = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.listener(listener).is_some_and(|one| {
                one.protocol == ListenerProtocol::Http
                    && (one.redirect().is_some() || https_listener(draft).is_some())
            })
        })
    });
    let suggestion = Memo::new(move |_| form.draft.with(|draft| suggested_redirect(store, draft)));
    let set = move |to: Option<String>| {
        form.draft.update(|draft| draft.set_redirect(listener, to));
    };
    // A suggested URL follows the certificate and the port; a URL that the user typed stays.
    Effect::new(move |before: Option<String>| {
        let now = suggestion.get();
        let typed = form
            .draft
            .with_untracked(|draft| draft.listener(listener)?.redirect().map(str::to_owned));
        let is_suggestion = typed.is_some_and(|typed| {
            typed.is_empty() || before.as_ref().is_some_and(|before| *before == typed)
        });
        if before.is_some() && is_suggestion {
            set(Some(now.clone()));
        }
        now
    });
    let error = form.error(&path);
    let path = StoredValue::new(path);
    view! {
        <Show when=move || is_offered.get()>
            <div class="form-redirect">
                <Checkbox
                    label=move || t_string!(i18n, create.redirect).to_owned()
                    checked=is_enabled
                    on_change=move |on: bool| set(on.then(|| suggestion.get_untracked()))
                />
                <Show when=move || is_enabled.get()>
                    <Field
                        label=move || t_string!(i18n, create.redirect_to).to_owned()
                        hint=move || t_string!(i18n, create.redirect_hint).to_owned()
                        error
                    >
                        <FormInput
                            form
                            path=path.get_value()
                            code=true
                            placeholder=move || "https://www.example.com".to_owned()
                        />
                    </Field>
                </Show>
            </div>
        </Show>
    }
}

fn https_listener(draft: &Draft) -> Option<&plan::ListenerDraft> {
    draft.listeners.iter().find(|one| one.protocol == ListenerProtocol::TerminatedHttps)
}

/// The URL of the HTTPS listener, with the first host name of its certificate; empty if unknown.
pub fn suggested_redirect(store: Store, draft: &Draft) -> String {
    let name = https_listener(draft).and_then(|listener| {
        let id = SecretId::from_ref(listener.certificate.as_deref()?)?;
        let certificate = store.certificates.get(id)?;
        let name = certificate.domains().iter().find(|name| !name.contains('*'))?;
        let port = match listener.port.trim() {
            "" | "443" => String::new(),
            port => format!(":{port}"),
        };
        Some(format!("https://{name}{port}"))
    });
    name.unwrap_or_default()
}
