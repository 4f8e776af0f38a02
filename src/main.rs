//! The page: a client of the OpenStack APIs at its own origin.

mod app;
mod client;
mod i18n;
mod pages;
mod routes;
mod store;
mod ui;

fn main() {
    console_error_panic_hook::set_once();
    #[cfg(feature = "gallery")]
    if ui::gallery::mount_if_asked() {
        return;
    }
    // Leptos has no executor until something is mounted.
    wasm_bindgen_futures::spawn_local(app::start());
}
