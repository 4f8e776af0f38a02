//! Further settings of the load balancer itself.

use super::{state::Form, tags_field::TagsField};
use crate::{
    i18n::{t_string, use_i18n},
    ui::Checkbox,
};
use leptos::prelude::*;
use plan::FieldPath;

/// Tags, and whether the load balancer is enabled.
#[component]
pub fn LoadBalancerOptions(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let tags = Memo::new(move |_| form.draft.with(|draft| draft.tags.clone()));
    let enabled = Memo::new(move |_| form.draft.with(|draft| draft.enabled));
    view! {
        <TagsField
            tags
            on_change=move |tags| form.draft.update(|draft| draft.tags = tags)
            form
            path=FieldPath::Tags
        />
        <Checkbox
            label=move || t_string!(i18n, form.balancer_enabled).to_owned()
            checked=enabled
            on_change=move |on: bool| form.draft.update(|draft| draft.enabled = on)
        />
    }
}
