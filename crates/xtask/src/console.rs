//! Output of the commands.

use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// How often a long step says that it is still running.
const TICK: Duration = Duration::from_secs(30);

/// Prints a heading.
pub fn heading(text: &str) {
    eprintln!("\n── {text}");
}

/// Prints an indented line.
pub fn note(text: &str) {
    eprintln!("   {text}");
}

/// Runs `work` under a heading, prints how long it took, and returns that too.
pub fn timed<T>(text: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    heading(text);
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    note(&format!("{text}: {}", duration(took)));
    (result, took)
}

/// `0.4 s`, `12 s`, `3 min 05 s`.
pub fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// A part of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub title: &'static str,
    /// How long it takes on two cores.
    pub estimate: Duration,
}

/// Says which step of a build is running and about how long the rest takes.
pub struct Progress {
    steps: Vec<Step>,
    cores: u32,
}

impl Progress {
    /// Of a build that consists of `steps`, in their order.
    pub fn new(steps: Vec<Step>) -> Self {
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
        Self { steps, cores: cores.try_into().unwrap_or(u32::MAX) }
    }

    /// Runs one of the steps.
    pub fn run<T>(&self, step: Step, work: impl FnOnce() -> T) -> T {
        heading(&self.heading(step));
        let start = Instant::now();
        let (done, is_done) = channel::<()>();
        let result = thread::scope(|scope| {
            scope.spawn(move || {
                while is_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    let (took, left) = (start.elapsed(), self.left(step, start.elapsed()));
                    note(&format!("{} after {}; {left} left", step.title, duration(took)));
                }
            });
            let result = work();
            drop(done);
            result
        });
        note(&format!("{}: {}", step.title, duration(start.elapsed())));
        result
    }

    /// `2 of 3: build the page; about 4 minutes left on 2 cores`.
    fn heading(&self, step: Step) -> String {
        let left = self.left(step, Duration::ZERO);
        let cores = match self.cores {
            1 => "1 core".to_owned(),
            cores => format!("{cores} cores"),
        };
        let at = self.place(step) + 1;
        format!("{at} of {}: {}; {left} left on {cores}", self.steps.len(), step.title)
    }

    fn place(&self, step: Step) -> usize {
        self.steps.iter().position(|other| *other == step).unwrap_or_default()
    }

    /// How long this step, which has taken `took`, and those after it will take.
    fn left(&self, step: Step, took: Duration) -> String {
        let all = |steps: &[Step]| steps.iter().map(|step| step.estimate).sum::<Duration>();
        let (this, after) = self.steps[self.place(step)..].split_at(1);
        let on_these_cores = |estimate: Duration| estimate * 2 / self.cores;
        let left = on_these_cores(all(this)).saturating_sub(took) + on_these_cores(all(after));
        match left.as_secs() {
            0..45 => "less than a minute".to_owned(),
            45..90 => "about a minute".to_owned(),
            seconds => format!("about {} minutes", (seconds + 30) / 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        for (millis, want) in [(400, "0.4 s"), (12_900, "12 s"), (185_000, "3 min 05 s")] {
            assert_eq!(duration(Duration::from_millis(millis)), want);
        }
    }

    #[test]
    fn a_heading_says_the_step_and_the_time_left() {
        let step = |title, seconds| Step { title, estimate: Duration::from_secs(seconds) };
        let steps = [step("page", 120), step("server", 110), step("check", 20)];
        let progress = |cores| Progress { steps: steps.to_vec(), cores };
        assert_eq!(progress(2).heading(steps[0]), "1 of 3: page; about 4 minutes left on 2 cores");
        assert_eq!(progress(4).heading(steps[1]), "2 of 3: server; about a minute left on 4 cores");
        assert_eq!(progress(1).heading(steps[0]), "1 of 3: page; about 8 minutes left on 1 core");
        let last = progress(2).heading(steps[2]);
        assert_eq!(last, "3 of 3: check; less than a minute left on 2 cores");
        let took = |seconds| progress(2).left(steps[0], Duration::from_secs(seconds));
        assert_eq!(took(60), "about 3 minutes");
        // Longer than estimated: what is left is the rest.
        assert_eq!(took(600), "about 2 minutes");
    }
}
