//! Step 2: shows what will be created, each section with a way back to it.

mod basics;
mod listeners;
mod network;
mod section;
mod server_group;

use super::step::step_id;
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::{
        export_tabs::ExportTabs,
        form::{field_label::field_label, focus::focus_field, state::Form},
    },
    routes::CreateStep,
    ui::{Banner, Button, ButtonKind, Card, Tone, text},
};
use basics::BasicsReview;
use leptos::prelude::*;
use listeners::listeners_table;
use network::NetworkReview;
use openstack_types::octavia::CreateLoadBalancer;
use plan::Section;
use section::ReviewSection;
use server_group::ServerGroupReview;

/// The second step. `on_back` is called with the section to return to, if any.
#[component]
pub(super) fn Review(
    form: Form,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_back: Callback<Option<Section>>,
    #[prop(into)] on_create: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    // On the way back to an incomplete draft, the last valid request stays visible.
    let request = Memo::new(move |previous: Option<&CreateLoadBalancer>| {
        let request = form.draft.with(plan::to_request).ok();
        request.or_else(|| previous.cloned()).unwrap_or_default()
    });
    let on_edit_section = Callback::new(move |section: Section| on_back.run(Some(section)));
    view! {
        <form
            class="form"
            aria-labelledby=step_id(CreateStep::Review)
            on:submit=move |event| {
                event.prevent_default();
                on_create.run(());
            }
        >
            <h2 class="form-step" id=step_id(CreateStep::Review) tabindex="-1">
                {t!(i18n, create.review)}
            </h2>
            <BasicsReview form request on_edit=on_edit_section />
            <ReviewSection
                section=Section::Listeners
                on_edit=on_edit_section
                title=text(move || t_string!(i18n, create.listener).to_owned())
            >
                {move || request.with(|request| listeners_table(&request.listeners, request.pools.len() > 1))}
            </ReviewSection>
            <NetworkReview form request on_edit=on_edit_section />
            {move || {
                let pools = request.with(|request| request.pools.clone());
                let has_several = pools.len() > 1;
                pools
                    .into_iter()
                    .map(|pool| view! { <ServerGroupReview pool has_several on_edit=on_edit_section /> })
                    .collect_view()
            }}
            <Card title=move || t_string!(i18n, create.exports).to_owned()>
                <ExportTabs request />
            </Card>
            <RejectionNotice form on_back />
            <div class="form-actions form-wizard-actions">
                <Button on_press=move || on_back.run(None)>{t!(i18n, create.back)}</Button>
                <Button kind=ButtonKind::Primary submit=true busy>
                    {t!(i18n, common.create)}
                </Button>
            </div>
        </form>
    }
}

/// Why the service rejected the request, with a button that leads to the field.
#[component]
fn RejectionNotice(form: Form, on_back: Callback<Option<Section>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        form.rejection.get().map(|rejection| {
            let button = rejection.path.map(|path| {
                let name = field_label(form, &path);
                let label = t_string!(i18n, create.go_to, field = name).to_string();
                let on_press = move || {
                    on_back.run(None);
                    focus_field(&path);
                };
                view! { <Button on_press>{label}</Button> }
            });
            view! {
                <Banner tone=Tone::Error>
                    <p>
                        {t!(i18n, create.refused)} " "
                        {rejection.text}
                    </p>
                    {button}
                </Banner>
            }
        })
    }
}
