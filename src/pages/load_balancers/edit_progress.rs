//! On the details page: an edit runs, or has stopped, while its dialog is not open.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::use_location,
    routes::{EditStart, Route},
    store::{edits::Progress, use_store},
    ui::{Banner, LinkButton, Tone},
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

/// Says how far the edit is, with a link to its dialog.
#[component]
pub fn EditProgressBanner(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let progress = Memo::new(move |_| {
        let is_open = location.with(|location| location.edits(id));
        store.edits.progress(id).filter(|_| !is_open)
    });
    let text = move || match progress.get()? {
        Progress::Done { .. } => None,
        Progress::Running { step, total, .. } => {
            Some(t_string!(i18n, form.edit_running, step = step, total = total).to_string())
        }
        Progress::Reading => Some(t_string!(i18n, form.edit_starting).to_owned()),
        _ => Some(t_string!(i18n, form.edit_attention).to_owned()),
    };
    let is_running = move || progress.with(|p| p.as_ref().is_some_and(Progress::is_running));
    let href = move || {
        let view = location.with(|location| location.details_view());
        Route::EditLoadBalancer { id, view, start: EditStart::Form }.href()
    };
    move || {
        text().map(|text| {
            view! {
                <Banner
                    tone=if is_running() { Tone::Pending } else { Tone::Warning }
                    action=move || {
                        view! { <LinkButton href>{t!(i18n, form.show_progress)}</LinkButton> }
                    }
                >
                    {text}
                </Banner>
            }
        })
    }
}
