//! The page could not get its words.

use crate::{
    i18n::{self, Locale, td_string},
    ui::{Art, Button, ButtonKind, EmptyState},
};
use leptos::prelude::*;

/// Says so, in the few words that are part of the program, and offers to begin anew.
#[component]
pub(super) fn Fallback(language: Locale) -> impl IntoView {
    document().set_title(td_string!(language, common.product));
    if let Some(html) = document().document_element() {
        // Fails only for a name that is no attribute.
        let _ = html.set_attribute("lang", i18n::tag(language));
    }
    let reload = || {
        // Fails only where a page may not navigate itself.
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
