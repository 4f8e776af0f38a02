//! The form, part by part.

use super::{
    conflicts::{Conflicts, Seen},
    editing::Editing,
    listeners::Listeners,
    servers::Servers,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        FormSection, groups::Method, health::HealthFolds, name::NameFields,
    },
    ui::{Banner, Button, Tone},
};
use leptos::prelude::*;
use plan::Section;

#[component]
pub(super) fn FormBody(editing: Editing) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let no_group = Memo::new(move |_| form.draft.with(|draft| draft.groups.is_empty()));
    view! {
        <div class="edit-form" on:pointerdown=move |_| form.press()>
            <Notices editing />
            <FormSection part=Section::Basics title=move || t_string!(i18n, create.basics).to_owned()>
                <div class="form-grid form-wide">
                    <NameFields form rows=1 />
                </div>
            </FormSection>
            <Listeners editing />
            <Show when=move || !no_group.get()>
                <Method form />
            </Show>
            <Servers editing />
            <Show when=move || !no_group.get()>
                <div class="form-folds">
                    <HealthFolds form />
                </div>
            </Show>
        </div>
    }
}

/// What one has to know before going on: what was typed before, and what somebody else did.
#[component]
fn Notices(editing: Editing) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Show when=move || editing.restored.get()>
            <Banner
                tone=Tone::Info
                action=move || {
                    view! {
                        <Button on_press=move || editing.start_over()>
                            {t!(i18n, create.start_over)}
                        </Button>
                    }
                }
            >
                {t!(i18n, create.restored)}
            </Banner>
        </Show>
        {move || {
            let conflicts = editing.theirs.get();
            (!conflicts.is_empty()).then(|| view! { <Conflicts conflicts seen=Seen::InForm /> })
        }}
    }
}
