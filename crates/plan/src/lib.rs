//! What a person wants of a load balancer, and what has to be asked of Octavia for it.
//!
//! - [`draft`]: the text of a form, as typed, and what may be done to it;
//! - [`request`]: its check and its conversion to the one create request, which are the same pass, so
//!   that a draft without findings always converts;
//! - [`graph`]: a draft from a load balancer that is there, to clone it;
//! - [`edit`]: what has to be asked of Octavia to change one that is there;
//! - [`paste`]: servers from many pasted lines;
//! - [`export`]: the request as an API call, as `openstack` commands and as Terraform.
//!
//! Pure: no IO, no clock, no randomness.

pub mod draft;
pub mod edit;
pub mod export;
pub mod graph;
pub mod paste;
pub mod path;
pub mod request;

pub use draft::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions, PersistenceDraft, RowKey,
    ServerDraft,
};
pub use edit::{Edit, Plan};
pub use graph::{Cloned, Graph, Unsupported, from_graph};
pub use path::{FieldPath, HealthField, ListenerField, Part, Scope, ServerField, TimeoutField};
pub use request::{Finding, check, seconds, to_request, to_request_like};
