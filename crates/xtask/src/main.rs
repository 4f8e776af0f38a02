//! The project's commands. Each installs what it needs, and may be run again at any time.

mod bench;
mod cloud;
mod console;
mod crash;
mod files;
mod fuzz;
#[cfg(test)]
mod invariants;
mod page;
mod portal;
mod process;
mod profile;
mod setup;
mod size;
mod start;
mod test;
#[allow(dead_code, reason = "build.rs uses the rest")]
#[path = "../../../build/texts.rs"]
mod texts;
mod workspace;

use clap::{Parser, Subcommand};
use console::Progress;
use profile::Profile;
use std::process::ExitCode;
use workspace::Workspace;

/// Build, test and measure the load-balancer portal
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, and serve the portal on http://127.0.0.1:8080
    ///
    /// The build is a quick one, unless the release is built already.
    Start {
        /// Build the release: as fast and as small as it is shipped, which takes longer
        #[arg(long)]
        release: bool,
        /// Arguments for the server, such as `--listen ADDR`, `--data-dir DIR`, `--config FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check and test, the browser's included
    Test(test::Options),
    /// Print the size of the page as it is downloaded; fail above the budgets
    Size,
    /// Take the screenshots in docs/screenshots
    Screenshots,
    /// Measure the release build: latency, throughput, reload under load
    Bench {
        /// Arguments for the benchmark; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Kill the release build and HAProxy at random moments, and check that nothing is lost
    Crash {
        /// Arguments for the campaign, such as `--kills 200`; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Start or stop a real OpenStack cloud on this machine, to try the portal in front of one
    #[command(subcommand)]
    Cloud(cloud::CloudCommand),
    /// Run the fuzz targets of the certificate reader and the request checks
    Fuzz(fuzz::Options),
}

fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let workspace = Workspace::find()?;
    match cli.command {
        Command::Start { release, arguments } => {
            let profile = if release { Profile::Release } else { Profile::Quick };
            start::run(&workspace, profile, arguments)
        }
        Command::Test(options) => test::run(&workspace, &options),
        Command::Size => {
            let steps = page::steps(&workspace, Profile::Release)?;
            page::build(&workspace, Profile::Release, &Progress::new(steps))?;
            Ok(if size::report(&workspace)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Screenshots => test::screenshots(&workspace),
        Command::Bench { arguments } => bench::run(&workspace, &arguments),
        Command::Crash { arguments } => {
            setup::haproxy(&workspace)?;
            portal::build(&workspace, Profile::Release)?;
            process::execute(crash::campaign(&workspace)?.args(arguments))
                .map(|()| ExitCode::SUCCESS)
        }
        Command::Cloud(command) => cloud::run(&workspace, &command),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
    }
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
