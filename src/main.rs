//! The page: a client of the OpenStack APIs, which its own origin answers.

mod app;
mod client;
mod i18n;
mod pages;
mod routes;
mod store;
mod ui;

use leptos::prelude::document;

fn main() {
    console_error_panic_hook::set_once();
    if let Some(first_paint) = document().get_element_by_id("first-paint") {
        first_paint.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
