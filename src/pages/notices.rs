//! Messages over the page: the state of the connection, and the results of actions.

use crate::{
    i18n::{t_string, use_i18n},
    pages::use_location,
    routes::Route,
    store::{self, Connection, use_store},
    ui::{Flash, FlashRegion, Tone},
};
use leptos::prelude::*;
use std::time::Duration;

/// The id of the message that the connection is lost; others count from zero.
const LOST: u64 = u64::MAX;
/// The message appears when the connection has been lost for this long.
const LOST_DELAY: Duration = Duration::from_millis(1500);

/// The state of the connection and the results of actions, shown over the page so that nothing
/// moves.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let lost = Memo::new(move |_| store.connection.get() == Connection::Reconnecting);
    let seen = RwSignal::new(true);
    Effect::new(move |_| {
        seen.set(true);
        if lost.get() {
            // A session that has ended closes the stream too, and a dialog says so.
            set_timeout(move || seen.set(false), LOST_DELAY);
        }
    });
    let location = use_location();
    let here =
        Memo::new(move |_| location.with(|location| location.route.as_ref().map(Route::href)));
    let messages = move || {
        let lost = (lost.get() && !seen.get()).then(|| Flash {
            id: LOST,
            tone: Tone::Warning,
            text: t_string!(i18n, common.connection_lost).to_owned(),
            detail: None,
            link: None,
            undo: None,
            period: None,
        });
        // A link to the page on screen leads nowhere.
        let leads_on = |toast: &store::Toast| {
            toast.tone != store::Tone::Success
                || toast
                    .link
                    .as_ref()
                    .is_none_or(|(_, href)| here.with(|here| here.as_ref() != Some(href)))
        };
        let results = store.toasts.shown().into_iter().filter(leads_on).map(flash);
        lost.into_iter().chain(results).collect::<Vec<_>>()
    };
    view! {
        <FlashRegion
            messages
            on_dismiss=move |id: u64| match id {
                LOST => seen.set(true),
                id => store.toasts.dismiss(id),
            }
            on_undo=move |id: u64| store.toasts.undo(id)
        />
    }
}

fn flash(toast: store::Toast) -> Flash {
    let tone = match toast.tone {
        store::Tone::Success => Tone::Ok,
        store::Tone::Pending => Tone::Pending,
        store::Tone::Warning => Tone::Warning,
        store::Tone::Error => Tone::Error,
    };
    let link = toast.link.map(|(words, href)| (href, words));
    Flash {
        id: toast.id,
        tone,
        text: toast.text,
        detail: None,
        link,
        undo: toast.undo.map(|action| action.label),
        period: toast.period,
    }
}
