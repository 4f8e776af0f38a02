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
        form::{
            focus::section_id, rejection_notice::RejectionNotice, server_groups::group_card_id,
            state::Form,
        },
    },
    routes::CreateStep,
    ui::{Button, ButtonKind, Disclosure, text},
};
use basics::BasicsReview;
use leptos::prelude::*;
use listeners::listeners_table;
use network::NetworkReview;
use openstack_types::octavia::CreateLoadBalancer;
use plan::{Graph, Section};
use section::ReviewSection;
use server_group::{ServerGroupReview, group_differences};

/// The second step. `on_back` is called with the id of the card to return to, if any.
#[component]
pub(super) fn Review(
    form: Form,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_back: Callback<Option<String>>,
    #[prop(into)] on_create: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    // On the way back to an incomplete draft, the last valid request stays visible.
    let request = Memo::new(move |previous: Option<&CreateLoadBalancer>| {
        let request = form.draft.with(plan::to_request).ok();
        request.or_else(|| previous.cloned()).unwrap_or_default()
    });
    // With the defaults of everything that the request leaves out.
    let preview = Memo::new(move |_| request.with(plan::import::preview));
    let on_edit = Callback::new(move |card: String| on_back.run(Some(card)));
    view! {
        <form
            class="form"
            aria-labelledby=step_id(CreateStep::Review)
            on:submit=move |event| {
                event.prevent_default();
                on_create.run(());
            }
        >
            <h2 class="visually-hidden" id=step_id(CreateStep::Review) tabindex="-1">
                {t!(i18n, create.review)}
            </h2>
            <BasicsReview form request preview on_edit />
            <ReviewSection
                card=section_id(Section::Listeners).to_owned()
                on_edit
                title=text(move || t_string!(i18n, create.listener).to_owned())
            >
                {move || request.with(|request| preview.with(|preview| listeners_table(form, request, preview.as_ref())))}
            </ReviewSection>
            {move || server_groups(form, &request.read(), preview.read().as_ref(), on_edit)}
            <NetworkReview form request preview on_edit />
            <Disclosure summary=move || t_string!(i18n, create.exports).to_owned()>
                <ExportTabs request />
            </Disclosure>
            <div class="form-footer">
                <RejectionNotice form on_go=move || on_back.run(None) />
                <div class="form-actions form-wizard-actions">
                    <Button on_press=move || on_back.run(None)>{t!(i18n, create.back)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy>
                        {t!(i18n, common.create)}
                    </Button>
                </div>
            </div>
        </form>
    }
}

fn server_groups(
    form: Form,
    request: &CreateLoadBalancer,
    preview: Option<&Graph>,
    on_edit: Callback<String>,
) -> impl IntoView + use<> {
    let has_several = request.pools.len() > 1;
    // A Network load balancer has a pool for each listener of a group.
    let group_of = |pool: usize| {
        form.draft.with(|draft| {
            let group = draft.groups.get(pool).or(draft.groups.first());
            group.map(|group| group_card_id(group.key)).unwrap_or_default()
        })
    };
    let groups = request.pools.iter().enumerate().map(|(index, pool)| {
        let (pool, card) = (pool.clone(), group_of(index));
        let differences =
            preview.map(|graph| group_differences(form.i18n(), graph, index)).unwrap_or_default();
        view! { <ServerGroupReview pool differences has_several card on_edit /> }
    });
    groups.collect_view()
}
