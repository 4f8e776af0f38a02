//! Access control and timeouts of listeners, parsed.

use super::findings::Findings;
use crate::{
    draft::{ListenerOptions, OptionsScope},
    path::{FieldPath, TimeoutField},
};
use ipnet::IpNet;
use openstack_types::{
    field::{self, FieldError},
    octavia::CreateListener,
};

/// The longest timeout of a listener. Source: Octavia, `MAX_TIMEOUT`: 24 days, the most that HAProxy counts.
const TIMEOUT_MAX_MS: u64 = 24 * 86_400_000;

/// Timeouts are in milliseconds.
#[derive(Clone)]
pub(crate) struct ParsedOptions {
    allowed_cidrs: Option<Vec<String>>,
    client_data: Option<u64>,
    member_connect: Option<u64>,
    member_data: Option<u64>,
    tcp_inspect: Option<u64>,
}

impl ParsedOptions {
    pub(crate) fn apply_to(self, listener: &mut CreateListener) {
        listener.allowed_cidrs = self.allowed_cidrs;
        listener.timeout_client_data = self.client_data;
        listener.timeout_member_connect = self.member_connect;
        listener.timeout_member_data = self.member_data;
        listener.timeout_tcp_inspect = self.tcp_inspect;
    }
}

pub(crate) fn allowed_cidrs(
    scope: OptionsScope,
    options: &ListenerOptions,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let mut ranges: Vec<IpNet> = Vec::new();
    let entries = options.allowed_cidrs.split(['\n', ',', ';', ' ', '\t']).map(str::trim);
    for (index, entry) in entries.filter(|entry| !entry.is_empty()).enumerate() {
        let range = field::cidr(entry).map(|range| range.trunc()).and_then(|range| {
            if ranges.contains(&range) { Err(FieldError::Duplicate) } else { Ok(range) }
        });
        ranges.extend(findings.record(FieldPath::AllowedCidrs { scope, entry: index + 1 }, range));
    }
    (!ranges.is_empty()).then(|| ranges.iter().map(ToString::to_string).collect())
}

pub(crate) fn timeouts(
    scope: OptionsScope,
    options: &ListenerOptions,
    allowed_cidrs: Option<Vec<String>>,
    findings: &mut Findings,
) -> ParsedOptions {
    let mut timeout = |field| {
        let text = options.timeout(field).trim();
        (!text.is_empty())
            .then(|| findings.record(FieldPath::Timeout { scope, field }, milliseconds(text)))
            .flatten()
    };
    ParsedOptions {
        allowed_cidrs,
        client_data: timeout(TimeoutField::ClientData),
        member_connect: timeout(TimeoutField::MemberConnect),
        member_data: timeout(TimeoutField::MemberData),
        tcp_inspect: timeout(TimeoutField::TcpInspect),
    }
}

/// Parses seconds with up to three decimals.
fn milliseconds(seconds: &str) -> Result<u64, FieldError> {
    const OUT_OF_RANGE: FieldError =
        FieldError::NotInRange { min: 0, max: (TIMEOUT_MAX_MS / 1000) as i64 };
    let (whole, decimals) = seconds.split_once('.').unwrap_or((seconds, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return Err(OUT_OF_RANGE);
    }
    let whole: u64 = whole.parse().map_err(|_| OUT_OF_RANGE)?;
    let decimals: u64 = format!("{decimals:0<3}").parse().map_err(|_| OUT_OF_RANGE)?;
    whole
        .checked_mul(1000)
        .and_then(|ms| ms.checked_add(decimals))
        .filter(|ms| *ms <= TIMEOUT_MAX_MS)
        .ok_or(OUT_OF_RANGE)
}

/// Formats milliseconds as seconds, without trailing zeros.
pub fn seconds(milliseconds: u64) -> String {
    let (whole, decimals) = (milliseconds / 1000, milliseconds % 1000);
    if decimals == 0 {
        return whole.to_string();
    }
    format!("{whole}.{decimals:03}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_up_to_three_decimals() {
        assert_eq!(milliseconds("50"), Ok(50_000));
        assert_eq!(milliseconds("2.5"), Ok(2_500));
        assert_eq!(milliseconds("0.001"), Ok(1));
        assert_eq!(milliseconds("2073600"), Ok(TIMEOUT_MAX_MS));
        for bad in ["2073600.001", "-1", "x", ".5", "1.0005", "1e3", "99999999999999999999", "1.-1"]
        {
            assert!(milliseconds(bad).is_err(), "{bad}");
        }
        for ms in [0, 1, 10, 100, 1000, 1500, 50_000, TIMEOUT_MAX_MS] {
            assert_eq!(milliseconds(&seconds(ms)), Ok(ms));
        }
    }
}
