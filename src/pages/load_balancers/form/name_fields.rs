//! Name and description.

use super::{
    controls::{FormInput, FormTextarea},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::Field,
};
use leptos::prelude::*;
use plan::FieldPath;

/// `rows` is the height of the description.
#[component]
pub fn NameFields(form: Form, rows: u32) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Field
            label=move || t_string!(i18n, create.name).to_owned()
            error=form.error(&FieldPath::Name)
        >
            <FormInput form path=FieldPath::Name />
        </Field>
        <Field
            label=move || t_string!(i18n, create.description).to_owned()
            error=form.error(&FieldPath::Description)
            optional=true
        >
            <FormTextarea form path=FieldPath::Description rows />
        </Field>
    }
}
