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
mod request_graph;
mod terraform;

use crate::Draft;
use thiserror::Error;

/// The longest text that is read, in bytes.
pub const SIZE_MAX: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub format: Format,
    /// It may have findings: not every format names a network, and values are as they were written.
    pub draft: Draft,
    pub unmapped: Vec<Unmapped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    ApiRequest,
    Terraform,
    HaProxy,
}

/// Something that the draft lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// From 1; 0 if it has no line.
    pub line: usize,
    /// As it is written there.
    pub text: String,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("a load balancer has no such setting")]
    Unknown,
    #[error("the value cannot be read: {message}")]
    Invalid { message: String },
    #[error("it refers to {name}, which is not there")]
    Missing { name: String },
    #[error("only simple values can be read")]
    Expression,
    #[error("certificates of files cannot be read: choose one that is stored")]
    CertificateFile,
    #[error("type the address that requests are redirected to")]
    NeedsHost,
    #[error("host names of servers are not resolved: type their addresses")]
    HostName,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    #[error("the text is longer than {max} bytes")]
    TooLong { max: usize },
    #[error("there are more than {max} parts")]
    TooManyParts { max: usize },
    #[error("this is no API request, Terraform configuration or HAProxy configuration")]
    UnknownFormat,
    #[error("line {line}, column {column}: {message}")]
    Syntax { line: usize, column: usize, message: String },
    #[error("there is no load balancer in it")]
    Nothing,
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

/// A text for [`Unmapped`], of a bounded length.
fn excerpt(text: &str) -> String {
    const MAX: usize = 200;
    text.trim().chars().take(MAX).collect()
}
