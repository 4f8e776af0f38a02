//! What is shown when a page could not be downloaded.

use super::browser::page_title;
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Art, Button, ButtonKind, EmptyState, PageHeader},
};
use leptos::prelude::*;

/// Reports the failure, and offers to reload, which loads the server's current version.
#[component]
pub fn NotDownloaded() -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, common.not_downloaded).to_owned();
    page_title(title);
    let reload = || {
        // Fails only where the page may not navigate.
        let _ = window().location().reload();
    };
    view! {
        <PageHeader title />
        <EmptyState
            art=Art::Failed
            title=move || t_string!(i18n, common.not_downloaded_hint).to_owned()
        >
            <Button kind=ButtonKind::Primary on_press=reload>
                {t!(i18n, common.reload)}
            </Button>
        </EmptyState>
    }
}
