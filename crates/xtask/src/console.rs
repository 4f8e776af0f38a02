//! What the commands say.

use std::time::{Duration, Instant};

/// A heading in the output.
pub fn heading(text: &str) {
    eprintln!("\n── {text}");
}

/// A remark.
pub fn say(text: &str) {
    eprintln!("   {text}");
}

/// Runs something under a heading and tells how long it took.
pub fn timed<T>(text: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    heading(text);
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    say(&format!("{text}: {}", duration(took)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (millis, want) in [(400, "0.4 s"), (12_900, "12 s"), (185_000, "3 min 05 s")] {
            assert_eq!(duration(Duration::from_millis(millis)), want);
        }
    }
}
