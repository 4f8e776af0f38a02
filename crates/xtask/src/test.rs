//! `cargo xtask test`: every check and test, those that fail soonest first.

mod npm_licences;
mod tally;

use crate::{
    cloud,
    console::{duration, heading, note, timed},
    crash, portal,
    process::execute,
    profile::Profile,
    setup, size,
    workspace::{PAGE, SERVER, WASM, Workspace},
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Command, ExitCode, Stdio},
};
use tally::Tally;

/// Nobody reads this documentation without the private items: a link to one is no mistake.
const RUSTDOCFLAGS: &str = "--deny warnings --allow rustdoc::private-intra-doc-links";

#[derive(Args)]
pub struct Options {
    /// Only these steps
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
    /// Arguments for Playwright, after `--`: a file, `-g TITLE`, `--headed`
    #[arg(last = true)]
    playwright: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// rustfmt
    Fmt,
    /// Types, lint and format of the browser tests
    Lint,
    /// Licences, banned crates and sources of all dependencies
    Deny,
    /// Dependencies that no source uses
    Unused,
    /// Clippy of every crate, and of the page for wasm32
    Clippy,
    /// Documentation of every crate, without warnings
    Doc,
    /// Tests of every crate
    Unit,
    /// Tests of the page in Chromium
    Wasm,
    /// Release build of the page and the server
    Build,
    /// Budgets of the page's size
    Size,
    /// Kills of the release build at random moments
    Crash,
    /// Browser tests against the release build
    E2e,
    /// Tests in front of a real OpenStack cloud on this machine; the first time it is installed, which takes minutes
    Cloud,
}

