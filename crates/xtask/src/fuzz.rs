//! `cargo xtask fuzz`: runs the fuzz targets in `fuzz/`.

use crate::{
    console::{heading, note},
    process::execute,
    setup,
    workspace::Workspace,
};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What a target may take for one input, in seconds.
const INPUT_TIMEOUT: u32 = 10;

#[derive(Args)]
pub struct Options {
    /// Targets to run; all of them by default
    targets: Vec<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let directory = workspace.root.join("fuzz");
    let targets = selected_targets(&directory, &options.targets)?;
    setup::cargo_fuzz(workspace)?;
    let generated_seeds = workspace.target.join("fuzz-seeds");
    heading("Seeds of the certificate targets");
    execute(
        workspace
            .cargo()
            .args(["test", "--quiet", "--package", "certificate", "--test", "certificate"])
            .args(["--", "--ignored", "write_fuzz_seeds"])
            .env("FUZZ_SEEDS", &generated_seeds),
    )?;

    let mut failed = Vec::new();
    for target in &targets {
        heading(&format!("Fuzz target {target}, {} s", options.seconds));
        let seeds = [directory.join("seeds").join(target), generated_seeds.join(target)];
        if run_target(workspace, &directory, target, &seeds, options.seconds).is_err() {
            failed.push(target.as_str());
        }
    }
    heading("Result");
    if failed.is_empty() {
        note(&format!("{} targets found nothing", targets.len()));
        return Ok(ExitCode::SUCCESS);
    }
    for target in failed {
        let inputs = directory.join("artifacts").join(target);
        note(&format!("{target} failed; the inputs are in {}", inputs.display()));
    }
    Ok(ExitCode::FAILURE)
}

/// Every file in `fuzz_targets/` is a target.
fn selected_targets(directory: &Path, selected: &[String]) -> Result<Vec<String>> {
    let targets = directory.join("fuzz_targets");
    let mut known = Vec::new();
    for entry in fs::read_dir(&targets).with_context(|| targets.display().to_string())? {
        let path = entry?.path();
        known.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    known.sort();
    if let Some(unknown) = selected.iter().find(|name| !known.contains(name)) {
        bail!("there is no fuzz target {unknown}; the targets are {}", known.join(", "));
    }
    Ok(if selected.is_empty() { known } else { selected.to_vec() })
}

/// Runs one target. libFuzzer adds interesting inputs to the first directory, the corpus, and reads the others.
fn run_target(
    workspace: &Workspace,
    directory: &Path,
    target: &str,
    seeds: &[PathBuf],
    seconds: u32,
) -> Result<()> {
    let corpus = directory.join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let mut command = workspace.cargo();
    command
        .args(["fuzz", "run", target])
        .arg(&corpus)
        .args(seeds.iter().filter(|directory| directory.is_dir()))
        .arg("--")
        .args([format!("-max_total_time={seconds}"), format!("-timeout={INPUT_TIMEOUT}")])
        // The fuzz targets need unstable compiler flags; this allows them on the toolchain of the project.
        .env("RUSTC_BOOTSTRAP", "1");
    execute(&mut command)
}
