//! The end of an edit, told wherever one is by then.

use super::editing::DRAFT_STORAGE;
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    pages::use_location,
    routes::Route,
    store::{Store, edits::Progress, use_store},
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

/// Tells of edits that end out of sight, as long as the view that calls this is there.
pub fn notify_completions() {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    Effect::new(move |before: Option<Vec<LoadBalancerId>>| {
        let running = store.edits.running();
        let mut ended = before.unwrap_or_default();
        ended.retain(|id| !running.contains(id));
        for id in ended {
            let edit = Route::EditLoadBalancer(id);
            // Those who look at it see it there.
            let is_seen = store.edits.is_watched(id)
                || location.with_untracked(|location| location.route.as_ref() == Some(&edit));
            if !is_seen {
                notify_completion(i18n, store, id, &edit);
            }
        }
        running
    });
}

fn notify_completion(i18n: I18nContext<Locale>, store: Store, id: LoadBalancerId, edit: &Route) {
    match untrack(|| store.edits.progress(id)) {
        None => {}
        Some(Progress::Done { .. }) => {
            // Put back on a later state, it would undo what others changed since.
            DRAFT_STORAGE.clear(Some(id));
            notify_success(i18n, store, id);
        }
        Some(_) => untrack(|| {
            let text = t_string!(i18n, edit.broke_off, name = name(store, id)).to_string();
            let show = t_string!(i18n, certificates.flash_show);
            store.toasts.warning_with_link(text, show, edit.href());
        }),
    }
}

/// Tells that all of an edit is done.
pub(super) fn notify_success(i18n: I18nContext<Locale>, store: Store, id: LoadBalancerId) {
    let words = untrack(|| t_string!(i18n, edit.changed, name = name(store, id)).to_string());
    store.toasts.success(words);
}

fn name(store: Store, id: LoadBalancerId) -> String {
    let name = store.load_balancers.graph(id).map(|graph| graph.balancer.name.clone());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
}
