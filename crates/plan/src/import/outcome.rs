//! What is read, what is not, and why.

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

/// A text for [`Unmapped`], of a bounded length.
pub(super) fn excerpt(text: &str) -> String {
    const MAX: usize = 200;
    text.trim().chars().take(MAX).collect()
}
