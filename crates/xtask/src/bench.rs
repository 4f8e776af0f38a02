//! `cargo xtask bench`: the metrics of the release build.
//!
//! `crates/bench` measures the server. What takes place on the screen is measured in the browser, by
//! `end2end/bench`: a change, a list of ten thousand beside a page written by hand, a phone.

use crate::{
    console::{heading, note, timed},
    portal,
    process::execute,
    profile::Profile,
    setup, size, test,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    process::{Command, ExitCode},
};

/// What the measurements leave for each other.
#[derive(Serialize, Deserialize)]
struct Metrics {
    metrics: Vec<Metric>,
}

/// One number.
#[derive(Serialize, Deserialize)]
struct Metric {
    what: String,
    value: f64,
    unit: String,
    /// Whether the requirement is met, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    requirement_met: Option<bool>,
}

/// Builds, measures, prints, and keeps the metrics in `target/bench.json`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    setup::haproxy(workspace)?;
    portal::build(workspace, Profile::Release)?;
    let (built, _) = timed("build the load generator", || {
        execute(workspace.cargo().args(["build", "--release", "--package", "bench"]))
    });
    built?;
    let (server, screen) =
        (workspace.target.join("bench-server.json"), workspace.target.join("bench-screen.json"));
    heading("measure the server");
    let promises = workspace
        .command(workspace.target.join("release").join("lb-portal-bench"))
        .arg("--bin")
        .arg(workspace.binary(Profile::Release))
        .arg("--out")
        .arg(&server)
        .args(arguments)
        .status()
        .context("cannot run the load generator")?;
    if promises.code() == Some(2) || arguments.iter().any(|argument| argument == "--help") {
        return Ok(ExitCode::FAILURE);
    }
    heading("measure the screen, some 3 minutes");
    // Each measurement adds to it.
    let _ = fs::remove_file(&screen);
    let mut browser: Command = test::playwright(workspace)?;
    execute(
        browser.args(["test", "--config", "bench.config.ts"]).env("LB_PORTAL_BENCH_OUT", &screen),
    )?;

    let read = |file| -> Result<Metrics> { Ok(serde_json::from_slice(&fs::read(file)?)?) };
    let mut all = read(&server).context("the load generator left no metrics")?;
    let seen = read(&screen).context("the browser left no metrics")?;
    print(&seen);
    heading("weigh the page");
    let fits = size::report(workspace)?;

    all.metrics.extend(seen.metrics);
    let out = workspace.target.join("bench.json");
    fs::write(&out, serde_json::to_vec_pretty(&all)?)?;
    note(&format!("metrics: {}", out.display()));
    Ok(if promises.success() && fits { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A table, as the load generator prints its own.
fn print(Metrics { metrics }: &Metrics) {
    let width = metrics.iter().map(|metric| metric.what.chars().count()).max().unwrap_or(0);
    for Metric { what, value, unit, .. } in metrics {
        println!("{}", format!("{what:<width$} {value:>10} {unit}").trim_end());
    }
}
