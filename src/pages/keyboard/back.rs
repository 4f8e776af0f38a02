//! Whoever comes back from a page of details finds the list as it was left: as far scrolled, with the
//! keyboard on the row that was open.

use crate::{pages::use_location, routes::Route};
use leptos::{ev::scroll, prelude::*};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

/// Frames in which the rows may come to be drawn.
const PATIENCE: u32 = 60;

/// A list when it was left.
#[derive(Clone)]
struct Left {
    list: Route,
    /// Where the link of the row that was opened leads.
    href: String,
    /// How far the page was scrolled, in px.
    scrolled: f64,
}

/// Remembers and finds again as long as the view that calls this is there.
pub(super) fn follow() {
    let location = use_location();
    let left = StoredValue::new(None::<Left>);
    let scrolled = StoredValue::new(0.0);
    // A list that goes takes its height with it: what counts is where one was before.
    let scrolls = window_event_listener(scroll, move |_| scrolled.set_value(scroll_top()));
    on_cleanup(move || scrolls.remove());
    Effect::new(move |before: Option<Option<Route>>| {
        let now = location.with(|location| location.route.clone());
        match (before.flatten(), &now) {
            (Some(list), Some(opened)) if is_list(&list) => {
                if let Some(href) = details(opened) {
                    left.set_value(Some(Left { list, href, scrolled: scrolled.get_value() }));
                }
            }
            (Some(opened), Some(list)) if details(&opened).is_some() => {
                let came_from = left.get_value().filter(|left| left.list == *list);
                if let Some(left) = came_from {
                    find(left, PATIENCE);
                }
            }
            _ => {}
        }
        now
    });
}

fn is_list(route: &Route) -> bool {
    matches!(route, Route::LoadBalancers(_) | Route::SslCertificates(_))
}

/// Where the row of what a page shows in detail leads.
fn details(route: &Route) -> Option<String> {
    match route {
        Route::LoadBalancer(id) | Route::EditLoadBalancer(id) => {
            Some(Route::LoadBalancer(*id).href())
        }
        Route::SslCertificate(id) => Some(Route::SslCertificate(*id).href()),
        _ => None,
    }
}

/// Scrolls there, and gives the keyboard to the row once it is drawn, after the heading has had it.
fn find(left: Left, frames: u32) {
    request_animation_frame(move || {
        let there = (scroll_top() - left.scrolled).abs() < 2.0;
        let link = format!("main .table-virtual th a[href=\"{}\"]", left.href);
        let link = document().query_selector(&link).ok().flatten();
        match link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            Some(link) if there && frames < PATIENCE - 2 => {
                // Fails only for an element that is not in the document any more.
                let _ = link.focus();
            }
            _ if frames > 0 => {
                window().scroll_to_with_x_and_y(0.0, left.scrolled);
                find(left, frames - 1);
            }
            _ => {}
        }
    });
}

fn scroll_top() -> f64 {
    window().scroll_y().unwrap_or_default()
}
