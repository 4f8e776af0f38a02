//! Metrics and their output.

use serde::Serialize;
use std::time::Duration;

#[derive(Default, Serialize)]
pub struct Report {
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
struct Metric {
    what: String,
    value: f64,
    /// Empty for counts and ratios.
    unit: &'static str,
    /// Whether the requirement is met; `None` without a requirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement_met: Option<bool>,
}

impl Report {
    /// Adds a metric without a requirement.
    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.metrics.push(Metric { what: what.into(), value, unit, requirement_met: None });
    }

    /// Adds a count that must be zero.
    pub fn must_be_zero(&mut self, what: impl Into<String>, count: u64) {
        let requirement_met = Some(count == 0);
        self.metrics.push(Metric {
            what: what.into(),
            value: count as f64,
            unit: "",
            requirement_met,
        });
    }

    /// Adds a metric with a requirement.
    pub fn add_required(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        met: bool,
    ) {
        let requirement_met = Some(met);
        self.metrics.push(Metric { what: what.into(), value, unit, requirement_met });
    }

    /// As [`Self::add_latencies`], with a requirement on the 95th percentile.
    pub fn add_bounded_latencies(
        &mut self,
        what: &str,
        mut durations: Vec<Duration>,
        limit: Duration,
    ) {
        durations.sort_unstable();
        for (percent, limit) in [(50, Duration::MAX), (95, limit)] {
            if let Some(at) = percentile(&durations, percent) {
                let milliseconds = at.as_secs_f64() * 1000.0;
                self.add_required(format!("{what}, p{percent}"), milliseconds, "ms", at <= limit);
            }
        }
    }

    /// The median and the 95th percentile, in milliseconds.
    pub fn add_latencies(&mut self, what: &str, mut durations: Vec<Duration>) {
        durations.sort_unstable();
        for percent in [50, 95] {
            if let Some(at) = percentile(&durations, percent) {
                self.add(format!("{what}, p{percent}"), at.as_secs_f64() * 1000.0, "ms");
            }
        }
    }

    /// Prints a table on standard output.
    pub fn print(&self) {
        let width = self.metrics.iter().map(|f| f.what.chars().count()).max().unwrap_or(0);
        for Metric { what, value, unit, requirement_met } in &self.metrics {
            let number = if value.fract() == 0.0 || *value >= 1000.0 {
                format!("{value:.0}")
            } else {
                format!("{value:.2}")
            };
            let verdict =
                if *requirement_met == Some(false) { "  REQUIREMENT NOT MET" } else { "" };
            println!("{what:<width$} {number:>10} {unit}{verdict}");
        }
    }

    pub fn meets_all_requirements(&self) -> bool {
        self.metrics.iter().all(|metric| metric.requirement_met != Some(false))
    }
}

/// The nearest-rank percentile of a sorted list.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_use_the_nearest_rank() {
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
    fn a_count_above_zero_does_not_meet_its_requirement() {
        let mut report = Report::default();
        report.must_be_zero("failed", 0);
        assert!(report.meets_all_requirements());
        report.must_be_zero("failed", 1);
        assert!(!report.meets_all_requirements());
    }
}
