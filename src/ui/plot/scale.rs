//! The vertical scale of a plot. Pure.

/// Intervals between the marks, at most.
const MOST_INTERVALS: f64 = 4.0;

/// Marks at equal distances from zero to a round value that is at least the highest. Each distance is 1, 2 or 5
/// times a power of ten; of counts, `whole`, at least 1.
pub(super) fn marks(highest: f64, whole: bool) -> Vec<f64> {
    let highest = if highest > 0.0 { highest } else { 1.0 };
    let least = highest / MOST_INTERVALS;
    let power = 10.0_f64.powf(least.log10().floor());
    // A rounding error must not skip a round value.
    let is_enough = |distance: &f64| *distance >= least * (1.0 - 1e-9);
    let distance = [1.0, 2.0, 5.0].map(|times| times * power).into_iter().find(is_enough);
    let distance = distance.unwrap_or(10.0 * power);
    let distance = if whole { distance.max(1.0) } else { distance };
    let intervals = (highest / distance * (1.0 - 1e-9)).ceil().max(1.0);
    (0..=intervals as u32).map(|mark| f64::from(mark) * distance).collect()
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn marks_are_round_and_reach_the_highest_value() {
        for (highest, whole, expected) in [
            (0.0, true, &[0.0, 1.0][..]),
            (0.0, false, &[0.0, 0.5, 1.0]),
            (1.0, true, &[0.0, 1.0]),
            (3.0, true, &[0.0, 1.0, 2.0, 3.0]),
            (0.2, false, &[0.0, 0.05, 0.1, 0.15, 0.2]),
            (7.0, false, &[0.0, 2.0, 4.0, 6.0, 8.0]),
            (40.0, false, &[0.0, 10.0, 20.0, 30.0, 40.0]),
            (41.0, false, &[0.0, 20.0, 40.0, 60.0]),
            (1_234_567.0, true, &[0.0, 500_000.0, 1_000_000.0, 1_500_000.0]),
        ] {
            let marks = marks(highest, whole);
            let is_close = |(a, b): (&f64, &f64)| (a - b).abs() <= b.abs() * 1e-9;
            let are_equal =
                marks.len() == expected.len() && marks.iter().zip(expected).all(is_close);
            assert!(are_equal, "{highest}: {marks:?}");
        }
    }

    #[test]
    fn there_are_few_marks_for_any_value() {
        for exponent in -9..15 {
            for digits in 10..1000 {
                let highest = f64::from(digits) * 10.0_f64.powi(exponent);
                let marks = marks(highest, false);
                let top = marks.last().copied().unwrap_or_default();
                assert!((2..=5).contains(&marks.len()), "{highest}: {marks:?}");
                assert!(top >= highest * (1.0 - 1e-6), "{highest}: {marks:?}");
            }
        }
    }
}
