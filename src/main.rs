//! The page: a client of the OpenStack APIs, which its own origin answers.

mod client;
mod i18n;
mod routes;
mod store;

fn main() {
    console_error_panic_hook::set_once();
}
