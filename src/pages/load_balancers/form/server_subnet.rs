//! The subnet through which a server is reached: chosen for a new server, fixed for an existing one.

use super::{controls::FormSelect, state::Form};
use crate::{
    i18n::{t, t_string, use_i18n},
    store::use_store,
    ui::{Field, SelectOption, text},
};
use leptos::prelude::*;
use plan::{FieldPath, RowKey, ServerField};

/// The value of the select box for no subnet.
const ANY: &str = "any";

#[component]
pub fn ServerSubnet(form: Form, group: RowKey, server: RowKey, is_new: bool) -> impl IntoView {
    let i18n = use_i18n();
    let networks = use_store().networks;
    networks.ensure();
    let subnet = Memo::new(move |_| form.draft.with(|draft| draft.server(group, server)?.subnet));
    if !is_new {
        let name = move || match subnet.get() {
            Some(id) => networks.subnet_name(id),
            None => t_string!(i18n, create.subnet_any).to_owned(),
        };
        return view! {
            <div class="field">
                <div class="field-label">{t!(i18n, fields.subnet)}</div>
                <p>{name}</p>
                <p class="field-hint">{t!(i18n, form.subnet_fixed)}</p>
            </div>
        }
        .into_any();
    }
    let path = FieldPath::Server { group, server, field: ServerField::Subnet };
    let options = Signal::derive(move || {
        let known =
            networks.with(|known| known.subnets.iter().map(|subnet| subnet.id).collect::<Vec<_>>());
        let named = known.unwrap_or_default().into_iter();
        let named = named.map(|id| SelectOption::new(id.to_string(), networks.subnet_name(id)));
        let any = SelectOption::new(ANY, t_string!(i18n, create.subnet_any));
        std::iter::once(any).chain(named).collect::<Vec<_>>()
    });
    let on_change = move |id: String| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.subnet = id.parse().ok();
            }
        });
    };
    view! {
        <Field
            label=move || t_string!(i18n, fields.subnet).to_owned()
            hint=move || t_string!(i18n, form.subnet_hint).to_owned()
            error=form.error(&path)
        >
            <FormSelect
                form
                path
                value=text(move || subnet.get().map_or_else(|| ANY.to_owned(), |id| id.to_string()))
                on_change
                options
            />
        </Field>
    }
    .into_any()
}
