//! The frame around every page of a signed-in user.

use super::preload;
use crate::{
    i18n::{self, I18nContext, Locale, t_string, use_i18n},
    pages::{
        LeaveGuards, Location, ask_before_unload, chunk, chunks,
        preferences::{LanguageChoice, ThemeChoice},
        use_location,
    },
    routes::Route,
    store::{Phase, Role, use_store},
    ui::{
        Art, EmptyState, Frame, Glyph, HeaderSelect, HeaderText, MenuItem, Nav, NavItem,
        PlainFrame, SelectOption, UserMenu,
    },
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// Milliseconds between two attempts to download what runs beside every page.
const RETRY: u32 = 5_000;

#[component]
pub(super) fn SignedInFrame(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    LeaveGuards::provide();
    let help = RwSignal::new(false);
    let beside = beside_is_there();
    let ended = Signal::derive(move || store.session.phase() == Phase::Ended);
    // Closing the page would interrupt requests.
    ask_before_unload(move || untrack(|| store.edits.any_running()));
    view! {
        <Frame
            product=move || t_string!(i18n, common.product).to_owned()
            home=Route::Services.href()
            header=move || {
                view! { <ProjectChoice /> <LanguageChoice /> <ThemeChoice /> <Me help /> }
            }
            nav=|| view! { <Navigation /> }
            notices=move || chunk::when_wanted(
                beside.into(),
                chunks::notices::load,
                chunks::notices::view,
                || (),
            )
        >
            {children()}
        </Frame>
        {chunk::when_wanted(
            ended,
            chunks::sign_in::load,
            move || chunks::sign_in::view(Some(ended)),
            || (),
        )}
        {chunk::when_wanted(
            Signal::derive(move || beside.get() || help.get()),
            chunks::background::load,
            move || chunks::background::view(help),
            move || {
                help.try_set(false);
            },
        )}
    }
}

/// Whether what runs beside every page is downloaded. The page works without it.
fn beside_is_there() -> RwSignal<bool> {
    let there = RwSignal::new(false);
    let load = move || {
        spawn_local(async move {
            // Without it, no message says that the server has gone.
            while chunks::background::load().await.is_err() {
                TimeoutFuture::new(RETRY).await;
            }
            there.try_set(true);
        });
    };
    // The requests of the page itself go first.
    let balancers = use_store().load_balancers;
    let begun = move || !balancers.loading().busy || balancers.with_rows(|rows| !rows.is_empty());
    preload::once(begun, Duration::from_millis(400), load);
    there
}

/// The frame without a signed-in user.
#[component]
pub(super) fn BareFrame(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <PlainFrame
            product=move || t_string!(i18n, common.product).to_owned()
            home=Route::Services.href()
            header=|| view! { <LanguageChoice /> <ThemeChoice /> }
        >
            {children()}
        </PlainFrame>
    }
}

/// Shown while the server has not answered since the page was opened.
#[component]
pub(super) fn Unreachable() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <BareFrame>
            <EmptyState
                art=Art::Failed
                title=move || t_string!(i18n, common.server_unreachable).to_owned()
                text=move || t_string!(i18n, common.server_unreachable_hint).to_owned()
            />
        </BareFrame>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_store().session;
    let location = use_location();
    let at = move |here: fn(&Route) -> bool| {
        Signal::derive(move || {
            location.with(|Location { route, .. }| route.as_ref().is_some_and(here))
        })
    };
    view! {
        <Nav>
            <NavItem
                href=Route::Services.href()
                label=move || t_string!(i18n, common.all_services).to_owned()
                icon=Glyph::Grid
                current=at(|route| matches!(route, Route::Services))
            />
            <NavItem
                href=Route::load_balancers().href()
                label=move || t_string!(i18n, common.load_balancing).to_owned()
                icon=Glyph::LoadBalancer
                current=at(|route| {
                    !matches!(route, Route::Services | Route::Login { .. }) && !is_certificates(route)
                })
            >
                {move || {
                    session
                        .offers_certificates()
                        .then(|| {
                            view! {
                                <NavItem
                                    href=Route::ssl_certificates().href()
                                    label=move || {
                                        t_string!(i18n, common.ssl_certificate).to_owned()
                                    }
                                    icon=Glyph::Certificate
                                    current=at(is_certificates)
                                />
                            }
                        })
                }}
            </NavItem>
        </Nav>
    }
}

