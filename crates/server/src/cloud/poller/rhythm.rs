//! When the poller reads what. Pure.

use std::time::Duration;
use tokio::time::Instant;

/// Between two cycles while nothing is being changed: ten times as long as one takes, within these.
const SHORTEST_CYCLE: Duration = Duration::from_secs(15);
const LONGEST_CYCLE: Duration = Duration::from_secs(120);
/// Everything is listed this often, whatever the times of the cloud say.
const FULL: Duration = Duration::from_secs(300);
/// While something is being changed: at first often, later less.
const CHANGING: [u64; 8] = [2, 2, 2, 3, 4, 5, 5, 5];
/// How long a change that left no trace yet is looked for.
const AFTER_WRITE: Duration = Duration::from_secs(10);
/// What to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// All lists.
    Full,
    /// Load balancers and pools.
    Cycle,
    /// The statuses of those that are being changed.
    Statuses,
}

#[derive(Debug)]
pub(super) struct Rhythm {
    cycle_at: Instant,
    full_at: Instant,
    statuses_at: Option<Instant>,
    /// Reads of statuses since something is being changed.
    steps: usize,
    /// Until when a change of the page is looked for.
    watch_until: Option<Instant>,
}

impl Rhythm {
    /// Everything is due.
    pub(super) fn new(now: Instant) -> Self {
        Self { cycle_at: now, full_at: now, statuses_at: None, steps: 0, watch_until: None }
    }

    /// What is due, or when something will be.
    pub(super) fn next(&self, now: Instant) -> Result<Task, Instant> {
        let statuses_at = self.statuses_at;
        if self.full_at <= now {
            Ok(Task::Full)
        } else if self.cycle_at <= now {
            Ok(Task::Cycle)
        } else if statuses_at.is_some_and(|at| at <= now) {
            Ok(Task::Statuses)
        } else {
            let first = self.full_at.min(self.cycle_at);
            Err(statuses_at.map_or(first, |at| at.min(first)))
        }
    }

    /// After a read of lists that took some time. `jitter` is 0 to 1: not all projects are to be read at once.
    pub(super) fn listed(&mut self, task: Task, now: Instant, took: Duration, jitter: f64) {
        let interval = (took * 10).clamp(SHORTEST_CYCLE, LONGEST_CYCLE);
        self.cycle_at = now + interval.mul_f64(1.0 + jitter / 10.0);
        if task == Task::Full {
            self.full_at = now + FULL;
        }
    }

    /// After a change of the page that is not seen yet.
    pub(super) fn watch(&mut self, now: Instant) {
        self.watch_until = Some(now + AFTER_WRITE);
        self.steps = 0;
        self.statuses_at = None;
    }

    /// The change of the page was seen.
    pub(super) fn seen(&mut self) {
        self.watch_until = None;
    }

    /// After any read: whether something is being changed.
    pub(super) fn changing(&mut self, is_pending: bool, after_statuses: bool, now: Instant) {
        let is_watched = self.watch_until.is_some_and(|until| now < until);
        if !is_pending && !is_watched {
            self.statuses_at = None;
            self.steps = 0;
        } else if self.statuses_at.is_none() || after_statuses {
            let step = CHANGING[self.steps.min(CHANGING.len() - 1)];
            self.steps += 1;
            self.statuses_at = Some(now + Duration::from_secs(step));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_as_seldom_as_the_cloud_is_slow() {
        let now = Instant::now();
        for (took, interval) in [(0, 15), (1, 15), (5, 50), (60, 120)] {
            let mut rhythm = Rhythm::new(now);
            assert_eq!(rhythm.next(now), Ok(Task::Full));
            rhythm.listed(Task::Full, now, Duration::from_secs(took), 0.0);
            let due = now + Duration::from_secs(interval);
            assert_eq!(rhythm.next(now), Err(due), "{took}");
            assert_eq!(rhythm.next(due), Ok(Task::Cycle));
        }
    }

    #[test]
    fn a_change_is_followed_until_it_ends() {
        let start = Instant::now();
        let mut rhythm = Rhythm::new(start);
        rhythm.listed(Task::Full, start, Duration::ZERO, 0.0);
        let mut now = start;
        let mut times = Vec::new();
        rhythm.changing(true, false, now);
        while let Err(at) = rhythm.next(now) {
            now = at;
            if rhythm.next(now) == Ok(Task::Statuses) {
                times.push((now - start).as_secs());
                rhythm.changing(true, true, now);
            }
        }
        assert_eq!(times, [2, 4, 6, 9, 13]);
        rhythm.listed(Task::Cycle, now, Duration::ZERO, 0.0);
        rhythm.changing(false, false, now);
        assert_eq!(rhythm.next(now), Err(now + SHORTEST_CYCLE));
    }

    #[test]
    fn a_change_without_a_trace_is_looked_for_ten_seconds() {
        let start = Instant::now();
        let mut rhythm = Rhythm::new(start);
        rhythm.listed(Task::Full, start, Duration::ZERO, 0.0);
        rhythm.watch(start);
        rhythm.changing(false, false, start);
        let mut now = start;
        let mut reads = 0;
        while let Err(at) = rhythm.next(now) {
            now = at;
            if rhythm.next(now) == Ok(Task::Statuses) {
                reads += 1;
                rhythm.changing(false, true, now);
            }
        }
        assert_eq!((reads, (now - start).as_secs()), (5, 15));
    }
}
