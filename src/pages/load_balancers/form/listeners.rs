//! A listener that is to be: protocol and port.

use super::{Form, FormInput, FormNumber, FormSelect, groups::group_name};
use crate::{
    i18n::{t_string, use_i18n},
    pages::ssl_certificates::CertificateChoice,
    store::{Store, row::protocol_word, use_store},
    ui::{Button, ButtonKind, Checkbox, Field, Glyph, SelectOption},
};
use leptos::prelude::*;
use openstack_types::{SecretId, octavia::ListenerProtocol};
use plan::{Draft, FieldPath, ListenerField, RowKey, draft::listener_protocols};

/// A listener without a server group answers nothing; the form says so instead of hiding it.
const NO_GROUP: &str = "none";

/// A row of the form.
#[component]
pub fn Listener(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Listener { listener, field };
    let number = move || {
        form.draft.with(|draft| {
            draft.listeners.iter().position(|one| one.key == listener).unwrap_or_default() + 1
        })
    };
    let options = Signal::derive(move || {
        let kind = form.draft.with(|draft| draft.lb_type);
        listener_protocols(kind)
            .iter()
            .map(|protocol| SelectOption::new(protocol.as_str(), protocol_word(protocol)))
            .collect::<Vec<_>>()
    });
    let set_protocol = move |word: String| {
        form.draft.update(|draft| draft.set_protocol(listener, ListenerProtocol::from_word(&word)));
    };
    let toasts = use_store().toasts;
    let remove = move || {
        let found = form.draft.with_untracked(|draft| {
            let index = draft.listeners.iter().position(|one| one.key == listener)?;
            Some((index, draft.listeners[index].clone()))
        });
        let Some((index, typed)) = found else { return };
        let name = format!("{} {}", protocol_word(&typed.protocol), typed.port.trim());
        let words = t_string!(i18n, create.listener_removed, listener = name.as_str()).to_string();
        let take = |draft: &mut Draft| draft.remove_listener(listener);
        form.remove_row(toasts, words, take, move |draft| {
            draft.listeners.insert(index.min(draft.listeners.len()), typed.clone());
        });
    };
    view! {
        <div
            class="form-row form-listener"
            role="group"
            aria-label=move || t_string!(i18n, create.listener_n, n = number()).to_string()
        >
            <Field
                label=move || t_string!(i18n, create.protocol).to_owned()
                error=form.error(&at(ListenerField::Protocol))
            >
                <FormSelect
                    form
                    path=at(ListenerField::Protocol)
                    value=form.text(&at(ListenerField::Protocol))
                    on_change=set_protocol
                    options
                />
            </Field>
            <Field
                label=move || t_string!(i18n, create.port).to_owned()
                error=form.error(&at(ListenerField::Port))
            >
                <FormNumber form path=at(ListenerField::Port) min=1 max=65535 />
            </Field>
            <LimitAndGroup form listener />
            <CertificateAndRedirect form listener />
            <div class="form-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    label=move || {
                        t_string!(i18n, create.remove_listener, n = number()).to_string()
                    }
                    on_press=remove
                />
            </div>
        </div>
    }
}

/// Connections at a time, and the server group.
#[component]
pub fn LimitAndGroup(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Listener { listener, field: ListenerField::ConnectionLimit };
    view! {
        <Field
            label=move || t_string!(i18n, create.connection_limit).to_owned()
            error=form.error(&path)
            optional=true
        >
            <FormNumber
                form
                path
                min=1
                max=i32::MAX.unsigned_abs()
                placeholder=move || t_string!(i18n, create.unlimited).to_owned()
            />
        </Field>
        <GroupChoice form listener />
    }
}

/// What only some protocols have: each is asked where it applies.
#[component]
pub fn CertificateAndRedirect(form: Form, listener: RowKey) -> impl IntoView {
    view! {
        <Certificate form listener />
        <Redirect form listener />
    }
}