fn is_certificates(route: &Route) -> bool {
    matches!(
        route,
        Route::SslCertificates(_) | Route::CreateSslCertificate { .. } | Route::SslCertificate(_)
    )
}

/// The project: a select for users who have several.
#[component]
fn ProjectChoice() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let guards = expect_context::<LeaveGuards>();
    let navigate = use_navigate();
    let label = move || t_string!(i18n, common.project).to_owned();
    let who = move || store.session.who();
    let several = Memo::new(move |_| who().is_some_and(|who| who.projects.len() > 1));
    let options = move || {
        let projects = who().map(|who| who.projects).unwrap_or_default();
        projects.into_iter().map(|p| SelectOption::new(p.id.0, p.name)).collect::<Vec<_>>()
    };
    let current = move || who().map(|who| who.project.id.0).unwrap_or_default();
    let name = move || who().map(|who| who.project.name).unwrap_or_default();
    let switch = move |project: String| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match store.session.switch_project(&project).await {
                // The current page belongs to the previous project.
                Ok(()) => navigate(&Route::load_balancers().href(), Default::default()),
                Err(error) => {
                    let reason = i18n::errors::explain(i18n, &error);
                    let text = t_string!(i18n, common.switch_failed, reason = reason).to_string();
                    store.toasts.error(text);
                }
            }
        });
    };
    let choose = Callback::new(move |project: String| {
        let switch = switch.clone();
        guards.leave(Callback::new(move |()| switch(project.clone())));
    });
    move || {
        if several.get() {
            view! {
                <HeaderSelect label icon=Glyph::Folder value=current options on_change=choose />
            }
            .into_any()
        } else {
            view! { <HeaderText label icon=Glyph::Folder text=name /> }.into_any()
        }
    }
}

/// The menu of the user.
#[component]
fn Me(help: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let sign_out = move || {
        spawn_local(async move {
            if let Err(error) = store.session.sign_out().await {
                let reason = i18n::errors::explain(i18n, &error);
                let text = t_string!(i18n, common.sign_out_failed, reason = reason).to_string();
                store.toasts.error(text);
            }
        });
    };
    // Shows the role; it has no action.
    let role = move || match store.session.who() {
        Some(who) if who.cloud.is_some() => who.roles.join(", "),
        _ => store.session.role().map(|role| role_word(i18n, role)).unwrap_or_default(),
    };
    let project = Signal::derive(move || store.session.who().map(|who| who.project.name));
    view! {
        <UserMenu
            name=move || store.session.who().map(|who| who.user.name).unwrap_or_default()
            items=move || {
                vec![
                    MenuItem::new(role, || {}).icon(Glyph::User).disabled_reason(project),
                    MenuItem::new(
                        move || t_string!(i18n, common.shortcuts).to_owned(),
                        move || help.set(true),
                    )
                    .icon(Glyph::Keyboard),
                    MenuItem::new(move || t_string!(i18n, common.sign_out).to_owned(), sign_out)
                        .icon(Glyph::SignOut),
                ]
            }
        />
    }
}

fn role_word(i18n: I18nContext<Locale>, role: Role) -> String {
    match role {
        Role::Admin => t_string!(i18n, common.role_admin).to_owned(),
        Role::Manager => t_string!(i18n, common.role_manager).to_owned(),
        Role::Member => t_string!(i18n, common.role_member).to_owned(),
        Role::Reader => t_string!(i18n, common.role_reader).to_owned(),
    }
}
