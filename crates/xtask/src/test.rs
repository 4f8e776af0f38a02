//! `cargo xtask test`: every check and test there is, in the order in which they fail soonest.

mod tally;

use crate::{
    console::{duration, heading, say, timed},
    licences, portal, setup, size,
    workspace::{PAGE, WASM, Workspace, must},
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Command, ExitCode, Stdio},
};
use tally::Tally;

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Only these, in place of all
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
    /// Words for the browser tests, after `--`: a file, `-g TITLE`, `--headed`
    #[arg(last = true)]
    words: Vec<String>,
}

/// A part of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// rustfmt
    Fmt,
    /// Licences of all dependencies
    Licences,
    /// Clippy of every crate, and of the page for wasm32
    Clippy,
    /// Tests of every crate
    Unit,
    /// Tests of the page in Chromium
    Wasm,
    /// Types of the browser tests
    Types,
    /// Release build of the page and the server
    Build,
    /// Budgets of the page's size
    Size,
    /// Browser tests against the release build
    E2e,
}

/// Runs the steps asked for, all of them even when one fails, and sums up.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let mut done = Vec::new();
    for step in Step::value_variants() {
        if !options.only.is_empty() && !options.only.contains(step) {
            continue;
        }
        let name = format!("{step:?}").to_lowercase();
        let (result, took) = timed(&name, || step.run(workspace, &options.words));
        let tally = result.unwrap_or_else(|error| {
            say(&format!("error: {error:#}"));
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
        all += tally;
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    Ok(if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Step {
    fn run(self, workspace: &Workspace, words: &[String]) -> Result<Tally> {
        match self {
            Self::Fmt => check(workspace.cargo().args(["fmt", "--all", "--check"])),
            Self::Licences => licences(workspace),
            Self::Clippy => clippy(workspace),
            Self::Unit => unit(workspace),
            Self::Wasm => wasm(workspace),
            Self::Types => {
                setup::npm_packages(workspace)?;
                check(workspace.command("tsc").current_dir(workspace.end2end()).arg("--noEmit"))
            }
            Self::Build => portal::build(workspace).map(|()| Tally::check(true)),
            Self::Size => size::report(workspace).map(Tally::check),
            Self::E2e => end2end(workspace, words),
        }
    }
}

fn licences(workspace: &Workspace) -> Result<Tally> {
    let refused = licences::refused(workspace)?;
    refused.iter().for_each(|sentence| say(sentence));
    Ok(Tally::check(refused.is_empty()))
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
    counted(workspace.cargo().args(["test", "--workspace", "--no-fail-fast"]))
}

fn wasm(workspace: &Workspace) -> Result<Tally> {
    setup::wasm_target(workspace)?;
    setup::wasm_bindgen(workspace)?;
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

/// The browser tests, against `LB_PORTAL_BIN` or else the release build.
fn end2end(workspace: &Workspace, words: &[String]) -> Result<Tally> {
    let results = workspace.target.join("end2end.json");
    let _ = fs::remove_file(&results);
    let status = playwright(workspace)?
        .arg("test")
        .args(words)
        .env("LB_PORTAL_OPENSTACK", setup::openstack(workspace)?)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &results)
        .status()
        .context("cannot run playwright")?;
    let text = fs::read_to_string(&results).context("the browser tests left no results")?;
    Ok(Tally::of_playwright(&text)?.with_status(status.success()))
}

/// Takes the pictures that the README shows.
pub fn screenshots(workspace: &Workspace) -> Result<ExitCode> {
    setup::cjk_fonts(workspace)?;
    must(playwright(workspace)?.args(["test", "--config", "screenshots.config.ts"]))?;
    Ok(ExitCode::SUCCESS)
}

/// Playwright, with the binary to test and the browser to do it with.
pub fn playwright(workspace: &Workspace) -> Result<Command> {
    setup::haproxy(workspace)?;
    setup::npm_packages(workspace)?;
    let binary = match env::var_os("LB_PORTAL_BIN") {
        Some(binary) => workspace.root.join(binary),
        None => {
            portal::build(workspace)?;
            workspace.binary()
        }
    };
    let mut command = workspace.command("playwright");
    command
        .current_dir(workspace.end2end())
        .env("LB_PORTAL_BIN", binary)
        .env("LB_PORTAL_CHROMIUM", setup::chromium(workspace)?);
    Ok(command)
}

/// A command that is one test itself.
fn check(command: &mut Command) -> Result<Tally> {
    let status = command.status().context("cannot run")?;
    Ok(Tally::check(status.success()))
}

/// A command whose output tells how many tests there were, shown as it comes.
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
