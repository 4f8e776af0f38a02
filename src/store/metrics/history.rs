//! The metrics of a load balancer over time, in steps. Pure.

use openstack_types::{
    MemberId,
    metrics::{Focus, MemberCheck, Metrics, Part, Totals},
};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// HTTP requests.
    Requests,
    /// New connections.
    Connections,
    /// Bytes from clients.
    BytesIn,
    /// Bytes to clients.
    BytesOut,
    /// The most connections at a time.
    Active,
    /// Failed requests.
    Errors,
    /// Responses with status 2xx.
    Ok,
    /// Responses with status 3xx.
    Redirects,
    /// Responses with status 4xx.
    ClientErrors,
    /// Responses with status 5xx.
    ServerErrors,
}

const METRICS: usize = 10;

/// A value for each step, newest last; NaN if unknown.
type Line = Vec<f64>;

/// The metrics of the selected part.
#[derive(Clone, Debug, PartialEq)]
pub struct FocusLines {
    pub id: Uuid,
    /// Whether it counts requests, not only connections.
    pub http: bool,
    /// Connections open now.
    pub active: u64,
    /// Totals since it was created.
    pub totals: Totals,
    lines: [Line; METRICS],
}

impl FocusLines {
    /// The values of each step, newest last; NaN if unknown.
    pub fn line(&self, metric: Metric) -> &[f64] {
        &self.lines[metric as usize]
    }
}

/// The main metrics of a listener or a server.
#[derive(Clone, Debug, PartialEq)]
pub struct PartLines {
    /// Connections open now.
    pub active: u64,
    /// Requests or connections in each step.
    pub hits: Line,
    /// Those that failed.
    pub failed: Line,
}

/// All metrics of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    step: u32,
    kept_steps: usize,
    newest: u64,
    now: u64,
    /// The first known step.
    first_step: u64,
    focus: Option<FocusLines>,
    parts: HashMap<Uuid, PartLines>,
    checks: HashMap<MemberId, MemberCheck>,
}

impl History {
    /// Whether there was an answer.
    pub fn is_known(&self) -> bool {
        self.kept_steps > 0
    }

    /// The length of a step in seconds.
    pub fn step(&self) -> f64 {
        f64::from(self.step)
    }

    /// The length of the lines in minutes.
    pub fn minutes(&self) -> u32 {
        self.kept_steps as u32 * self.step / 60
    }

    /// The server's time of the last answer, in milliseconds since 1970.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The end of a step, by its index in a line, in milliseconds since 1970.
    pub fn end_of(&self, place: usize) -> f64 {
        let back = self.kept_steps.saturating_sub(place + 1) as f64;
        (self.newest as f64 + 1.0 - back) * self.step() * 1000.0
    }

    /// The selected part.
    pub fn focus(&self) -> Option<&FocusLines> {
        self.focus.as_ref()
    }

    /// A listener or a server; `None` without any traffic.
    pub fn part(&self, id: Uuid) -> Option<&PartLines> {
        self.parts.get(&id)
    }

    /// The line of a part without traffic.
    pub fn still(&self) -> Vec<f64> {
        let mut line = vec![f64::NAN; self.kept_steps];
        place(&mut line, self.newest, self.first_step, &[]);
        line
    }

    /// The last health check of a server.
    pub fn check(&self, member: MemberId) -> Option<&MemberCheck> {
        self.checks.get(&member)
    }

    /// The newest known step, if this part is selected.
    pub(super) fn newest_of(&self, id: Uuid) -> Option<u64> {
        self.focus.as_ref().filter(|focus| focus.id == id).map(|_| self.newest)
    }

    /// Adds an answer.
    pub(super) fn merge(&mut self, answer: Metrics) {
        let Metrics { step, kept_steps, newest, first_step, now, focus, parts, checks } = answer;
        if newest < self.newest || step != self.step || kept_steps as usize != self.kept_steps {
            // The first answer, or one of a restarted server.
            *self = Self { step, kept_steps: kept_steps as usize, newest, ..Self::default() };
            self.first_step = self.oldest().max(first_step);
        }
        let before = self.newest;
        self.newest = newest;
        self.now = now;
        self.first_step = self.first_step.max(self.oldest());
        // Parts that the answer leaves out had no traffic.
        let still = first_step.max(before + 1);
        for part in self.parts.values_mut() {
            part.active = 0;
            for line in [&mut part.hits, &mut part.failed] {
                shift(line, newest - before);
                place(line, newest, still, &[]);
            }
        }
        for part in parts {
            self.put(part, first_step);
        }
        self.look(focus, before);
        self.checks.extend(checks.into_iter().map(|check| (check.id, check)));
    }

    fn oldest(&self) -> u64 {
        (self.newest + 1).saturating_sub(self.kept_steps as u64)
    }

    fn put(&mut self, part: Part, first_step: u64) {
        let Part { id, http: _, active, from, hits, failed } = part;
        let (newest, kept) = (self.newest, self.kept_steps);
        let first_step = self.first_step.max(first_step);
        let known = self.parts.entry(id).or_insert_with(|| {
            let mut zeros = vec![f64::NAN; kept];
            place(&mut zeros, newest, first_step, &[]);
            PartLines { active, hits: zeros.clone(), failed: zeros }
        });
        known.active = active;
        place(&mut known.hits, newest, from, &hits);
        place(&mut known.failed, newest, from, &failed);
    }

