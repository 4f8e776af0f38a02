//! A crash campaign against a built `lb-portal`: clients change load balancers while the server and its
//! HAProxy processes are killed at random moments.
//!
//! After every kill the campaign checks that
//! - each change that was answered with success is there, whole;
//! - a change whose answer was lost is there whole or not at all;
//! - every load balancer becomes ACTIVE again by itself;
//! - every listener with a server serves again.

mod api;
mod backend;
mod campaign;
mod change;
mod program;
mod snapshot;

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};

/// Kill the server and HAProxy at random moments, and check that nothing is lost
#[derive(Parser)]
#[command(name = "cargo xtask crash", bin_name = "cargo xtask crash")]
pub struct Options {
    /// The program to kill
    #[arg(long)]
    bin: PathBuf,
    /// How many times to kill a process
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Load balancers of each of the four clients at the start
    #[arg(long, default_value_t = 6)]
    load_balancers: u16,
    /// Repeats the random choices of an earlier campaign, though not its timing
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    fastrand::seed(seed);
    match campaign::run(&options).await {
        Ok(report) => {
            println!("{report}");
            if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
