//! All tabs of a browser share one session: when another tab goes over to another project or user, this
//! one follows.

use crate::{
    i18n::{t_string, use_i18n},
    pages::use_location,
    routes::Route,
    store::use_store,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::portal::Session;

/// Follows as long as the view that calls this is there.
pub(super) fn follow() {
    let i18n = use_i18n();
    let session = use_store().session;
    let toasts = use_store().toasts;
    let location = use_location();
    let navigate = use_navigate();
    let seen = window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            session.ask();
        }
    });
    on_cleanup(move || seen.remove());
    Effect::new(move |told: Option<Option<Session>>| {
        let there = session.elsewhere()?;
        let same_user = session.who_untracked().is_some_and(|who| who.user.id == there.user.id);
        let route = location.with(|location| location.route.clone());
        let (project, user) = (there.project.name.as_str(), there.user.name.as_str());
        // What is typed there is of a load balancer that the other project has not got.
        if same_user && matches!(route, Some(Route::EditLoadBalancer(_))) {
            if told.flatten().as_ref() != Some(&there) {
                let words = untrack(|| {
                    t_string!(i18n, common.elsewhere_kept, project = project, user = user)
                        .to_string()
                });
                toasts.error(words);
            }
            return Some(there);
        }
        // What was found while one was typing may be long ago.
        if told.flatten().is_some() {
            session.look_again();
            return None;
        }
        let words = untrack(|| {
            t_string!(i18n, common.elsewhere, project = project, user = user).to_string()
        });
        untrack(|| session.follow());
        // A form may go on in another project, but is not for the next at the same browser; and what
        // one was looking at belongs to the other project.
        let stays =
            same_user && !matches!(route, Some(Route::LoadBalancer(_) | Route::SslCertificate(_)));
        if !stays {
            navigate(&Route::load_balancers().href(), Default::default());
        }
        toasts.success(words);
        None
    });
}
