//! Measures a built `lb-portal` with a load generator on the same machine, in one run.
//!
//! Every measurement is bounded in count and time. Ratios and counts are more reliable than milliseconds,
//! because the server and the load generator share the machine.

mod api;
mod client;
mod edit;
mod load;
mod measure;
mod program;
mod report;

use anyhow::{Context, Result};
use clap::Parser;
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// Measure lb-portal.
#[derive(Parser)]
#[command(name = "cargo xtask bench --")]
pub struct Options {
    /// The lb-portal to measure
    #[arg(long, hide = true)]
    bin: PathBuf,
    /// The file for the metrics, as JSON
    #[arg(long, hide = true)]
    out: PathBuf,
    /// Load balancers created one after the other
    #[arg(long, default_value_t = 20)]
    creates: usize,
    /// Changes that replace the HAProxy process while requests are under way
    #[arg(long, default_value_t = 20)]
    reloads: usize,
    /// Edits that replace every server while requests are under way
    #[arg(long, default_value_t = 5)]
    replacements: usize,
    /// Seconds of each round of a throughput measurement
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Keep-alive connections of the load generator
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Load balancers in the list
    #[arg(long, default_value_t = 1000)]
    list: usize,
}

/// The time limit of the whole run, for a machine of any speed.
const TIME_LIMIT: Duration = Duration::from_mins(10);

#[tokio::main]
async fn main() -> ExitCode {
    match tokio::time::timeout(TIME_LIMIT, run(Options::parse())).await {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::FAILURE,
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
        Err(_) => {
            eprintln!("error: not finished after {} minutes", TIME_LIMIT.as_secs() / 60);
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<bool> {
    let report = measure::run_all(&options).await?;
    report.print();
    let json = serde_json::to_vec_pretty(&report)?;
    std::fs::write(&options.out, json).with_context(|| options.out.display().to_string())?;
    Ok(report.meets_all_requirements())
}
