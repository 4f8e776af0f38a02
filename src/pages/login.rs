//! Signing in: the page, and the dialog that renews a session that has ended.

mod form;

use super::{
    page_title,
    preferences::{LanguageChoice, ThemeChoice},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    routes::Route,
    store::use_store,
    ui::{Banner, Button, ButtonKind, Dialog, Mark, PlainFrame, Tone},
};
use form::{Fields, Form, SignInButton};
use leptos::prelude::*;

/// The sign-in page.
#[component]
pub fn Login() -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, login.title).to_owned();
    page_title(title);
    let form = Form::new();
    view! {
        <PlainFrame
            product=move || t_string!(i18n, common.product).to_owned()
            home=Route::Services.href()
            header=|| view! { <LanguageChoice /> <ThemeChoice /> }
        >
            <section class="login" aria-labelledby="login-title">
                <header class="login-header">
                    <Mark />
                    <h1 class="page-title" id="login-title" tabindex="-1">
                        {title}
                    </h1>
                    <p class="muted">{t!(i18n, login.tagline)}</p>
                </header>
                <form
                    class="stack"
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        form.submit();
                    }
                >
                    <Fields form />
                    <SignInButton form />
                </form>
                <p class="login-help muted">{t!(i18n, login.forgotten)}</p>
            </section>
        </PlainFrame>
    }
}

/// Renews a session that has ended, over the current page, so that no input is lost.
#[component]
pub fn SignInAgain(#[prop(into)] ended: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let form = Form::new();
    let begin = move || form.begin_again(store.session.who_untracked().as_ref());
    // Before the dialog opens, which focuses the first empty field.
    begin();
    Effect::new(move |_| {
        if ended.get() {
            begin();
        }
    });
    let leave = move || store.session.leave();
    view! {
        <Dialog
            open=ended
            title=move || t_string!(i18n, login.title).to_owned()
            on_submit=move || form.submit()
            busy=form.busy
            actions=move || {
                view! {
                    <Button kind=ButtonKind::Quiet on_press=leave>
                        {t!(i18n, common.sign_out)}
                    </Button>
                    <SignInButton form />
                }
            }
        >
            <Banner tone=Tone::Info>{t!(i18n, common.session_ended)}</Banner>
            <Fields form />
        </Dialog>
    }
}
