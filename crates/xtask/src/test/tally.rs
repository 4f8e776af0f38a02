//! Counts the tests of several runners.

use anyhow::{Context, Result};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    mem,
    ops::{Add, AddAssign},
};

/// How many tests passed and failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    /// Includes those that did not run although they should have.
    pub failed: u64,
    /// Those among the passed that failed at first, with file and line.
    pub flaky: Vec<String>,
}

impl Tally {
    /// Of a check that counts as one test.
    pub fn check(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed), flaky: Vec::new() }
    }

    /// The tests in a line of a Rust test runner: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub fn of_line(line: &str) -> Self {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else {
            return Self::default();
        };
        let number = |what: &str| {
            result
                .split([';', '.'])
                .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
                .unwrap_or(0)
        };
        Self { passed: number("passed"), failed: number("failed"), flaky: Vec::new() }
    }

    /// The tests in Playwright's JSON report. A test that passed only when it was repeated is flaky.
    pub fn of_playwright(report: &str) -> Result<Self> {
        let report: Report = serde_json::from_str(report).context("report of the browser tests")?;
        let mut flaky = Vec::new();
        report.suites.iter().for_each(|suite| suite.add_flaky(&mut flaky));
        Ok(Self {
            passed: report.stats.expected + report.stats.flaky,
            failed: report.stats.unexpected + report.errors.len() as u64,
            flaky,
        })
    }

    /// Counts a runner that failed without naming a test as one failure: the tests did not compile, or
    /// the runner crashed.
    pub fn with_status(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self.passed += other.passed;
        self.failed += other.failed;
        self.flaky.extend(other.flaky);
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = mem::take(self) + other;
    }
}

/// Playwright's JSON report.
#[derive(Deserialize)]
struct Report {
    stats: Stats,
    /// Of files that could not be loaded, for example.
    errors: Vec<IgnoredAny>,
    suites: Vec<Suite>,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
}

/// A file of tests, or a group in one.
#[derive(Deserialize)]
struct Suite {
    #[serde(default)]
    suites: Vec<Suite>,
    #[serde(default)]
    specs: Vec<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    title: String,
    file: String,
    line: u64,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    status: String,
}

impl Suite {
    fn add_flaky(&self, names: &mut Vec<String>) {
        for Spec { title, file, line, tests } in &self.specs {
            if tests.iter().any(|test| test.status == "flaky") {
                names.push(format!("{file}:{line} {title}"));
            }
        }
        self.suites.iter().for_each(|suite| suite.add_flaky(names));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed, flaky: Vec::new() }
    }

    #[test]
    fn lines_of_cargo_test() {
        let ok = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(Tally::of_line(ok), tally(12, 0));
        let bad = "test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(Tally::of_line(bad), tally(1, 2));
        assert_eq!(Tally::of_line("test a::b ... ok"), Tally::default());
    }

    #[test]
    fn a_report_of_playwright() {
        let spec = |title: &str, line: u64, status: &str| json!({"title": title, "file": "list.spec.ts", "line": line, "tests": [{"status": status}]});
        let report = json!({
            "errors": [{}],
            "stats": {"expected": 5, "unexpected": 1, "flaky": 2, "skipped": 2},
            "suites": [{
                "specs": [spec("sorts", 3, "expected"), spec("filters", 7, "flaky")],
                "suites": [{"specs": [spec("pages", 9, "flaky"), spec("reloads", 12, "unexpected")]}],
            }],
        });
        let flaky = ["list.spec.ts:7 filters", "list.spec.ts:9 pages"].map(str::to_owned).to_vec();
        let expected = Tally { passed: 7, failed: 2, flaky };
        assert_eq!(Tally::of_playwright(&report.to_string()).unwrap(), expected);
        assert!(Tally::of_playwright("").is_err());
    }

    #[test]
    fn a_runner_that_dies_has_failed() {
        assert_eq!(Tally::default().with_status(false).failed, 1);
        assert_eq!(tally(1, 2).with_status(false).failed, 2);
        assert_eq!(tally(1, 0).with_status(true).failed, 0);
    }
}
