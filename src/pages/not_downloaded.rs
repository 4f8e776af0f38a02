//! The program has no page here yet and could not get it.

use super::browser::page_title;
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Art, Button, ButtonKind, EmptyState, PageHeader},
};
use leptos::prelude::*;

/// Says so, and offers to begin anew: with the program that the server has by now.
#[component]
pub fn NotDownloaded() -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, common.not_downloaded).to_owned();
    page_title(title);
    let reload = || {
        // Fails only where a page may not navigate itself.
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
