//! Points in time. The caller passes the current time: this crate reads no clock.

use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

const DAY: i64 = 86_400;
/// A longer certificate expires soon when this is left.
const SOON: i64 = 30 * DAY;
/// A certificate is to be replaced now when this is left.
const URGENT: i64 = 7 * DAY;

/// Seconds since 1970-01-01T00:00:00Z. Displayed as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub i64);

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = u64::try_from(self.0).unwrap_or_default();
        match DateTime::from_unix_duration(Duration::from_secs(seconds)) {
            Ok(date) => date.fmt(f),
            // After the year 9999, which no certificate can contain.
            Err(_) => seconds.fmt(f),
        }
    }
}

impl FromStr for UnixSeconds {
    type Err = InvalidTime;

    /// Parses RFC 3339 in UTC with whole seconds, as `Display` writes it.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let read = || {
            let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
            let mut date = date.splitn(3, '-');
            let mut time = time.splitn(3, ':');
            let year = date.next()?.parse().ok()?;
            let mut date = date.map(str::parse::<u8>);
            let mut time = time.by_ref().map(str::parse::<u8>);
            let mut day = || date.next()?.ok();
            let mut clock = || time.next()?.ok();
            DateTime::new(year, day()?, day()?, clock()?, clock()?, clock()?).ok()
        };
        let date = read().ok_or(InvalidTime)?;
        i64::try_from(date.unix_duration().as_secs()).map(Self).map_err(|_| InvalidTime)
    }
}

/// The text is not a time in RFC 3339, UTC, with whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a time in RFC 3339")]
pub struct InvalidTime;

/// The validity period of a certificate, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    pub not_before: UnixSeconds,
    pub not_after: UnixSeconds,
}

/// The state of a validity period at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    NotYet,
    /// More is left than of `Soon`.
    Good,
    /// 30 days or less are left, of a short period a third.
    Soon,
    Expired,
}

impl Validity {
    pub fn at(&self, now: UnixSeconds) -> Expiry {
        let Self { not_before: UnixSeconds(from), not_after: UnixSeconds(to) } = *self;
        if now.0 > to {
            Expiry::Expired
        } else if now.0 < from {
            Expiry::NotYet
        } else if to.saturating_sub(now.0) <= SOON.min(to.saturating_sub(from) / 3) {
            Expiry::Soon
        } else {
            Expiry::Good
        }
    }

    /// Whether it expires soon, and within a week.
    pub fn is_urgent(&self, now: UnixSeconds) -> bool {
        self.at(now) == Expiry::Soon && self.not_after.0.saturating_sub(now.0) <= URGENT
    }

    /// Whole days left. Negative after expiry: -1 on the first day.
    pub fn days_left(&self, now: UnixSeconds) -> i64 {
        self.not_after.0.saturating_sub(now.0).div_euclid(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_expires_soon_when_30_days_or_a_third_of_its_period_are_left() {
        let validity = Validity { not_before: UnixSeconds(0), not_after: UnixSeconds(90 * DAY) };
        for (now, expiry, days) in [
            (-1, Expiry::NotYet, 90),
            (0, Expiry::Good, 90),
            (60 * DAY - 1, Expiry::Good, 30),
            (60 * DAY, Expiry::Soon, 30),
            (90 * DAY, Expiry::Soon, 0),
            (90 * DAY + 1, Expiry::Expired, -1),
            (92 * DAY, Expiry::Expired, -2),
        ] {
            assert_eq!(validity.at(UnixSeconds(now)), expiry, "{now}");
            assert_eq!(validity.days_left(UnixSeconds(now)), days, "{now}");
        }
    }

    #[test]
    fn people_read_days_and_not_shares() {
        // Of ten years, of a year, of 90 days, and of ten days.
        for (period, soon, urgent) in [(3650, 30, 7), (365, 30, 7), (90, 30, 7), (10, 3, 3)] {
            let validity =
                Validity { not_before: UnixSeconds(0), not_after: UnixSeconds(period * DAY) };
            let at = |left: i64| UnixSeconds((period - left) * DAY);
            assert_eq!(validity.at(at(soon + 1)), Expiry::Good, "{period}");
            assert_eq!(validity.at(at(soon)), Expiry::Soon, "{period}");
            assert!(!validity.is_urgent(at(urgent + 1)), "{period}");
            assert!(validity.is_urgent(at(urgent)), "{period}");
            assert!(!validity.is_urgent(at(-1)), "{period}");
        }
    }

    #[test]
    fn times_are_displayed_and_parsed_as_rfc_3339() {
        assert_eq!(UnixSeconds(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!("2023-11-14T22:13:20Z".parse(), Ok(UnixSeconds(1_700_000_000)));
        for invalid in
            ["", "2023-11-14", "2023-11-14T22:13:20", "2023-02-30T00:00:00Z", "x-y-zTa:b:cZ"]
        {
            assert_eq!(invalid.parse::<UnixSeconds>(), Err(InvalidTime), "{invalid}");
        }
        assert_eq!(UnixSeconds(-5).to_string(), "1970-01-01T00:00:00Z");
    }
}
