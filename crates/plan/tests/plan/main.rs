//! Tests of drafts, edits and exports, one module per subject. They are one program, since linking takes longer
//! than most of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

mod drafts;
mod edit_conflicts;
mod edit_fields;
mod edit_properties;
mod edit_redirects;
mod edit_requests;
mod edit_servers;
mod exports;
mod import;
mod supported;
mod terraform;
