//! The rarely needed settings of a health check.

use super::{controls::FormInput, group_fields::GroupFields, tags_field::TagsField};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Checkbox, Field, Select, SelectOption, text},
};
use leptos::prelude::*;
use openstack_types::octavia::HttpVersion;
use plan::{FieldPath, GroupDraft, HealthDraft, HealthField};

/// The value of the select box for the service's default.
const DEFAULT: &str = "default";

/// What differs from the defaults.
pub(super) fn health_summary(group: &GroupDraft, disabled: &str) -> Vec<String> {
    if group.health.kind.is_none() {
        return Vec::new();
    }
    let mut parts = Vec::new();
    if !group.health.enabled {
        parts.push(disabled.to_owned());
    }
    if let Some(version) = group.health.http_version {
        parts.push(format!("HTTP/{version}"));
    }
    parts.extend(group.health.tags.iter().map(|tag| format!("#{tag}")));
    parts
}

/// Name, HTTP version, tags, and whether the check is enabled; a group without a check has none.
#[component]
pub(super) fn HealthOptions(row: GroupFields) -> impl IntoView {
    let i18n = use_i18n();
    let form = row.form;
    let at = move |field| FieldPath::Health { group: row.group, field };
    let is_on = row.derive(|group| group.health.kind.is_some());
    let sends_request =
        row.derive(|group| group.health.kind.as_ref().is_some_and(HealthDraft::sends_request));
    let enabled = row.derive(|group| group.health.enabled);
    let tags = row.derive(|group| group.health.tags.clone());
    let version = row.derive(|group| group.health.http_version);
    let options = Signal::derive(move || {
        let default = SelectOption::new(DEFAULT, t_string!(i18n, create.default_value));
        let versions = [HttpVersion::V1_0, HttpVersion::V1_1].map(|version| version.to_string());
        let versions = versions.map(|version| SelectOption::new(&*version, &*version));
        std::iter::once(default).chain(versions).collect::<Vec<_>>()
    });
    let set_version = move |word: String| {
        let known = [HttpVersion::V1_0, HttpVersion::V1_1];
        let version = known.into_iter().find(|version| version.to_string() == word);
        row.change(|group| group.health.http_version = version);
    };
    view! {
        <Show when=move || is_on.get()>
            <h5 class="form-options-title">{t!(i18n, create.health_check)}</h5>
            <Checkbox
                label=move || t_string!(i18n, form.check_enabled).to_owned()
                checked=enabled
                on_change=move |on: bool| row.change(|group| group.health.enabled = on)
            />
            <div class="form-grid">
                <Field
                    label=move || t_string!(i18n, form.check_name).to_owned()
                    error=form.error(&at(HealthField::Name))
                    optional=true
                >
                    <FormInput form path=at(HealthField::Name) />
                </Field>
                <Show when=move || sends_request.get()>
                    <div id=at(HealthField::HttpVersion).element_id()>
                        <Field
                            label=move || t_string!(i18n, fields.http_version).to_owned()
                            error=form.error(&at(HealthField::HttpVersion))
                        >
                            <Select
                                value=text(move || {
                                    version
                                        .get()
                                        .map_or_else(|| DEFAULT.to_owned(), |v| v.to_string())
                                })
                                on_change=set_version
                                options
                            />
                        </Field>
                    </div>
                </Show>
                <TagsField
                    label=text(move || t_string!(i18n, form.check_tags).to_owned())
                    tags
                    on_change=move |tags| row.change(|group| group.health.tags = tags)
                    form
                    path=at(HealthField::Tags)
                />
            </div>
        </Show>
    }
}
