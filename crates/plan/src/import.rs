//! Reading a load balancer that another tool describes, as a create form.
//!
//! - an API request: the body of `POST /v2/lbaas/loadbalancers`, also with the request line and headers
//!   of [`crate::export::api_request`];
//! - Terraform, as [`crate::export::terraform`] writes it: literals and references between resources;
//! - an HAProxy configuration.
//!
//! What the form cannot hold is listed with its line and the reason. The input is bounded, and no text
//! panics.

mod api_request;
mod haproxy;
mod hcl;
mod outcome;
mod request_graph;
mod terraform;

pub use outcome::{Format, ImportError, Imported, Reason, SIZE_MAX, Unmapped};

use crate::Graph;
use openstack_types::octavia::CreateLoadBalancer;

/// The load balancer that a create request makes, with Octavia's defaults; `None` if the request is invalid.
/// Listeners, pools and members are in the order of the request.
pub fn preview(request: &CreateLoadBalancer) -> Option<Graph> {
    request_graph::graph(serde_json::to_value(request).ok()?).0
}

/// Reads a text whose format is recognised by its content.
///
/// # Errors
/// If the text is too long, has none of the formats, or no load balancer in it.
pub fn read(text: &str) -> Result<Imported, ImportError> {
    if text.len() > SIZE_MAX {
        return Err(ImportError::TooLong { max: SIZE_MAX });
    }
    if api_request::is_request(text) {
        return api_request::read(text);
    }
    if text.contains("openstack_lb_loadbalancer_v2") {
        return terraform::read(text);
    }
    if haproxy::is_configuration(text) {
        return haproxy::read(text);
    }
    Err(ImportError::UnknownFormat)
}
