//! The only door to the network: one file a service. What is not fetched here is not fetched.
//!
//! Every function answers [`Result`]: whatever shape an error came in, the page sees one type. A
//! request whose future is dropped is aborted.

mod objects;
mod request;

pub mod barbican;
pub mod certificate_worker;
pub mod events;
pub mod keystone;
pub mod neutron;
pub mod octavia;
pub mod portal;
pub mod session;

pub use request::{Result, SessionProblem, on_session_problem, outlive_page, set_expected_session};

/// A text file of the page's own.
#[cfg(feature = "split")]
pub async fn file(path: &str) -> Result<String> {
    request::exchange(gloo_net::http::Method::GET, path, None).await?.ok()
}
