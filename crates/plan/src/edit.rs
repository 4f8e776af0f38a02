//! An edit of an existing load balancer: from the edited form to the API calls that carry it out, in an
//! order that does not interrupt traffic.
//!
//! ```text
//!  Graph ── Edit::new ──► Edit ── base_draft() ──► Draft, shown and changed by the form
//!                          │                          │
//!                          ├────── check ◄────────────┤   findings at their fields
//!                          ├────── resolve ◄──────────┘   ResolvedDraft ── plan() ──► Plan { steps }
//!  later Graph ──────────► rebase                         Rebased { edit, draft, conflicts }
//! ```
//!
//! - [`Edit`] holds the state when the form opened, and which object each row stands for. It never
//!   changes; the form changes a [`Draft`](crate::Draft), the same type that the create form uses.
//! - A row with a key that the edit does not know is a new object. An object without a row is removed.
//!   A server with another address or port is replaced, because Octavia cannot change them.
//! - Only edited fields are checked and sent: an unchanged field is in no request, whatever it holds.
//! - [`ResolvedDraft`] is a draft with every open choice made (names of new objects, which rows are new
//!   objects). [`Edit::rebase`] puts it on a later state and finds the steps that are done already: a
//!   retry needs nothing else.
//! - A policy never matches requests by half of a change: see `diff::policies`.
//! - [`Edit::rebase`] also reports what others changed since then, as [`Conflict`]s. Octavia has no
//!   precondition for a change, so the caller reads the current state again before each step.
//! - [`PlanRun`] executes a [`Plan`]: it tells its caller what to send and when to wait.

mod base;
mod call;
mod conflict;
mod diff;
mod execution;
mod merge;
mod order;
mod parsed;
mod rebase;
mod rejection;
mod resolve;
mod restore;
mod rows;
mod steps;

pub use base::Edit;
pub use call::{Call, CreatedIds, ListenerRef, Method, PolicyRef, PoolRef, Request};
pub use conflict::{Conflict, ConflictField, ConflictKind, ConflictResolution, Subject};
pub use execution::{NextAction, PlanRun, RunProgress, StepOutcome};
pub use rebase::Rebased;
pub use resolve::ResolvedDraft;
pub(crate) use rows::Rows;
pub use steps::{Plan, ServerChange, Step, StepSummary};
