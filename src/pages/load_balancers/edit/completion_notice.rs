//! Messages about edits that end while their dialog is not open.

use super::session::{DRAFT_STORAGE, RULES_STORAGE};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    pages::use_location,
    routes::Route,
    store::{Store, edits::Progress, use_store},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, field};

/// Shows a message for each edit that ends while its dialog is not open, as long as the calling view
/// exists.
pub fn notify_completions() {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    Effect::new(move |previous: Option<Vec<LoadBalancerId>>| {
        let running = store.edits.running();
        let mut ended = previous.unwrap_or_default();
        ended.retain(|id| !running.contains(id));
        for id in ended {
            let edit = Route::edit_load_balancer(id);
            let is_dialog_open = store.edits.is_watched(id)
                || location.with_untracked(|location| location.edits(id));
            if !is_dialog_open {
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
            // Applied to a later version, the draft would revert changes of others.
            DRAFT_STORAGE.clear(Some(id));
            RULES_STORAGE.clear(Some(id));
            notify_success(i18n, store, id);
        }
        Some(_) => untrack(|| {
            let text = t_string!(i18n, edit.interrupted, name = label(store, id)).to_string();
            let show = t_string!(i18n, certificates.expiry_notice_show);
            store.toasts.warning_with_link(text, show, edit.href());
        }),
    }
}

pub(in crate::pages::load_balancers) fn notify_success(
    i18n: I18nContext<Locale>,
    store: Store,
    id: LoadBalancerId,
) {
    let text = untrack(|| t_string!(i18n, edit.changed, name = label(store, id)).to_string());
    store.toasts.success(text);
}

fn label(store: Store, id: LoadBalancerId) -> String {
    let name = store.load_balancers.graph(id).map(|graph| graph.balancer.name.clone());
    name.filter(|name| !field::is_blank(name)).unwrap_or_else(|| id.to_string())
}
