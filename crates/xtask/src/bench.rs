//! `cargo xtask bench`: the figures of the release build.
//!
//! `crates/bench` measures the server. What takes place on the screen is measured in the browser, by
//! `end2end/bench`: a change, a list of ten thousand beside a page written by hand, a phone.

use crate::{
    console::{heading, say, timed},
    portal, setup, size, test,
    workspace::{Workspace, must},
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    process::{Command, ExitCode},
};

/// What the measurements leave for each other.
#[derive(Serialize, Deserialize)]
struct Figures {
    figures: Vec<Figure>,
}

/// One number.
#[derive(Serialize, Deserialize)]
struct Figure {
    what: String,
    value: f64,
    unit: String,
    /// Whether it is as promised, where anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
}

/// Builds, measures, prints, and keeps the figures in `target/bench.json`.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<ExitCode> {
    setup::haproxy(workspace)?;
    portal::build(workspace)?;
    let (built, _) = timed("build the load generator", || {
        must(workspace.cargo().args(["build", "--release", "--package", "bench"]))
    });
    built?;
    let (server, screen) =
        (workspace.target.join("bench-server.json"), workspace.target.join("bench-screen.json"));
    heading("measure the server");
    let promises = workspace
        .command(workspace.target.join("release").join("lb-portal-bench"))
        .arg("--bin")
        .arg(workspace.binary())
        .arg("--out")
        .arg(&server)
        .args(words)
        .status()
        .context("cannot run the load generator")?;
    if promises.code() == Some(2) || words.iter().any(|word| word == "--help") {
        return Ok(ExitCode::FAILURE);
    }
    heading("measure the screen, some 3 minutes");
    // Each measurement adds to it.
    let _ = fs::remove_file(&screen);
    let mut browser: Command = test::playwright(workspace)?;
    must(
        browser.args(["test", "--config", "bench.config.ts"]).env("LB_PORTAL_BENCH_OUT", &screen),
    )?;

    let read = |file| -> Result<Figures> { Ok(serde_json::from_slice(&fs::read(file)?)?) };
    let mut all = read(&server).context("the load generator left no figures")?;
    let seen = read(&screen).context("the browser left no figures")?;
    print(&seen);
    heading("weigh the page");
    let fits = size::report(workspace)?;

    all.figures.extend(seen.figures);
    let out = workspace.target.join("bench.json");
    fs::write(&out, serde_json::to_vec_pretty(&all)?)?;
    say(&format!("figures: {}", out.display()));
    Ok(if promises.success() && fits { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A table, as the load generator prints its own.
fn print(Figures { figures }: &Figures) {
    let width = figures.iter().map(|figure| figure.what.chars().count()).max().unwrap_or(0);
    for Figure { what, value, unit, .. } in figures {
        println!("{}", format!("{what:<width$} {value:>10} {unit}").trim_end());
    }
}
