//! CSS lengths.

/// `12.5px`, to two decimals. The standard library's formatting of fractions takes 7 KB of the
/// first download.
pub fn px(length: f64) -> String {
    let hundredths = (length * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    format!("{sign}{whole}.{rest:02}px")
}

#[cfg(test)]
mod tests {
    use super::px;

    #[test]
    fn lengths_have_two_decimals() {
        assert_eq!(px(0.0), "0.00px");
        assert_eq!(px(450_000.0), "450000.00px");
        assert_eq!(px(44.796_875), "44.80px");
        assert_eq!(px(-3.05), "-3.05px");
        assert_eq!(px(-0.001), "0.00px");
        assert_eq!(px(f64::NAN), "0.00px");
    }
}
