//! Single keys that do something wherever one is.

use crate::{pages::use_location, routes::Route, store::use_store};
use leptos::{ev::keydown, prelude::*};
use leptos_router::hooks::use_navigate;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, wasm_bindgen::JsCast};

/// Where a letter is a letter, and a key belongs to what is open.
const TYPING_TARGETS: &str =
    "input:not([type=checkbox], [type=radio]), textarea, select, [role=menu]";
/// Where it is remembered that single keys do nothing.
const STORAGE_KEY: &str = "single-keys";

/// Listens as long as the view that calls this is there.
pub(super) fn listen(help: RwSignal<bool>) {
    let location = use_location();
    let store = use_store();
    let navigate = use_navigate();
    let listener = window_event_listener(keydown, move |event| {
        // The browser's own search finds what is drawn only: ours comes first where there is more, and
        // the browser's when one asks again.
        let found = is_chord(&event, "f") && rows_are_out_of_sight() && !in_search() && to_search();
        // What one does is to be taken back, and not what one types.
        if found || is_chord(&event, "z") && !in_field(&event) && undo_last() {
            event.prevent_default();
            return;
        }
        let key = event.key();
        if !is_for_the_page(&event) || (key != "Escape" && !are_on()) {
            return;
        }
        let done = match key.as_str() {
            "?" => {
                help.set(true);
                true
            }
            "/" => to_search(),
            "Escape" => empty_search(),
            "c" if untrack(|| store.session.may_change()) => {
                let to = location
                    .with_untracked(|location| location.route.as_ref().and_then(creates_in));
                if let Some(to) = &to {
                    navigate(&to.href(), Default::default());
                }
                to.is_some()
            }
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Ctrl, or the Mac's command key, with a letter and nothing else.
fn is_chord(event: &KeyboardEvent, letter: &str) -> bool {
    let with = event.ctrl_key() || event.meta_key();
    let only = with && !event.alt_key() && !event.shift_key();
    only && event.key().eq_ignore_ascii_case(letter) && !is_dialog_open()
}

/// The last thing that can be.
fn undo_last() -> bool {
    let all = document().query_selector_all(".flash-undo").ok();
    let last = all.and_then(|all| all.item(all.length().checked_sub(1)?));
    let undo = last.and_then(|last| last.dyn_into::<HtmlElement>().ok());
    if let Some(undo) = &undo {
        undo.click();
    }
    undo.is_some()
}

fn rows_are_out_of_sight() -> bool {
    let Some(table) = find::<Element>("main [aria-rowcount]") else { return false };
    let said = table.get_attribute("aria-rowcount").and_then(|count| count.parse::<u32>().ok());
    let drawn = table.query_selector_all("[aria-rowindex]").map_or(0, |rows| rows.length());
    said.is_some_and(|count| count > drawn)
}

fn in_search() -> bool {
    find::<Element>("main [type=search]:focus").is_some()
}

/// What is created on a page.
fn creates_in(route: &Route) -> Option<Route> {
    match route {
        Route::Services | Route::LoadBalancers(_) | Route::LoadBalancer(_) => Some(Route::create()),
        Route::SslCertificates(_) | Route::SslCertificate(_) => {
            Some(Route::create_ssl_certificate())
        }
        _ => None,
    }
}

fn is_for_the_page(event: &KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    !(modified
        || in_field(event)
        || is_dialog_open()
        || event.default_prevented()
        || event.is_composing())
}

fn in_field(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|at| at.closest(TYPING_TARGETS).ok().flatten().is_some())
}

/// A dialog is open: nothing happens behind it.
pub(super) fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

fn to_search() -> bool {
    let Some(search) = find::<HtmlInputElement>("main [type=search]") else { return false };
    // Fails only for an element that is not in the document any more.
    let _ = search.focus();
    search.select();
    true
}

fn empty_search() -> bool {
    let clear = find::<HtmlElement>("main .search-clear:not([hidden])");
    if let Some(clear) = &clear {
        clear.click();
    }
    clear.is_some()
}

fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether they do what they say. Whoever speaks to the computer turns them off: a word is many keys.
pub(super) fn are_on() -> bool {
    let stored = window().local_storage().ok().flatten();
    stored.and_then(|stored| stored.get_item(STORAGE_KEY).ok()?).is_none_or(|value| value != "off")
}

/// Turns them on or off, for good.
pub(super) fn set_on(on: bool) {
    if let Ok(Some(stored)) = window().local_storage() {
        // A full or forbidden storage only forgets.
        let _ = stored.set_item(STORAGE_KEY, if on { "on" } else { "off" });
    }
}
