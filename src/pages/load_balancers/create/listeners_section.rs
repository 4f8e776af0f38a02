//! The listeners of the new load balancer.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        focus::focus_field, listener_row::ListenerRow, section::FormSection, state::Form,
    },
    ui::{Banner, Button, Glyph, Tone},
};
use leptos::prelude::*;
use plan::{FieldPath, ListenerField, Section};

#[component]
pub(super) fn ListenersSection(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let keys = Memo::new(move |_| {
        form.draft.with(|draft| draft.listeners.iter().map(|l| l.key).collect::<Vec<_>>())
    });
    let add = move || {
        let key = form.draft.try_update(|draft| {
            let key = draft.add_listener();
            draft.separate_options();
            key
        });
        if let Some(listener) = key {
            focus_field(&FieldPath::Listener { listener, field: ListenerField::Protocol });
        }
    };
    view! {
        <FormSection
            section=Section::Listeners
            title=move || t_string!(i18n, create.listener).to_owned()
        >
            <Show when=move || keys.with(Vec::is_empty)>
                <Banner tone=Tone::Warning>{t!(i18n, create.no_listener)}</Banner>
            </Show>
            <div class="form-rows form-boxes">
                <For each=move || keys.get() key=|key| *key let:key>
                    <ListenerRow form listener=key />
                </For>
            </div>
            <div class="row">
                <Button icon=Glyph::Plus on_press=add>{t!(i18n, create.add)}</Button>
            </div>
        </FormSection>
    }
}
