//! Metrics and how they are shown.

use serde::Serialize;
use std::time::Duration;

/// What a run found.
#[derive(Default, Serialize)]
pub struct Report {
    metrics: Vec<Metric>,
}

/// One measured number.
#[derive(Serialize)]
struct Metric {
    /// What was measured.
    what: String,
    /// The number.
    value: f64,
    /// Its unit; empty for counts and ratios.
    unit: &'static str,
    /// Whether it is as promised; without a promise there is nothing to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<bool>,
}

impl Report {
    /// A number without a promise.
    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.metrics.push(Metric { what: what.into(), value, unit, kept: None });
    }

    /// A count that must be zero.
    pub fn must_be_zero(&mut self, what: impl Into<String>, count: u64) {
        let kept = Some(count == 0);
        self.metrics.push(Metric { what: what.into(), value: count as f64, unit: "", kept });
    }

    /// The median and the 95th percentile, in milliseconds.
    pub fn add_latencies(&mut self, what: &str, mut taken: Vec<Duration>) {
        taken.sort_unstable();
        for percent in [50, 95] {
            if let Some(at) = percentile(&taken, percent) {
                self.add(format!("{what}, p{percent}"), at.as_secs_f64() * 1000.0, "ms");
            }
        }
    }

    /// A table on standard output.
    pub fn print(&self) {
        let width = self.metrics.iter().map(|f| f.what.chars().count()).max().unwrap_or(0);
        for Metric { what, value, unit, kept } in &self.metrics {
            let number = if value.fract() == 0.0 || *value >= 1000.0 {
                format!("{value:.0}")
            } else {
                format!("{value:.2}")
            };
            let verdict = if *kept == Some(false) { "  NOT AS PROMISED" } else { "" };
            println!("{what:<width$} {number:>10} {unit}{verdict}");
        }
    }

    /// Whether every promise was kept.
    pub fn keeps_promises(&self) -> bool {
        self.metrics.iter().all(|metric| metric.kept != Some(false))
    }
}

/// By nearest rank, of a sorted list.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_nearest_rank() {
        let of = |n: u64| (1..=n).map(Duration::from_secs).collect::<Vec<_>>();
        for (n, percent, want) in [(1, 50, 1), (4, 50, 2), (100, 95, 95), (20, 95, 19), (3, 95, 3)]
        {
            assert_eq!(
                percentile(&of(n), percent),
                Some(Duration::from_secs(want)),
                "{n} {percent}"
            );
        }
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_broken_promise_shows() {
        let mut report = Report::default();
        report.must_be_zero("failed", 0);
        assert!(report.keeps_promises());
        report.must_be_zero("failed", 1);
        assert!(!report.keeps_promises());
    }
}
