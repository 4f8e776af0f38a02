//! Name, description and type.

use super::section::{ReviewSection, difference_items};
use crate::{
    i18n::{t_string, use_i18n},
    pages::load_balancers::{
        details::settings::{differences, load_balancer_settings},
        form::{focus::section_id, state::Form},
        labels::lb_type_label,
    },
    ui::{Definition, Definitions, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateLoadBalancer;
use plan::{Graph, Section};

#[component]
pub(super) fn BasicsReview(
    form: Form,
    request: Memo<CreateLoadBalancer>,
    preview: Memo<Option<Graph>>,
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
                    let graph = preview.read();
                    let settings = graph.as_ref().map(|graph| load_balancer_settings(&graph.loadbalancer));
                    difference_items(differences(i18n, settings.unwrap_or_default(), &[]))
                }}
            </Definitions>
        </ReviewSection>
    }
}
