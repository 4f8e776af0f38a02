//! Step 2: the review.

use super::{contents::contents, form::Form, step::heading_id};
use crate::{
    i18n::{t, t_string, use_i18n},
    routes::CreateStep,
    ui::{Banner, Button, ButtonKind, Card, Definition, Definitions, Glyph, Tone},
};
use leptos::prelude::*;

/// What will be stored; `on_create` stores it.
#[component]
pub(super) fn Review(
    form: Form,
    #[prop(into)] on_back: Callback<()>,
    #[prop(into)] on_create: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <form
            class="form"
            aria-labelledby=heading_id(CreateStep::Review)
            on:submit=move |event| {
                event.prevent_default();
                on_create.run(());
            }
        >
            <h2 class="visually-hidden" id=heading_id(CreateStep::Review) tabindex="-1">
                {t!(i18n, create.review)}
            </h2>
            <Reviewed form on_back />
            <div class="form-actions form-wizard-actions">
                <Button on_press=move || on_back.run(())>{t!(i18n, create.back)}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=form.busy>
                    {t!(i18n, common.create)}
                </Button>
            </div>
        </form>
    }
}

/// What will be stored, without a form around it.
#[component]
pub(super) fn Reviewed(form: Form, on_back: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    // Storing clears the form, so the last state stays until the page is closed.
    let opened = Memo::new(move |before: Option<&Option<_>>| {
        form.opened().or_else(|| before.cloned().flatten())
    });
    let edit = move || {
        view! {
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Pencil
                label=move || t_string!(i18n, certificates.edit_certificate).to_owned()
                on_press=move || on_back.run(())
            >
                {t!(i18n, common.edit)}
            </Button>
        }
    };
    view! {
            <Card title=move || t_string!(i18n, certificates.certificate).to_owned() actions=edit>
                <Definitions>
                    <Definition term=move || t_string!(i18n, create.name).to_owned()>
                        <span class="form-value">
                            {move || form.name.with(|name| name.trim().to_owned())}
                        </span>
                    </Definition>
                    <Definition term=move || t_string!(i18n, create.description).to_owned()>
                        {move || match form.description.get().trim() {
                            "" => view! { <span class="muted">"–"</span> }.into_any(),
                            text => {
                                view! { <span class="form-value">{text.to_owned()}</span> }
                                    .into_any()
                            }
                        }}
                    </Definition>
                </Definitions>
                <p class="muted certificate-note">{t!(i18n, certificates.visibility_note)}</p>
            </Card>
            <Card title=move || t_string!(i18n, certificates.contents).to_owned()>
                {move || opened.get().map(|opened| contents(&opened))}
            </Card>
            {move || {
                form.refused
                    .get()
                    .map(|why| {
                        view! {
                            <Banner tone=Tone::Error>{t!(i18n, certificates.create_failed)} " " {why.get()}</Banner>
                        }
                    })
            }}
    }
}
