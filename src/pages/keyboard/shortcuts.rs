//! Keyboard shortcuts on every page.

use crate::{pages::use_location, routes::Route, store::use_store};
use leptos::{ev::keydown, prelude::*};
use leptos_router::hooks::use_navigate;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, wasm_bindgen::JsCast};

/// Elements that handle keys themselves.
const TYPING_TARGETS: &str =
    "input:not([type=checkbox], [type=radio]), textarea, select, [role=menu]";
/// The key of the setting in the browser's storage.
const STORAGE_KEY: &str = "single-keys";

/// Handles keys until the calling view is removed.
pub(super) fn listen(help: RwSignal<bool>) {
    let location = use_location();
    let store = use_store();
    let navigate = use_navigate();
    let listener = window_event_listener(keydown, move |event| {
        // The browser's search finds drawn rows only. The list's search comes first, and the
        // browser's on the second press.
        let found =
            is_chord(&event, "f") && has_rows_out_of_view() && !in_search() && focus_search();
        // Undoes an action; in a field, the browser undoes typing.
        if found || is_chord(&event, "z") && !in_field(&event) && undo_last() {
            event.prevent_default();
            return;
        }
        let key = event.key();
        if !is_for_the_page(&event) || (key != "Escape" && !are_enabled()) {
            return;
        }
        let done = match key.as_str() {
            "?" => {
                help.set(true);
                true
            }
            "/" => focus_search(),
            "Escape" => clear_search(),
            "c" if untrack(|| store.session.may_change()) => {
                let to =
                    location.with_untracked(|location| location.route.as_ref().and_then(wizard_of));
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

/// Whether the keys are Ctrl or ⌘ and a letter.
fn is_chord(event: &KeyboardEvent, letter: &str) -> bool {
    let with = event.ctrl_key() || event.meta_key();
    let only = with && !event.alt_key() && !event.shift_key();
    only && event.key().eq_ignore_ascii_case(letter) && !is_dialog_open()
}

/// Undoes the last action that can be undone.
fn undo_last() -> bool {
    let all = document().query_selector_all(".flash-undo").ok();
    let last = all.and_then(|all| all.item(all.length().checked_sub(1)?));
    let undo = last.and_then(|last| last.dyn_into::<HtmlElement>().ok());
    if let Some(undo) = &undo {
        undo.click();
    }
    undo.is_some()
}

fn has_rows_out_of_view() -> bool {
    let Some(table) = find::<Element>("main [aria-rowcount]") else { return false };
    let said = table.get_attribute("aria-rowcount").and_then(|count| count.parse::<u32>().ok());
    let drawn = table.query_selector_all("[aria-rowindex]").map_or(0, |rows| rows.length());
    said.is_some_and(|count| count > drawn)
}

fn in_search() -> bool {
    find::<Element>("main [type=search]:focus").is_some()
}

/// The wizard that belongs to a page.
fn wizard_of(route: &Route) -> Option<Route> {
    match route {
        Route::Services | Route::LoadBalancers(_) | Route::LoadBalancer { .. } => {
            Some(Route::create())
        }
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

/// Shortcuts are off behind a dialog.
pub(super) fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

fn focus_search() -> bool {
    let Some(search) = find::<HtmlInputElement>("main [type=search]") else { return false };
    // Fails only for an element that is no longer in the document.
    let _ = search.focus();
    search.select();
    true
}

fn clear_search() -> bool {
    let clear = find::<HtmlElement>("main .search-clear:not([hidden])");
    if let Some(clear) = &clear {
        clear.click();
    }
    clear.is_some()
}

fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether single keys are on. Users of speech input turn them off, since a word is many keys.
pub(super) fn are_enabled() -> bool {
    let stored = window().local_storage().ok().flatten();
    stored.and_then(|stored| stored.get_item(STORAGE_KEY).ok()?).is_none_or(|value| value != "off")
}

/// Turns single keys on or off, and remembers it.
pub(super) fn set_enabled(on: bool) {
    if let Ok(Some(stored)) = window().local_storage() {
        // Without storage, the choice is not remembered.
        let _ = stored.set_item(STORAGE_KEY, if on { "on" } else { "off" });
    }
}
