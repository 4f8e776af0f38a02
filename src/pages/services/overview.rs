//! The counts of load balancers by state, and the most urgent ones. Pure.

use crate::store::row::{Attention, Row};
use std::sync::Arc;

/// An overview of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Overview {
    pub(super) total: usize,
    counts: [usize; 5],
    /// The most urgent first, then by name.
    pub(super) urgent: Vec<Arc<Row>>,
    /// How many more need attention.
    pub(super) more: usize,
}

impl Overview {
    /// Lists at most `named` of those that need attention.
    pub(super) fn of(rows: &[Arc<Row>], named: usize) -> Self {
        let mut overview = Self { total: rows.len(), ..Self::default() };
        for row in rows {
            let attention = row.attention();
            overview.counts[attention as usize] += 1;
            if matches!(attention, Attention::Broken | Attention::Impaired) {
                overview.urgent.push(row.clone());
            }
        }
        overview
            .urgent
            .sort_by(|a, b| a.attention().cmp(&b.attention()).then_with(|| a.name.cmp(&b.name)));
        overview.more = overview.urgent.len().saturating_sub(named);
        overview.urgent.truncate(named);
        overview
    }

    pub(super) fn count(&self, attention: Attention) -> usize {
        self.counts[attention as usize]
    }
}
