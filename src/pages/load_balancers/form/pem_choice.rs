//! A PEM file that is stored as a secret: CA certificates or a revocation list.

use crate::{
    i18n::{LiveText, errors, t, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Glyph, Text},
};
use leptos::{html, prelude::*, task::spawn_local};
use openstack_types::SecretId;
use wasm_bindgen_futures::JsFuture;

/// The most bytes of a file that is read; the service has a limit of its own.
const MAX_BYTES: f64 = 1_000_000.0;

/// The secret that a field refers to, and a way to store another file.
#[component]
pub fn PemChoice(
    #[prop(into)] label: Text,
    /// The beginning of such a file: `-----BEGIN CERTIFICATE`.
    begins_with: &'static str,
    #[prop(into)] value: Signal<Option<String>>,
    #[prop(into)] on_change: Callback<Option<String>>,
    #[prop(into)] error: Signal<Option<String>>,
    /// The id of the control.
    id: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let name = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<LiveText>);
    let is_storing = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let on_change_file = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be chosen again.
        input.set_value("");
        problem.set(None);
        if file.size() > MAX_BYTES {
            let text = LiveText::new(move || t_string!(i18n, form.pem_too_large).to_owned());
            return problem.set(Some(text));
        }
        is_storing.set(true);
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            let stored = match text.filter(|text| text.contains(begins_with)) {
                None => Err(LiveText::new(move || t_string!(i18n, form.pem_invalid).to_owned())),
                // A secret for verification never needs one, and its file may be given to others.
                Some(pem) if pem.contains("PRIVATE KEY-----") => {
                    Err(LiveText::new(move || t_string!(i18n, form.pem_private_key).to_owned()))
                }
                Some(pem) => {
                    let stored = store.certificates.store_pem(file.name(), pem).await;
                    stored.map_err(|error| LiveText::new(move || errors::explain(i18n, &error)))
                }
            };
            if is_storing.try_set(false).is_some() {
                return;
            }
            match stored {
                Ok(reference) => {
                    name.set(Some(file.name()));
                    on_change.run(Some(reference));
                }
                Err(text) => problem.set(Some(text)),
            }
        });
    };
    let shown = move || {
        let reference = value.get()?;
        let id = SecretId::from_ref(&reference);
        name.get().or_else(|| Some(id?.to_string())).or(Some(reference))
    };
    let visible_error = move || problem.get().map(|text| text.get()).or_else(|| error.get());
    view! {
        <div class="field form-pem" role="group" id=id aria-label=move || label.get()>
            <div class="field-label">{move || label.get()}</div>
            {move || shown().map(|name| stored_name(name, label, on_change))}
            <div class="row">
                // A page may have several; `FileInput` takes files that are dropped anywhere.
                <input
                    type="file"
                    hidden=true
                    aria-label=move || label.get()
                    node_ref=input
                    accept=".pem,.crt,.cer,.crl"
                    on:change=on_change_file
                />
                <Button
                    icon=Glyph::Folder
                    busy=is_storing
                    label=move || {
                        format!("{}: {}", label.get(), t_string!(i18n, form.pem_choose))
                    }
                    on_press=move || {
                        if let Some(input) = input.get_untracked() {
                            input.click();
                        }
                    }
                >
                    {t!(i18n, form.pem_choose)}
                </Button>
                <span class="field-hint">
                    {move || {
                        if is_storing.get() {
                            t_string!(i18n, form.pem_storing)
                        } else {
                            t_string!(i18n, form.pem_hint)
                        }
                    }}
                </span>
            </div>
            <p class="field-error" hidden=move || visible_error().is_none()>
                {move || visible_error()}
            </p>
        </div>
    }
}

/// The name of the stored file, and a button that removes it.
fn stored_name(name: String, label: Text, on_change: Callback<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let remove = move || {
        let what = label.get();
        t_string!(i18n, edit.remove, what = what.as_str()).to_string()
    };
    view! {
        <p class="form-pem-name">
            <span class="mono">{name}</span>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Trash
                label=remove
                on_press=move || on_change.run(None)
            />
        </p>
    }
}
