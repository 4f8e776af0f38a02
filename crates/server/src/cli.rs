//! The command line.

mod accounts;
mod output;
mod serve;
mod signals;
mod whoami;

use clap::{Parser, Subcommand};
use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// Load balancers for one machine: the page, the OpenStack APIs, and the traffic.
#[derive(Parser)]
#[command(name = "lb-portal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page and the APIs, and move the traffic.
    Serve(serve::Serve),
    /// Projects; also while the server runs.
    #[command(subcommand)]
    Project(accounts::ProjectCommand),
    /// Users; also while the server runs.
    #[command(subcommand)]
    User(accounts::UserCommand),
    /// A tiny server to balance to: answers with its name and the request that it saw.
    Whoami(whoami::Whoami),
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A log that cannot be written, on a full disk or into a closed pipe, loses lines. Reporting that to
        // the same place would panic.
        .log_internal_errors(false)
        .init();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line: the error and its causes.
            let _ = writeln!(std::io::stderr(), "lb-portal: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How long blocking work may take when the program ends.
const BLOCKING_TIMEOUT: Duration = Duration::from_secs(2);

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(execute(command));
    runtime.shutdown_timeout(BLOCKING_TIMEOUT);
    result
}

async fn execute(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Project(command) => command.run().await,
        Command::User(command) => command.run().await,
        Command::Whoami(whoami) => whoami.run().await,
    }
}
