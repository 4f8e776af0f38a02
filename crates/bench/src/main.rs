//! Measures a built `lb-portal` with a load generator on the same machine, in one run.
//!
//! Every measurement is bounded in count and time. Ratios and counts are more reliable than milliseconds,
//! because the server and the load generator share the machine.

mod api;
mod client;
mod edit;
mod load;
mod measure;
mod options;
mod program;
mod report;
mod scale;

use anyhow::{Context, Result};
use clap::Parser;
use options::Options;
use std::{process::ExitCode, time::Duration};

/// The time limit of the whole run, for a machine of any speed.
const TIME_LIMIT: Duration = Duration::from_mins(20);

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
    let mut report = measure::run_all(&options).await?;
    scale::run_all(&options, &mut report).await?;
    report.print();
    let json = serde_json::to_vec_pretty(&report)?;
    std::fs::write(&options.out, json).with_context(|| options.out.display().to_string())?;
    Ok(report.meets_all_requirements())
}
