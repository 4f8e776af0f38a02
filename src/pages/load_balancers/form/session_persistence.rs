//! The session persistence of a server group.

use super::{
    controls::{FormInput, FormSelect},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Field, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::SessionPersistenceType;
use plan::{FieldPath, RowKey, draft::persistence_kinds};

/// The value of the select box for no session persistence.
const NONE: &str = "none";

/// The session persistence of a server group.
#[component]
pub fn SessionPersistence(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let kind = Memo::new(move |_| {
        form.draft.with(|draft| draft.group(group).and_then(|g| g.persistence.kind.clone()))
    });
    let options = Signal::derive(move || {
        let none = SelectOption::new(NONE, t_string!(i18n, create.none));
        let of_type = persistence_kinds(form.draft.with(|draft| draft.lb_type));
        let kinds = of_type.iter().map(|kind| {
            let hint = match kind {
                SessionPersistenceType::HttpCookie => {
                    t_string!(i18n, create.persistence_http_cookie)
                }
                SessionPersistenceType::AppCookie => t_string!(i18n, create.persistence_app_cookie),
                _ => t_string!(i18n, create.persistence_source_ip),
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
                let kind = (word != NONE).then(|| SessionPersistenceType::from_wire(&word));
                group.persistence.kind = kind;
            }
        });
    };
    let path = FieldPath::Persistence { group };
    let cookie = FieldPath::CookieName { group };
    view! {
        <div class="form-grid form-wide">
            <Field
                label=move || t_string!(i18n, create.persistence).to_owned()
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
