//! Allowed CIDRs and timeouts: shared by all listeners, or of one listener that differs, as in a clone.

use super::{
    controls::{FormNumber, FormTextarea},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::row::protocol_word,
    ui::{Field, text},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, ListenerDraft, ListenerOptions, OptionsScope, TimeoutField};

/// One day.
const MAX_TIMEOUT_SECONDS: u32 = 86_400;

/// The summary of the folded section: how many ranges may connect.
pub fn cidrs_note(form: Form) -> String {
    let count = form.draft.with(|draft| {
        let scopes = draft.options_scopes();
        let options = scopes.iter().filter_map(|scope| draft.options(*scope));
        let entries = |options: &ListenerOptions| {
            let separators = [',', ';', ' ', '\n', '\t'];
            let entries = options.allowed_cidrs.split(separators);
            entries.filter(|entry| !entry.trim().is_empty()).count()
        };
        options.map(entries).sum::<usize>()
    });
    match count {
        0 => t_string!(form.i18n(), create.everybody).to_owned(),
        count => t_string!(form.i18n(), create.cidrs_note, count = count).to_string(),
    }
}

/// The summary of the folded section: whether any timeout differs from the default.
pub fn timeouts_note(form: Form) -> String {
    let changed = form.draft.with(|draft| {
        let scopes = draft.options_scopes();
        scopes.iter().filter_map(|scope| draft.options(*scope)).any(|options| {
            [
                &options.timeout_client_data,
                &options.timeout_member_connect,
                &options.timeout_member_data,
            ]
            .iter()
            .any(|text| !text.trim().is_empty())
        })
    });
    if changed {
        t_string!(form.i18n(), create.changed).to_owned()
    } else {
        t_string!(form.i18n(), create.usual).to_owned()
    }
}

fn scopes(form: Form) -> Memo<Vec<OptionsScope>> {
    Memo::new(move |_| form.draft.with(Draft::options_scopes))
}

/// The listeners of a scope; `None` if one scope covers all listeners.
fn scope_label(form: Form, scope: OptionsScope) -> Option<String> {
    form.draft.with(|draft| match scope {
        OptionsScope::Shared
            if draft.listeners.iter().all(|listener| listener.own_options.is_none()) =>
        {
            None
        }
        OptionsScope::Shared => Some(t_string!(form.i18n(), create.other_listeners).to_owned()),
        OptionsScope::Listener(key) => {
            let name = |it: &ListenerDraft| format!("{} {}", protocol_word(&it.protocol), it.port);
            draft.listener(key).map(name)
        }
    })
}

#[component]
pub fn AllowedCidrs(form: Form) -> impl IntoView {
    let scopes = scopes(form);
    view! {
        <For each=move || scopes.get() key=|scope| *scope let:scope>
            <div class="form-group form-narrow stack">
                {move || scope_label(form, scope).map(|name| view! { <h4>{name}</h4> })}
                <CidrsField form scope />
            </div>
        </For>
    }
}

#[component]
pub fn CidrsField(form: Form, scope: OptionsScope) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::AllowedCidrs { scope, entry: 0 };
    view! {
        <Field
            label=move || t_string!(i18n, create.cidrs).to_owned()
            hint=move || t_string!(i18n, create.cidrs_hint).to_owned()
            error=form.error(&path)
            optional=true
        >
            <FormTextarea
                form
                path
                code=true
                rows=4
                placeholder="192.0.2.0/24\n2001:db8::/32"
            />
        </Field>
    }
}

#[component]
pub fn Timeouts(form: Form) -> impl IntoView {
    let scopes = scopes(form);
    view! {
        <For each=move || scopes.get() key=|scope| *scope let:scope>
            <div class="form-group stack">
                {move || scope_label(form, scope).map(|name| view! { <h4>{name}</h4> })}
                <TimeoutFields form scope />
            </div>
        </For>
    }
}

#[component]
pub fn TimeoutFields(form: Form, scope: OptionsScope) -> impl IntoView {
    let i18n = use_i18n();
    let label = move |field| match field {
        TimeoutField::ClientData => t_string!(i18n, create.client_data).to_owned(),
        TimeoutField::MemberConnect => t_string!(i18n, create.member_connect).to_owned(),
        TimeoutField::MemberData => t_string!(i18n, create.member_data).to_owned(),
    };
    let fields = [
        (TimeoutField::ClientData, "50"),
        (TimeoutField::MemberConnect, "5"),
        (TimeoutField::MemberData, "50"),
    ];
    let fields = fields.into_iter().map(|(field, usual)| {
        let path = FieldPath::Timeout { scope, field };
        view! {
            <Field label=move || label(field) error=form.error(&path) optional=true>
                <FormNumber
                    form
                    path
                    min=0
                    max=MAX_TIMEOUT_SECONDS
                    placeholder=usual
                    unit=text(move || t_string!(i18n, create.seconds).to_owned())
                />
            </Field>
        }
    });
    view! { <div class="form-grid form-numbers">{fields.collect_view()}</div> }
}
