//! The form of the edit dialog.

use super::{
    conflict_notice::{ConflictNotice, FoundWhen},
    listeners_section::ListenersSection,
    section_nav::SectionNav,
    server_groups::ServerGroups,
    session::EditSession,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        balancer_options::LoadBalancerOptions, name_fields::NameFields, section::FormSection,
    },
    ui::{Banner, Button, Tone},
};
use leptos::prelude::*;
use plan::Section;

#[component]
pub(super) fn FormBody(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    form.offers_groups.set(true);
    view! {
        <div class="edit-layout">
        <SectionNav session />
        <div class="edit-form" on:pointerdown=move |_| form.on_pointer_down()>
            <Notices session />
            <FormSection
                section=Section::Basics
                title=move || t_string!(i18n, create.basics).to_owned()
            >
                <div class="form-grid">
                    <NameFields form rows=1 />
                    <LoadBalancerOptions form />
                </div>
            </FormSection>
            <ServerGroups session />
            <ListenersSection session />
        </div>
        </div>
    }
}

/// Says that a stored draft was restored, and what others changed meanwhile.
#[component]
fn Notices(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Show when=move || session.was_restored.get()>
            <Banner
                tone=Tone::Info
                action=move || {
                    view! {
                        <Button on_press=move || session.start_over()>
                            {t!(i18n, create.start_over)}
                        </Button>
                    }
                }
            >
                {t!(i18n, create.restored)}
            </Banner>
        </Show>
        {move || {
            let conflicts = session.conflicts.get();
            (!conflicts.is_empty()).then(|| view! { <ConflictNotice conflicts found=FoundWhen::FillingForm /> })
        }}
    }
}
