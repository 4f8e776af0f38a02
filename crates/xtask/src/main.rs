//! The project's commands. Each does all of its set-up by itself and may be run again at any time.

mod bench;
mod console;
#[path = "../../../build/content_hash.rs"]
mod content_hash;
mod files;
mod fuzz;
#[cfg(test)]
mod invariants;
mod page;
mod portal;
mod process;
mod setup;
mod size;
mod start;
mod test;
mod workspace;

use clap::{Parser, Subcommand};
use console::Progress;
use std::process::ExitCode;
use workspace::Workspace;

/// The commands of the load-balancer portal's project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, and serve the portal on http://127.0.0.1:8080
    Start {
        /// Words for the server, such as `--listen ADDR`, `--data-dir DIR`, `--config FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Run every check and test, the browser's included
    Test(test::Options),
    /// Weigh the page as it is downloaded; fail above the budgets
    Size,
    /// Take the pictures of docs/screenshots anew
    Screenshots,
    /// Measure the release build: latency, throughput, reload under load
    Bench {
        /// Words for the benchmark; `--help` tells them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Run the fuzz targets of the certificate reader and the request checks
    Fuzz(fuzz::Options),
}

fn run() -> anyhow::Result<ExitCode> {
    if page::is_called_as_wasm_bindgen() {
        return page::wasm_bindgen().map(|()| ExitCode::SUCCESS);
    }
    let cli = Cli::parse();
    let workspace = Workspace::find()?;
    match cli.command {
        Command::Start { words } => start::run(&workspace, words),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Size => {
            page::build(&workspace, &Progress::new(page::steps(&workspace)?))?;
            Ok(if size::report(&workspace)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Screenshots => test::screenshots(&workspace),
        Command::Bench { words } => bench::run(&workspace, &words),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
    }
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
