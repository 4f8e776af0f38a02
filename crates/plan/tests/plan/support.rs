//! Drafts, load balancers and an in-memory Octavia for tests of plans.

pub(crate) mod actions;
pub(crate) mod cloud;
mod created;
mod drafts;
pub(crate) mod examples;
mod graphs;
pub(crate) mod view;
pub(crate) mod wire;

pub(crate) use created::created_graph;
pub(crate) use drafts::{any_draft, valid_draft};
pub(crate) use graphs::any_graph;

use plan::Draft;

/// A minimal valid draft.
pub(crate) fn minimal_draft(name: &str) -> Draft {
    let mut draft = Draft::default();
    draft.name = name.into();
    draft.network = Some("66ca68d0-f8ab-4d09-980f-61633f72717f".parse().unwrap());
    draft
}