    fn look(&mut self, focus: Focus, before: u64) {
        let Focus { id, http, active, totals, series: s } = focus;
        let mut lines = match self.focus.take().filter(|known| known.id == id) {
            Some(known) => known.lines,
            None => std::array::from_fn(|_| vec![f64::NAN; self.kept_steps]),
        };
        let news = [
            s.requests,
            s.connections,
            s.bytes_in,
            s.bytes_out,
            s.active,
            s.errors,
            s.ok,
            s.redirects,
            s.client_errors,
            s.server_errors,
        ];
        for (line, news) in lines.iter_mut().zip(news) {
            shift(line, self.newest - before);
            place(line, self.newest, s.from, &news);
        }
        self.focus = Some(FocusLines { id, http, active, totals, lines });
    }
}

/// Adds steps and drops the oldest.
fn shift(line: &mut Line, steps: u64) {
    let steps = usize::try_from(steps).unwrap_or(line.len()).min(line.len());
    line.drain(..steps);
    line.extend(std::iter::repeat_n(f64::NAN, steps));
}

/// Writes the values from a step to the newest, with zeros where there are none.
fn place(line: &mut Line, newest: u64, from: u64, values: &[u64]) {
    let kept = line.len() as u64;
    for step in from.max((newest + 1).saturating_sub(kept))..=newest {
        let value = values.get((step - from) as usize).copied().unwrap_or(0);
        line[(kept - 1 - (newest - step)) as usize] = value as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::metrics::Series;

    const KEPT: u32 = 6;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// An answer with `requests` of the load balancer from a step on, and `hits` of one part.
    fn answer(began: u64, newest: u64, from: u64, requests: &[u64], hits: &[u64]) -> Metrics {
        let series = Series { from, requests: requests.to_vec(), ..Series::default() };
        let part = Part { id: id(2), active: 3, from, hits: hits.to_vec(), ..Part::default() };
        Metrics {
            step: 5,
            kept_steps: KEPT,
            newest,
            first_step: began,
            now: newest * 5000 + 5000,
            focus: Focus { id: id(1), http: true, series, ..Focus::default() },
            parts: if hits.is_empty() { Vec::new() } else { vec![part] },
            checks: Vec::new(),
        }
    }

    /// With `-` where nobody knows.
    fn shown(line: &[f64]) -> String {
        let one = |value: &f64| if value.is_nan() { "-".to_owned() } else { value.to_string() };
        line.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn requests(history: &History) -> String {
        shown(history.focus().unwrap().line(Metric::Requests))
    }

    fn hits(history: &History) -> String {
        shown(&history.part(id(2)).unwrap().hits)
    }

    #[test]
    fn new_steps_are_appended() {
        let mut history = History::default();
        assert!(!history.is_known());
        history.merge(answer(98, 100, 98, &[1, 2, 3], &[]));
        assert_eq!(requests(&history), "- - - 1 2 3");
        assert_eq!(history.part(id(2)), None);
        assert_eq!(history.newest_of(id(1)), Some(100));
        assert_eq!(history.newest_of(id(2)), None, "nothing is known of all of it");
        history.merge(answer(98, 102, 101, &[4, 5], &[0, 7]));
        assert_eq!(requests(&history), "- 1 2 3 4 5");
        assert_eq!(hits(&history), "- 0 0 0 0 7");
        // No news is good news.
        history.merge(answer(98, 102, 103, &[], &[]));
        assert_eq!(requests(&history), "- 1 2 3 4 5");
        history.merge(answer(98, 104, 103, &[], &[]));
        assert_eq!(requests(&history), "2 3 4 5 0 0");
        assert_eq!(hits(&history), "0 0 0 7 0 0");
        assert_eq!(history.part(id(2)).unwrap().active, 0);
        assert_eq!(history.end_of(5), 525_000.0);
        assert_eq!(history.end_of(0), 500_000.0);
    }

    #[test]
    fn steps_that_a_restarted_server_lacks_are_a_gap() {
        let mut history = History::default();
        history.merge(answer(90, 100, 97, &[1, 2, 3, 4], &[5, 6, 7, 8]));
        history.merge(answer(103, 104, 103, &[9, 9], &[2, 2]));
        assert_eq!(requests(&history), "3 4 - - 9 9");
        assert_eq!(hits(&history), "7 8 - - 2 2");
        // Gone for longer than is kept.
        history.merge(answer(200, 200, 200, &[1], &[]));
        assert_eq!(requests(&history), "- - - - - 1");
        assert_eq!(hits(&history), "- - - - - 0");
    }

    #[test]
    fn a_restarted_server_starts_a_new_history() {
        let mut history = History::default();
        history.merge(answer(90, 100, 99, &[1, 2], &[3, 4]));
        history.merge(answer(50, 51, 50, &[8, 9], &[]));
        assert_eq!(requests(&history), "- - - - 8 9");
        assert_eq!(history.part(id(2)), None);
    }

    #[test]
    fn another_part_can_be_selected() {
        let mut history = History::default();
        history.merge(answer(90, 100, 99, &[1, 2], &[]));
        let mut other = answer(90, 100, 98, &[7, 7, 7], &[]);
        other.focus.id = id(2);
        history.merge(other);
        assert_eq!(requests(&history), "- - - 7 7 7");
        assert_eq!(history.focus().unwrap().id, id(2));
    }
}
