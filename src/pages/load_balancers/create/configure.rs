//! Step 1: the form.

use super::{
    import::{ImportButton, ImportNotice},
    listeners_section::ListenersSection,
    network::VirtualNetwork,
    server_groups::ServerGroups,
    step::step_id,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{
        load_balancers::form::{
            balancer_options::LoadBalancerOptions, error_summary::ErrorSummary,
            name_fields::NameFields, rejection_notice::RejectionNotice, section::FormSection,
            state::Form,
        },
        permissions::read_only_reason,
    },
    routes::{CreateStep, Route},
    ui::{Button, ButtonKind, Choice, LinkButton, RadioCards},
};
use leptos::prelude::*;
use openstack_types::rules::LbType;
use plan::Section;

const APPLICATION: &str = "application";

const NETWORK: &str = "network";

/// The first step; `on_next` is called when the draft is valid.
#[component]
pub(super) fn Configure(form: Form, #[prop(into)] on_next: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // The submit event of a dialog inside this form bubbles up to it.
        if event.target() != event.current_target() {
            return;
        }
        match form.submit() {
            Some(path) => form.focus(&path),
            None => on_next.run(()),
        }
    };
    let imported = RwSignal::new(None);
    let read_only = Signal::derive(read_only_reason());
    view! {
        <form
            class="form"
            novalidate=true
            aria-labelledby=step_id(CreateStep::Configure)
            on:submit=submit
            on:pointerdown=move |_| form.on_pointer_down()
        >
            <h2 class="visually-hidden" id=step_id(CreateStep::Configure) tabindex="-1">
                {t!(i18n, create.configure)}
            </h2>
            <ImportNotice form imported />
            <FormSection
                section=Section::Basics
                title=move || t_string!(i18n, create.basics).to_owned()
                actions=move || view! { <ImportButton form imported /> }
            >
                <div class="form-narrow stack">
                    <NameFields form rows=2 />
                </div>
                <TypeChoice form />
                <div class="form-narrow stack">
                    <LoadBalancerOptions form />
                </div>
            </FormSection>
            <ListenersSection form />
            <ServerGroups form />
            <VirtualNetwork form />
            <div class="form-footer">
                <ErrorSummary form />
                // The review, which sends the request, shows the others.
                <RejectionNotice form of_field=true />
                <div class="form-actions form-wizard-actions">
                    <LinkButton href=Route::load_balancers().href()>
                        {t!(i18n, common.cancel)}
                    </LinkButton>
                    <Button kind=ButtonKind::Primary submit=true disabled_reason=read_only>
                        {t!(i18n, create.next)}
                    </Button>
                </div>
            </div>
        </form>
    }
}

#[component]
fn TypeChoice(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let value = move || {
        match form.draft.with(|draft| draft.lb_type) {
            LbType::Application => APPLICATION,
            LbType::Network => NETWORK,
        }
        .to_owned()
    };
    let on_change = move |value: String| {
        let kind = if value == NETWORK { LbType::Network } else { LbType::Application };
        form.draft.update(|draft| {
            draft.set_lb_type(kind);
            draft.separate_options();
        });
    };
    view! {
        <RadioCards
            legend=move || t_string!(i18n, create.kind).to_owned()
            value
            on_change
            choices=vec![
                Choice::new(
                    APPLICATION,
                    move || t_string!(i18n, common.application_load_balancer).to_owned(),
                    move || t_string!(i18n, create.application_hint).to_owned(),
                ),
                Choice::new(
                    NETWORK,
                    move || t_string!(i18n, common.network_load_balancer).to_owned(),
                    move || t_string!(i18n, create.network_hint).to_owned(),
                ),
            ]
        />
    }
}
