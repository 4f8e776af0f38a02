//! Timestamps in the format of each service, all in UTC.

use jiff::Timestamp;

/// `2026-11-23T03:40:39`, without a time zone.
pub fn octavia(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

pub fn octavia_now() -> String {
    octavia(Timestamp::now())
}

/// The same format as Octavia's.
pub fn barbican(time: Timestamp) -> String {
    octavia(time)
}

/// `2026-11-24T03:40:33.000000Z`
pub fn keystone(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

/// `2026-11-23T03:39:27Z`
pub fn neutron(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_format() {
        let time = Timestamp::from_microsecond(1_795_405_239_987_654).unwrap();
        assert_eq!(octavia(time), "2026-11-23T03:40:39");
        assert_eq!(keystone(time), "2026-11-23T03:40:39.000000Z");
        assert_eq!(neutron(time), "2026-11-23T03:40:39Z");
    }
}
