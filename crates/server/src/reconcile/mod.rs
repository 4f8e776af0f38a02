//! Makes the engine run what the database says, and writes down what the engine tells.

use crate::app::App;
use engine::report::Report;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Runs until the engine ends.
pub async fn run(_app: Arc<App>, mut reports: mpsc::UnboundedReceiver<Report>) {
    while reports.recv().await.is_some() {}
}
