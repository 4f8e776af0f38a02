//! The rows of a table to draw.

use std::ops::Range;

/// Rows drawn above and below the visible ones, so that fast scrolling shows no gap.
pub(super) const OVERSCAN: usize = 8;

/// The rows to draw.
///
/// `top` is where the first row would be, relative to the top of the window (negative once
/// scrolled past), `viewport` the height of the window, both in px, as is `row_height`. `more` rows are drawn above and
/// below.
pub(super) fn visible(
    top: f64,
    viewport: f64,
    row_height: f64,
    count: usize,
    more: usize,
) -> Range<usize> {
    if count == 0 || row_height <= 0.0 {
        return 0..0;
    }
    let first = (-top / row_height).floor().max(0.0) as usize;
    let last = ((viewport - top) / row_height).ceil().max(0.0) as usize;
    let start = first.saturating_sub(more).min(count);
    let end = last.saturating_add(more).clamp(start, count);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_top_a_screen_and_some_more_rows_are_drawn() {
        assert_eq!(visible(200.0, 840.0, 40.0, 10_000, OVERSCAN), 0..16 + OVERSCAN);
    }

    #[test]
    fn in_the_middle_rows_around_the_visible_ones_are_drawn() {
        assert_eq!(
            visible(-40_000.0, 800.0, 40.0, 10_000, OVERSCAN),
            1000 - OVERSCAN..1020 + OVERSCAN
        );
    }

    #[test]
    fn never_past_the_end_nor_before_the_start() {
        assert_eq!(visible(0.0, 800.0, 40.0, 3, OVERSCAN), 0..3);
        assert_eq!(visible(-4_000.0, 800.0, 40.0, 3, OVERSCAN), 3..3);
        assert_eq!(visible(9_000.0, 800.0, 40.0, 10, OVERSCAN), 0..OVERSCAN);
        assert_eq!(visible(0.0, 800.0, 40.0, 0, OVERSCAN), 0..0);
    }
}
