//! What is shown when the translations could not be downloaded.

use crate::{
    i18n::{self, Locale, td_string},
    ui::{Art, Button, ButtonKind, EmptyState},
};
use leptos::prelude::*;

/// Reports the failure with texts that are compiled in, and offers to reload.
#[component]
pub(super) fn Fallback(language: Locale) -> impl IntoView {
    document().set_title(td_string!(language, common.product));
    if let Some(html) = document().document_element() {
        // Fails only for an invalid attribute name.
        let _ = html.set_attribute("lang", i18n::tag(language));
    }
    let reload = || {
        // Fails only where the page may not navigate.
        let _ = window().location().reload();
    };
    view! {
        <main class="frame-main">
            <h1 class="page-title">{td_string!(language, common.not_downloaded)}</h1>
            <EmptyState art=Art::Failed title=td_string!(language, common.not_downloaded_hint)>
                <Button kind=ButtonKind::Primary on_press=reload>
                    {td_string!(language, common.reload)}
                </Button>
            </EmptyState>
        </main>
    }
}
