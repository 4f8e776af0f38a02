//! Plans for load balancers: what a person wants, and the API calls that create or change it.
//!
//! - [`draft`]: the form, as typed, and the changes to it;
//! - [`request`]: checks a draft and converts it to the one create request, in one pass, so that a
//!   draft without findings always converts;
//! - [`clone`]: a create form filled from an existing load balancer;
//! - [`edit`]: the calls that change an existing load balancer;
//! - [`import`]: a create form filled from an API request, Terraform or an HAProxy configuration;
//! - [`paste`]: servers from pasted lines;
//! - [`supported`]: limits requests to what a cloud has;
//! - [`export`]: a create request as an API call, as `openstack` commands and as Terraform.
//!
//! Pure: no IO, no clock, no randomness.

#![warn(unreachable_pub)]

pub mod clone;
pub mod draft;
pub mod edit;
pub mod export;
pub mod graph;
pub mod import;
pub mod paste;
pub mod path;
pub mod request;
pub mod supported;

pub use clone::{clone_draft, export_draft};
pub use draft::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions, OptionsScope, PersistenceDraft,
    PolicyAction, PolicyDraft, RowKey, RuleDraft, ServerDraft,
};
pub use edit::{Edit, Plan};
pub use graph::Graph;
pub use path::{
    FieldPath, GroupField, HealthField, ListenerField, PolicyField, RuleField, Section,
    ServerField, TimeoutField,
};
pub use request::{Finding, check, seconds, to_export_request, to_request};