/// Runs the steps, all of them even when one fails, and prints a summary.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let mut done = Vec::new();
    for step in Step::value_variants() {
        if !options.only.is_empty() && !options.only.contains(step) {
            continue;
        }
        let name = format!("{step:?}").to_lowercase();
        let (result, took) = timed(&name, || step.run(workspace, &options.playwright));
        let tally = result.unwrap_or_else(|error| {
            note(&format!("error: {error:#}"));
            Tally::check(false)
        });
        done.push((name, tally, took));
    }
    heading("summary");
    let mut all = Tally::default();
    for (name, tally, took) in done {
        let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
        eprintln!(
            "   {name:<9} {verdict:<7} {:>5} passed {:>4} failed {:>14}",
            tally.passed,
            tally.failed,
            duration(took)
        );
        tally.flaky.iter().for_each(|name| eprintln!("             flaky: {name}"));
        all += tally;
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    Ok(if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Step {
    fn run(self, workspace: &Workspace, playwright: &[String]) -> Result<Tally> {
        match self {
            Self::Fmt => check(workspace.cargo().args(["fmt", "--all", "--check"])),
            Self::Lint => lint(workspace),
            Self::Deny => deny(workspace),
            Self::Unused => {
                setup::machete(workspace)?;
                // With this variable set, as `cargo run` does, it takes its own name for a path.
                check(workspace.cargo().arg("machete").env_remove("CARGO_PKG_NAME"))
            }
            Self::Clippy => clippy(workspace),
            Self::Doc => check(
                workspace
                    .cargo()
                    .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
                    .env("RUSTDOCFLAGS", RUSTDOCFLAGS),
            ),
            Self::Unit => unit(workspace),
            Self::Wasm => wasm(workspace),
            Self::Build => portal::build(workspace, Profile::Release).map(|()| Tally::check(true)),
            Self::Size => size::report(workspace).map(Tally::check),
            Self::Crash => check(&mut crash::short_campaign(workspace)?),
            Self::E2e => end2end(workspace, playwright),
            Self::Cloud => real_cloud(workspace),
        }
    }
}

fn lint(workspace: &Workspace) -> Result<Tally> {
    setup::npm_packages(workspace)?;
    let mut tally = Tally::default();
    for script in ["types", "lint", "format:check"] {
        let mut npm = workspace.command("npm");
        tally += check(npm.current_dir(workspace.end2end()).args(["run", "--silent", script]))?;
    }
    Ok(tally)
}

fn deny(workspace: &Workspace) -> Result<Tally> {
    setup::deny(workspace)?;
    let crates = check(workspace.cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    let violations = npm_licences::violations(workspace)?;
    violations.iter().for_each(|line| note(line));
    Ok(crates + Tally::check(violations.is_empty()))
}

fn clippy(workspace: &Workspace) -> Result<Tally> {
    setup::wasm_target(workspace)?;
    let warnings = ["--", "--deny", "warnings"];
    let host =
        check(workspace.cargo().args(["clippy", "--workspace", "--all-targets"]).args(warnings))?;
    let page = check(
        workspace.cargo().args(["clippy", "--package", PAGE, "--target", WASM]).args(warnings),
    )?;
    Ok(host + page)
}

fn unit(workspace: &Workspace) -> Result<Tally> {
    setup::haproxy(workspace)?;
    counted(
        workspace
            .cargo()
            .args(["test", "--workspace", "--no-fail-fast"])
            .env("LB_PORTAL_OPENSTACK", setup::openstack(workspace)?),
    )
}

fn wasm(workspace: &Workspace) -> Result<Tally> {
    setup::wasm_target(workspace)?;
    setup::wasm_bindgen_test_runner(workspace)?;
    setup::chromium_driver(workspace)?;
    let driver = workspace.which("chromedriver").context("chromedriver is not on PATH")?;
    counted(
        workspace
            .cargo()
            .args(["test", "--package", PAGE, "--target", WASM, "--no-fail-fast"])
            .env("CHROMEDRIVER", driver)
            .env("WASM_BINDGEN_TEST_ONLY_WEB", "1"),
    )
}

/// Runs the tests that need a real cloud. Leaves a cloud that ran before as it was.
fn real_cloud(workspace: &Workspace) -> Result<Tally> {
    let was_running = cloud::is_running(workspace);
    cloud::start(workspace)?;
    let tally = counted(
        workspace
            .cargo()
            .args(["test", "--package", SERVER, "--test", "api", "real_cloud::"])
            .args(["--", "--ignored"])
            .env("LB_PORTAL_CLOUD", cloud::KEYSTONE),
    );
    if !was_running {
        cloud::stop(workspace, false)?;
    }
    tally
}

/// Runs the browser tests against `LB_PORTAL_BIN`, or else the release build.
fn end2end(workspace: &Workspace, arguments: &[String]) -> Result<Tally> {
    let results = workspace.target.join("end2end.json");
    let _ = fs::remove_file(&results);
    let status = playwright(workspace)?
        .arg("test")
        .args(arguments)
        .env("LB_PORTAL_OPENSTACK", setup::openstack(workspace)?)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &results)
        .status()
        .context("cannot run playwright")?;
    let text = fs::read_to_string(&results).context("the browser tests left no results")?;
    Ok(Tally::of_playwright(&text)?.with_status(status.success()))
}

/// Takes the screenshots that the README shows.
pub fn screenshots(workspace: &Workspace) -> Result<ExitCode> {
    setup::cjk_fonts(workspace)?;
    execute(playwright(workspace)?.args(["test", "--config", "screenshots.config.ts"]))?;
    Ok(ExitCode::SUCCESS)
}

/// Playwright, without arguments yet, with the binary to test and the browser.
pub fn playwright(workspace: &Workspace) -> Result<Command> {
    setup::haproxy(workspace)?;
    setup::npm_packages(workspace)?;
    let binary = match env::var_os("LB_PORTAL_BIN") {
        Some(binary) => workspace.root.join(binary),
        None => {
            portal::build(workspace, Profile::Release)?;
            workspace.binary(Profile::Release)
        }
    };
    let mut command = workspace.command("playwright");
    command
        .current_dir(workspace.end2end())
        .env("LB_PORTAL_BIN", binary)
        .env("LB_PORTAL_CHROMIUM", setup::chromium(workspace)?);
    Ok(command)
}

/// Runs a command that counts as one test.
fn check(command: &mut Command) -> Result<Tally> {
    let status = command.status().context("cannot run")?;
    Ok(Tally::check(status.success()))
}

/// Runs a command of Rust tests, shows its output as it comes, and counts the tests in it.
fn counted(command: &mut Command) -> Result<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        let mut console = std::io::stdout().lock();
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            console.write_all(&line)?;
            console.write_all(b"\n")?;
            tally += Tally::of_line(&String::from_utf8_lossy(&line));
        }
    }
    let status = child.wait()?;
    Ok(tally.with_status(status.success()))
}
