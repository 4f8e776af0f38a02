//! Announces changes of state and numbers of search results to screen readers.

use crate::{
    i18n::{
        format::{Style, number},
        t_string, use_i18n,
    },
    pages::use_location,
    routes::Route,
    store::{
        row::{Row, operating_word, provisioning_word},
        use_store,
    },
};
use leptos::{ev::input, leptos_dom::helpers::TimeoutHandle, prelude::*};
use openstack_types::LoadBalancerId;
use std::{sync::Arc, time::Duration};
use web_sys::{Element, wasm_bindgen::JsCast};

/// How long changes are collected. A screen reader that is interrupted all the time reads nothing.
const COLLECT: Duration = Duration::from_millis(1500);
/// Changes announced one by one; of more, only the number.
const MAX_ANNOUNCED: usize = 3;

/// An announcement: id and name of a load balancer, and its state.
type News = (LoadBalancerId, String, String);

/// A live region. It announces changes on the current page only.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    let balancers = use_store().load_balancers;
    let announcement = RwSignal::new(String::new());
    let known = StoredValue::new(Vec::<Arc<Row>>::new());
    let news = StoredValue::new(Vec::<News>::new());
    let announce = move || {
        let Some(news) = news.try_update_value(std::mem::take) else { return };
        let sentences = if news.len() > MAX_ANNOUNCED {
            vec![t_string!(i18n, keyboard.changed, count = news.len()).to_string()]
        } else {
            let one = |(_, name, state): &News| {
                t_string!(i18n, keyboard.now_in_state, name = name, state = state).to_string()
            };
            news.iter().map(one).collect()
        };
        drop(announcement.try_set(sentences.join(" ")));
    };
    Effect::new(move |_| {
        let changed = balancers.with_rows(|rows| {
            let idle = untrack(|| t_string!(i18n, services.state_idle));
            known.try_update_value(|known| changes(known, rows, idle)).unwrap_or_default()
        });
        let on_the_page = |id: LoadBalancerId| {
            location.with_untracked(|location| match location.route.as_ref() {
                Some(Route::Services | Route::LoadBalancers(_)) => true,
                Some(
                    Route::LoadBalancer { id: shown, .. }
                    | Route::EditLoadBalancer { id: shown, .. },
                ) => *shown == id,
                _ => false,
            })
        };
        let announced: Vec<News> =
            changed.into_iter().filter(|(id, ..)| on_the_page(*id)).collect();
        if announced.is_empty() {
            return;
        }
        let waiting = news.try_update_value(|news| {
            let waiting = !news.is_empty();
            // Only the last state is announced.
            news.retain(|(id, ..)| announced.iter().all(|(other, ..)| other != id));
            news.extend(announced);
            waiting
        });
        if waiting == Some(false) {
            set_timeout(move || untrack(announce), COLLECT);
        }
    });
    announce_results(announcement);
    view! {
        <div class="visually-hidden" role="status" data-keyboard="">
            {announcement}
        </div>
    }
}

/// Announces the number of search results when the user stops typing, not for each letter and not
/// for each change of the list.
fn announce_results(announcement: RwSignal<String>) {
    let i18n = use_i18n();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let announce = move || {
        let Some(found) = found() else { return };
        let count = number(i18n.get_locale(), found, Style::Whole);
        drop(announcement.try_set(t_string!(i18n, keyboard.found, count = count).to_string()));
    };
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let typing = window_event_listener(input, move |event| {
        let field = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let of_list = field.map(|field| field.closest(".list-tools [type=search]"));
        if !matches!(of_list, Some(Ok(Some(_)))) {
            return;
        }
        stop();
        // The same number is announced again too.
        announcement.set(String::new());
        timer.set_value(set_timeout_with_handle(move || untrack(announce), COLLECT).ok());
    });
    on_cleanup(move || {
        stop();
        typing.remove();
    });
}

/// The number of rows of the list; `None` while it loads.
fn found() -> Option<f64> {
    let table = document().query_selector("main table[aria-rowcount]:not([aria-busy])").ok()??;
    let rows: f64 = table.get_attribute("aria-rowcount")?.parse().ok()?;
    // One is the header.
    Some(rows - 1.0)
}

/// The changes of rows since the last call; updates `known`. A row at the index of a deleted one is
/// no change. `idle` is the label of one that serves nothing.
fn changes(known: &mut Vec<Arc<Row>>, rows: &[Arc<Row>], idle: &str) -> Vec<News> {
    let mut news = Vec::new();
    known.truncate(rows.len());
    for (before, now) in known.iter_mut().zip(rows) {
        if !Arc::ptr_eq(before, now) {
            if before.id == now.id {
                news.extend(difference(before, now, idle));
            }
            *before = now.clone();
        }
    }
    known.extend(rows[known.len()..].iter().cloned());
    news
}

/// Pending states are not announced; their end is.
fn difference(before: &Row, now: &Row, idle: &str) -> Option<News> {
    let state = if now.provisioning.is_pending() {
        return None;
    } else if before.provisioning != now.provisioning {
        provisioning_word(&now.provisioning)
    } else if now.is_idle() && !before.is_idle() {
        idle
    } else if before.operating != now.operating || before.is_idle() != now.is_idle() {
        operating_word(&now.operating)
    } else {
        return None;
    };
    let mut names = [Some(&now.name), now.vip.as_ref()].into_iter().flatten();
    let name = names.find(|name| !name.is_empty()).cloned();
    Some((now.id, name.unwrap_or_else(|| now.id.to_string()), state.to_owned()))
}