/// Which server group serves a listener; asked only where there is a choice.
#[component]
fn GroupChoice(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let asked = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.groups.len() > 1 || draft.listeners.iter().any(|one| one.group.is_none())
        })
    });
    let value = Signal::derive(move || {
        let group = form.draft.with(|draft| draft.listener(listener).and_then(|one| one.group));
        group.map(|key| key.to_string()).unwrap_or_else(|| NO_GROUP.to_owned())
    });
    let options = Signal::derive(move || {
        let keys = form.draft.with(|draft| draft.groups.iter().map(|g| g.key).collect::<Vec<_>>());
        let named = keys.into_iter().map(|key| {
            let name = group_name(form, key)
                .unwrap_or_else(|| t_string!(i18n, create.group_n, n = 1).to_string());
            SelectOption::new(key.to_string(), name)
        });
        let none = SelectOption::new(NO_GROUP, t_string!(i18n, create.none));
        named.chain([none]).collect::<Vec<_>>()
    });
    let on_change = move |value: String| {
        form.draft.update(|draft| {
            let group = draft.groups.iter().map(|g| g.key).find(|key| key.to_string() == value);
            if let Some(listener) = draft.listener_mut(listener) {
                listener.group = group;
            }
        });
    };
    move || {
        asked.get().then(|| {
            let label = move || t_string!(i18n, create.group).to_owned();
            view! {
                <Field label>
                    <crate::ui::Select value on_change options />
                </Field>
            }
        })
    }
}

/// `SSL certificate`, of a listener that ends TLS.
#[component]
fn Certificate(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Listener { listener, field: ListenerField::Certificate };
    let wanted = Memo::new(move |_| {
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
        form.forgive(&path.get_value());
    });
    view! {
        <Show when=move || wanted.get()>
            <div class="form-certificate form-control" id=path.with_value(FieldPath::element_id)>
                <Field label=move || t_string!(i18n, certificates.field).to_owned() error>
                    <CertificateChoice value on_change />
                </Field>
            </div>
        </Show>
    }
}

/// `Redirect to HTTPS`, of a listener in the clear, where there is one to redirect to.
#[component]
fn Redirect(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let path = FieldPath::Listener { listener, field: ListenerField::Redirect };
    let ticked = Memo::new(move |_| {
        form.draft.with(|draft| draft.listener(listener).is_some_and(|one| one.redirect.is_some()))
    });
    let offered = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.listener(listener).is_some_and(|one| {
                one.protocol == ListenerProtocol::Http
                    && (one.redirect.is_some() || https_listener(draft).is_some())
            })
        })
    });
    let proposed = Memo::new(move |_| form.draft.with(|draft| proposal(store, draft)));
    let set = move |to: Option<String>| {
        form.draft.update(|draft| {
            if let Some(listener) = draft.listener_mut(listener) {
                listener.redirect = to;
            }
        });
    };
    // What was only proposed follows the certificate and the port; what was typed stays.
    Effect::new(move |before: Option<String>| {
        let now = proposed.get();
        let typed = form.draft.with_untracked(|draft| draft.listener(listener)?.redirect.clone());
        let is_proposed = typed.is_some_and(|typed| {
            typed.is_empty() || before.as_ref().is_some_and(|before| *before == typed)
        });
        if before.is_some() && is_proposed {
            set(Some(now.clone()));
        }
        now
    });
    let error = form.error(&path);
    let path = StoredValue::new(path);
    view! {
        <Show when=move || offered.get()>
            <div class="form-redirect">
                <Checkbox
                    label=move || t_string!(i18n, create.redirect).to_owned()
                    checked=ticked
                    on_change=move |on: bool| set(on.then(|| proposed.get_untracked()))
                />
                <Show when=move || ticked.get()>
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

/// Where the load balancer serves HTTPS, by the first name in the certificate; empty where nobody
/// can tell.
fn proposal(store: Store, draft: &Draft) -> String {
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
