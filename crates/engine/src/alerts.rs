//! What HAProxy writes to standard error.

/// The messages of the `[ALERT]` lines, joined by `; `.
pub(crate) fn alerts<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let alerts: Vec<&str> = lines
        .into_iter()
        .filter_map(|line| line.strip_prefix("[ALERT]"))
        .map(|line| line.split_once(" : ").map_or(line, |(_, message)| message).trim())
        .collect();
    (!alerts.is_empty()).then(|| alerts.join("; "))
}
