//! Name, description and type.

use super::section::ReviewSection;
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::{
        form::{focus::section_id, state::Form},
        labels::lb_type_label,
    },
    ui::{Definition, Definitions, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateLoadBalancer;
use plan::Section;

#[component]
pub(super) fn BasicsReview(
    form: Form,
    request: Memo<CreateLoadBalancer>,
    on_edit: Callback<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let kind = Memo::new(move |_| form.draft.with(|draft| draft.lb_type));
    view! {
        <ReviewSection card=section_id(Section::Basics).to_owned() on_edit
            title=text(move || t_string!(i18n, create.basics).to_owned())>
            <Definitions>
                <Definition term=move || t_string!(i18n, create.name).to_owned()>
                    <span class="form-value">
                        {move || request.with(|request| request.name.clone())}
                    </span>
                </Definition>
                {move || {
                    request
                        .with(|request| request.description.clone())
                        .map(|description| {
                            view! {
                                <Definition term=move || {
                                    t_string!(i18n, create.description).to_owned()
                                }>
                                    <span class="form-value">{description}</span>
                                </Definition>
                            }
                        })
                }}
                <Definition term=move || t_string!(i18n, create.kind).to_owned()>
                    {move || lb_type_label(i18n, kind.get())}
                </Definition>
                {move || {
                    (!form.draft.with(|draft| draft.enabled))
                        .then(|| {
                            view! {
                                <Definition term=move || t_string!(i18n, edit.enabled).to_owned()>
                                    {t!(i18n, create.no)}
                                </Definition>
                            }
                        })
                }}
                {move || {
                    let tags = form.draft.with(|draft| draft.tags.join(", "));
                    (!tags.is_empty())
                        .then(|| {
                            view! {
                                <Definition term=move || t_string!(i18n, fields.tags).to_owned()>
                                    <span class="form-value">{tags}</span>
                                </Definition>
                            }
                        })
                }}
            </Definitions>
        </ReviewSection>
    }
}
