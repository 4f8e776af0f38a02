//! Follows the session of other tabs: they share the cookie, and may switch to another project or
//! user.

use crate::{
    i18n::{t_string, use_i18n},
    pages::use_location,
    routes::Route,
    store::{Phase, use_store},
};
use js_sys::Date;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use openstack_types::portal::Session;

/// The key in the browser's storage that a tab sets when it has signed in.
const SIGNED_IN_KEY: &str = "signed-in";

/// Follows until the calling view is removed.
pub(super) fn follow() {
    let i18n = use_i18n();
    let session = use_store().session;
    let toasts = use_store().toasts;
    let location = use_location();
    let navigate = use_navigate();
    let listener = window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            session.refresh();
        }
    });
    // Another tab has signed in.
    let signed_in = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(SIGNED_IN_KEY) {
            session.refresh();
        }
    });
    Effect::new(move |before: Option<bool>| {
        let signed_in = session.phase() == Phase::In;
        if signed_in && before == Some(false) {
            announce();
        }
        signed_in
    });
    on_cleanup(move || {
        listener.remove();
        signed_in.remove();
    });
    Effect::new(move |notified: Option<Option<Session>>| {
        let current = session.elsewhere()?;
        let same_user = session.who_untracked().is_some_and(|who| who.user.id == current.user.id);
        let route = location.with(|location| location.route.clone());
        let (project, user) = (current.project.name.as_str(), current.user.name.as_str());
        // The edit belongs to a load balancer of the previous project.
        if same_user && matches!(route, Some(Route::EditLoadBalancer { .. })) {
            if notified.flatten().as_ref() != Some(&current) {
                let words = untrack(|| {
                    t_string!(
                        i18n,
                        common.session_switched_input_kept,
                        project = project,
                        user = user
                    )
                    .to_string()
                });
                toasts.error(words);
            }
            return Some(current);
        }
        // The session found during the edit may be outdated.
        if notified.flatten().is_some() {
            session.check_again();
            return None;
        }
        let words = untrack(|| {
            t_string!(i18n, common.session_switched, project = project, user = user).to_string()
        });
        untrack(|| session.follow());
        // A wizard may continue in another project, but not for another user; a details page
        // belongs to the previous project.
        let stays = same_user
            && !matches!(route, Some(Route::LoadBalancer { .. } | Route::SslCertificate(_)));
        if !stays {
            navigate(&Route::load_balancers().href(), Default::default());
        }
        toasts.success(words);
        None
    });
}

/// Tells other tabs that a session has begun: they may wait for one.
pub(super) fn announce() {
    if let Ok(Some(storage)) = window().local_storage() {
        // Without storage, the other tabs notice when they are shown.
        let _ = storage.set_item(SIGNED_IN_KEY, &Date::now().to_string());
    }
}
