//! `cargo xtask bench`: the figures of the release build.
//!
//! `crates/bench` measures the server; how long a change takes to reach the screen is measured in
//! the browser, by `end2end/bench`.

use crate::{
    console::{heading, say, timed},
    portal, setup, test,
    workspace::{Workspace, must},
};
use anyhow::{Context, Result};
use std::{
    fs,
    process::{Command, ExitCode},
};

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
    heading("measure the screen");
    let mut browser: Command = test::playwright(workspace)?;
    must(
        browser.args(["test", "--config", "bench.config.ts"]).env("LB_PORTAL_BENCH_OUT", &screen),
    )?;

    let read = |file| -> Result<Vec<serde_json::Value>> {
        let all: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
        Ok(all["figures"].as_array().cloned().unwrap_or_default())
    };
    let mut figures = read(&server).context("the load generator left no figures")?;
    figures.extend(read(&screen).context("the browser left no figures")?);
    let out = workspace.target.join("bench.json");
    fs::write(&out, serde_json::to_vec_pretty(&serde_json::json!({ "figures": figures }))?)?;
    say(&format!("figures: {}", out.display()));
    Ok(if promises.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
