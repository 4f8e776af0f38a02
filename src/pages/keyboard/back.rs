//! Restores scroll position and focus of a list after the details page.

use crate::{pages::use_location, routes::Route};
use leptos::{ev::scroll, prelude::*};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

/// Animation frames to wait for the rows to be drawn.
const PATIENCE: u32 = 60;

/// The state of a list when the user left it.
#[derive(Clone)]
struct Left {
    list: Route,
    /// The address of the row that was opened.
    href: String,
    /// The scroll position in px.
    scrolled: f64,
}

/// Saves and restores until the calling view is removed.
pub(super) fn follow() {
    let location = use_location();
    let left = StoredValue::new(None::<Left>);
    let scrolled = StoredValue::new(0.0);
    // Removing the list scrolls the page, so the earlier position is kept.
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

/// The address of the row of a details page.
fn details(route: &Route) -> Option<String> {
    match route {
        Route::LoadBalancer { id, .. } | Route::EditLoadBalancer { id, .. } => {
            Some(Route::load_balancer(*id).href())
        }
        Route::SslCertificate(id) => Some(Route::SslCertificate(*id).href()),
        _ => None,
    }
}

/// Scrolls to the row, and focuses it once it is drawn, after the heading was focused.
fn find(left: Left, frames: u32) {
    request_animation_frame(move || {
        let there = (scroll_top() - left.scrolled).abs() < 2.0;
        let link = format!("main .table-virtual th a[href=\"{}\"]", left.href);
        let link = document().query_selector(&link).ok().flatten();
        match link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            Some(link) if there && frames < PATIENCE - 2 => {
                // Fails only for an element that is no longer in the document.
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
