//! `More options` of a server group.

use super::{
    controls::{FormInput, FormSelect},
    group_fields::GroupFields,
    group_tls_options::GroupTlsOptions,
    health_options::{HealthOptions, health_summary},
    more_options::MoreOptions,
    session_persistence::SessionPersistence,
    state::Form,
    tags_field::TagsField,
};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    ui::{Checkbox, Field, SelectOption, text},
};
use leptos::prelude::*;
use openstack_types::octavia::PoolProtocol;
use plan::{Draft, FieldPath, GroupDraft, GroupField, HealthField, RowKey, draft::pool_protocols};

/// The rarely needed settings of a server group.
#[component]
pub fn GroupMoreOptions(
    form: Form,
    group: RowKey,
    /// The service has the group already, and cannot change its protocol.
    #[prop(optional)]
    exists: bool,
) -> impl IntoView {
    let summary = text(move || options_summary(form, group));
    view! {
        <MoreOptions form summary has_field=is_group_option row=group>
            <GroupOptionsFields row=GroupFields { form, group } exists />
        </MoreOptions>
    }
}

fn is_group_option(path: &FieldPath, group: RowKey) -> bool {
    match path {
        FieldPath::Group { group: of, field } => *of == group && *field != GroupField::Name,
        FieldPath::Persistence { group: of } | FieldPath::CookieName { group: of } => *of == group,
        FieldPath::Health { group: of, field } => {
            let is_option =
                matches!(field, HealthField::Name | HealthField::HttpVersion | HealthField::Tags);
            *of == group && is_option
        }
        _ => false,
    }
}

fn options_summary(form: Form, group: RowKey) -> String {
    form.draft.with(|draft| {
        let group = draft.group(group);
        group.map(|group| option_notes(form, draft, group, true).join(" · ")).unwrap_or_default()
    })
}

/// The options that differ from their defaults.
pub fn option_notes(
    form: Form,
    draft: &Draft,
    group: &GroupDraft,
    with_persistence: bool,
) -> Vec<String> {
    let i18n = form.i18n();
    let mut parts = Vec::new();
    if !group.enabled {
        parts.push(t_string!(i18n, form.disabled).to_owned());
    }
    if pool_protocols(draft.lb_type).first() != Some(&group.protocol) || group.tls.enabled {
        parts.push(protocol_label(i18n, &group.protocol, group.tls.enabled));
    }
    if with_persistence {
        parts.extend(group.persistence.kind.as_ref().map(ToString::to_string));
    }
    parts.extend(Some(group.description.trim().to_owned()).filter(|text| !text.is_empty()));
    parts.extend(group.tags.iter().map(|tag| format!("#{tag}")));
    parts.extend(health_summary(group, t_string!(i18n, form.check_disabled)));
    parts
}

/// `HTTP`, or `HTTPS (encrypted again)`.
fn protocol_label(i18n: I18nContext<Locale>, protocol: &PoolProtocol, encrypted: bool) -> String {
    match protocol {
        PoolProtocol::Http if encrypted => t_string!(i18n, form.encrypted_http).to_owned(),
        PoolProtocol::Proxy => t_string!(i18n, form.proxy_v1).to_owned(),
        PoolProtocol::ProxyV2 => t_string!(i18n, form.proxy_v2).to_owned(),
        other if encrypted => {
            t_string!(i18n, form.encrypted, protocol = other.as_str()).to_string()
        }
        other => other.to_string(),
    }
}

#[component]
fn GroupOptionsFields(row: GroupFields, exists: bool) -> impl IntoView {
    let i18n = use_i18n();
    let GroupFields { form, group } = row;
    let protocol = row.derive(|group| Some(group.protocol.clone()));
    let options = Signal::derive(move || {
        let offered = pool_protocols(form.draft.with(|draft| draft.lb_type));
        let current = protocol.get();
        let other = current.iter().filter(|one| !offered.contains(one));
        let all =
            offered.iter().chain(other).filter(|one| !exists || Some(*one) == current.as_ref());
        all.map(|one| SelectOption::new(one.as_str(), protocol_label(i18n, one, false)))
            .collect::<Vec<_>>()
    });
    let enabled = row.derive(|group| group.enabled);
    let tags = row.derive(|group| group.tags.clone());
    view! {
        <Checkbox
            label=move || t_string!(i18n, edit.enabled).to_owned()
            checked=enabled
            on_change=move |on: bool| row.change(|group| group.enabled = on)
        />
        <SessionPersistence form group />
        <div class="form-grid">
            <Field
                label=move || t_string!(i18n, fields.protocol_to_servers).to_owned()
                error=row.error(GroupField::Protocol)
            >
                <FormSelect
                    form
                    path=row.path(GroupField::Protocol)
                    value=text(move || protocol.get().map(|p| p.to_string()).unwrap_or_default())
                    on_change=move |word: String| {
                        row.change(|group| group.protocol = PoolProtocol::from_wire(&word));
                    }
                    options
                />
            </Field>
            <Field
                label=move || t_string!(i18n, create.description).to_owned()
                error=row.error(GroupField::Description)
                optional=true
            >
                <FormInput form path=row.path(GroupField::Description) />
            </Field>
        </div>
        <GroupTlsOptions row />
        <div class="form-narrow">
            <TagsField
                tags
                on_change=move |tags| row.change(|group| group.tags = tags)
                form
                path=row.path(GroupField::Tags)
            />
        </div>
        <HealthOptions row />
    }
}
