//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Measure lb-portal.
#[derive(Parser)]
#[command(name = "cargo xtask bench --")]
pub struct Options {
    /// The lb-portal to measure
    #[arg(long, hide = true)]
    pub bin: PathBuf,
    /// The file for the metrics, as JSON
    #[arg(long, hide = true)]
    pub out: PathBuf,
    /// Load balancers created one after the other
    #[arg(long, default_value_t = 20)]
    pub creates: usize,
    /// Changes that replace the HAProxy process while requests are under way
    #[arg(long, default_value_t = 20)]
    pub reloads: usize,
    /// Edits that replace every server while requests are under way
    #[arg(long, default_value_t = 5)]
    pub replacements: usize,
    /// Seconds of each round of a throughput measurement
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Keep-alive connections of the load generator
    #[arg(long, default_value_t = 16)]
    pub connections: usize,
    /// Load balancers in the list
    #[arg(long, default_value_t = 1000)]
    pub list: usize,
    /// Event streams open at the same time
    #[arg(long, default_value_t = 10_000)]
    pub streams: usize,
    /// Users of the event streams
    #[arg(long, default_value_t = 500)]
    pub stream_users: usize,
    /// Changes that all event streams receive
    #[arg(long, default_value_t = 10)]
    pub events: usize,
    /// Members in one batch
    #[arg(long, default_value_t = 10_000)]
    pub members: usize,
    /// Load balancers that serve when the memory is measured
    #[arg(long, default_value_t = 200)]
    pub serving: usize,
}
