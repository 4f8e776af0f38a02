//! `Try a request`: which rule decides about a request. Evaluated in the browser.

use super::{trial_form::TrialForm, trial_result::TrialResult, typed_request::TypedRequest};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::edit::session::{EditSession, PlannedChanges},
    ui::Card,
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::Draft;

#[component]
pub(super) fn TryRequest(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let draft = session.form.draft;
    let vip = Memo::new(move |_| {
        let graph = session.store.load_balancers.graph(session.id);
        graph.and_then(|graph| graph.balancer.vip_address.clone()).unwrap_or_default()
    });
    let typed = RwSignal::new(TypedRequest {
        method: "GET".to_owned(),
        url: untrack(|| first_url(&draft.get(), &vip.get())),
        verify_result: "0".to_owned(),
        ..TypedRequest::default()
    });
    let answer = Memo::new(move |_| typed.with(|typed| draft.with(|draft| typed.answer(draft))));
    let is_unsaved = Memo::new(move |_| !session.changes.with(PlannedChanges::is_empty));
    view! {
        <Card title=move || t_string!(i18n, rules.try_title).to_owned()>
            <p class="muted">
                {t!(i18n, rules.try_text)}
                <Show when=move || is_unsaved.get()>" " {t!(i18n, rules.try_unsaved)}</Show>
            </p>
            <div class="trial">
                <TrialForm typed answer draft />
                <TrialResult typed answer draft vip />
            </div>
        </Card>
    }
}

/// The URL of the first listener with rules.
fn first_url(draft: &Draft, vip: &str) -> String {
    let host = super::super::labels::url_host(vip);
    let mut listeners = draft.listeners.iter();
    let listener = listeners.find(|one| plan::draft::is_http(&one.protocol));
    let (scheme, port) = match listener {
        Some(one) if one.protocol == ListenerProtocol::TerminatedHttps => {
            ("https", one.port.trim())
        }
        Some(one) => ("http", one.port.trim()),
        None => ("http", "80"),
    };
    match (scheme, port) {
        ("http", "80") | ("https", "443") => format!("{scheme}://{host}/"),
        _ => format!("{scheme}://{host}:{port}/"),
    }
}
