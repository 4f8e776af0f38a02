//! Counts the tests of several runners.

use anyhow::{Context, Result};
use std::ops::{Add, AddAssign};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    /// Includes those that did not run although they should have.
    pub failed: u64,
}

impl Tally {
    /// Of a check that counts as one test.
    pub fn check(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
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
        Self { passed: number("passed"), failed: number("failed") }
    }

    /// The tests in Playwright's JSON report. A test that passes only when it is repeated has failed.
    pub fn of_playwright(report: &str) -> Result<Self> {
        let report: serde_json::Value =
            serde_json::from_str(report).context("report of the browser tests")?;
        let stat = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
        let broken = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
        Ok(Self { passed: stat("expected"), failed: stat("unexpected") + stat("flaky") + broken })
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
    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_test() {
        let ok = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(Tally::of_line(ok), Tally { passed: 12, failed: 0 });
        let bad = "test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(Tally::of_line(bad), Tally { passed: 1, failed: 2 });
        assert_eq!(Tally::of_line("test a::b ... ok"), Tally::default());
    }

    #[test]
    fn a_report_of_playwright() {
        let report =
            r#"{"errors":[{}],"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2}}"#;
        assert_eq!(Tally::of_playwright(report).unwrap(), Tally { passed: 5, failed: 3 });
        assert!(Tally::of_playwright("").is_err());
    }

    #[test]
    fn a_runner_that_dies_has_failed() {
        assert_eq!(Tally::default().with_status(false).failed, 1);
        assert_eq!(Tally { passed: 1, failed: 2 }.with_status(false).failed, 2);
        assert_eq!(Tally { passed: 1, failed: 0 }.with_status(true).failed, 0);
    }
}
