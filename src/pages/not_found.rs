//! `Page not found`.

use super::browser::page_title;
use crate::{
    i18n::{t, t_string, use_i18n},
    routes::Route,
    ui::{Art, EmptyState, LinkButton, PageHeader},
};
use leptos::prelude::*;

#[component]
pub(super) fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, common.not_found).to_owned();
    page_title(title);
    view! {
        <PageHeader title />
        <EmptyState art=Art::NoMatch title=move || t_string!(i18n, common.not_found_hint).to_owned()>
            <LinkButton href=Route::Services.href()>{t!(i18n, common.all_services)}</LinkButton>
        </EmptyState>
    }
}
