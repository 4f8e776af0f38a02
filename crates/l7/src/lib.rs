//! L7 policies as a pure function: what a listener does with a request, and why.
//!
//! - [`evaluate()`] finds the policy that decides about a [`Request`], with the verdict of every condition;
//! - [`unreachable()`] finds policies that no request can reach;
//! - [`evaluation_order`] is the order of both: policies that reject, then those that redirect, then those
//!   that select a pool, each kind by position.
//!
//! The semantics are those of the configuration that the traffic engine renders. The engine's tests send
//! random requests through HAProxy and compare.
//!
//! Pure: no IO, no clock, no randomness.

#![warn(unreachable_pub)]

mod certificate_headers;
mod compare;
mod evaluate;
mod policy;
mod regex;
mod relations;
mod request;
mod unreachable;
mod verdict;

pub use evaluate::{ConditionTrace, Decision, Outcome, PolicyTrace, SkipReason, evaluate};
pub use policy::{Action, Condition, Policy, evaluation_order};
pub use regex::regex_matches;
pub use request::{ClientCertificate, Request};
pub use unreachable::{Reason, Unreachable, unreachable};
pub use verdict::Verdict;
