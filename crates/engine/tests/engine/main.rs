//! Tests of the engine with real HAProxy processes and real servers behind them, one module per subject.
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

mod balancing;
mod ciphers;
mod client_certificates;
mod handover;
mod health;
mod isolation;
mod l7_evaluation;
mod listeners;
mod policies;
mod process_faults;
mod reencryption;
mod resilience;
mod runtime;
mod tls;
mod wire;
