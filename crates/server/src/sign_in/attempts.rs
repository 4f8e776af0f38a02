//! Slows down whoever guesses passwords.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures of a user before the next ones have to wait.
const FREE_FOR_USER: u32 = 5;
/// Failures from an address before the next ones have to wait: many people may share one.
const FREE_FOR_ADDRESS: u32 = 20;
/// The first wait; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait. Longer would let a guesser lock others out for long.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Failures are forgotten after so long without another.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Users and addresses remembered, about 100 bytes each.
const MOST: usize = 20_000;

/// Who has failed to sign in lately.
#[derive(Debug, Default)]
pub struct Attempts {
    seen: Mutex<HashMap<Key, Failures>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    User(String),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
    wait_until: Instant,
}

impl Attempts {
    /// Whether an attempt may be made now; else how long to wait.
    pub fn allowed(&self, user: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = [user_key(user), address_key(address)]
            .iter()
            .filter_map(|key| seen.get(key))
            .map(|failures| failures.wait_until.saturating_duration_since(now))
            .max()
            .unwrap_or_default();
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// An attempt failed.
    pub fn failed(&self, user: &str, address: IpAddr, now: Instant) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, free) in
            [(user_key(user), FREE_FOR_USER), (address_key(address), FREE_FOR_ADDRESS)]
        {
            make_room(&mut seen, now);
            let failures =
                seen.entry(key).or_insert(Failures { count: 0, last: now, wait_until: now });
            if now.saturating_duration_since(failures.last) >= MEMORY {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
            if let Some(over) = failures.count.checked_sub(free) {
                failures.wait_until = now + wait(over);
            }
        }
    }

    /// An attempt went well: the user's failures are forgiven. Those of the address are not, or
    /// a guesser with an account of their own could wipe them.
    pub fn succeeded(&self, user: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(&user_key(user));
    }
}

fn wait(over: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << over.min(16)).min(LONGEST_WAIT)
}

fn user_key(user: &str) -> Key {
    // Names longer than any that is taken need no place of their own.
    Key::User(user.chars().take(255).flat_map(char::to_lowercase).collect())
}

/// People get a /64 of IPv6 addresses.
fn address_key(address: IpAddr) -> Key {
    Key::Address(match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        v4 => v4,
    })
}

fn make_room(seen: &mut HashMap<Key, Failures>, now: Instant) {
    if seen.len() < MOST {
        return;
    }
    seen.retain(|_, failures| now.saturating_duration_since(failures.last) < MEMORY);
    if seen.len() >= MOST {
        // Those that wait are kept; of the rest, the older half goes.
        let mut times: Vec<_> = seen.values().map(|failures| failures.last).collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        seen.retain(|_, failures| failures.wait_until > now || failures.last > median);
        if seen.len() >= MOST {
            seen.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn address(n: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + n).into())
    }

    #[test]
    fn waits_grow_to_a_bound_and_are_forgotten() {
        let attempts = Attempts::default();
        let mut now = Instant::now();
        for n in 0..FREE_FOR_USER {
            assert_eq!(attempts.allowed("eve", address(n), now), Ok(()));
            attempts.failed("eve", address(n), now);
        }
        let mut last = Duration::ZERO;
        for n in 0..12 {
            let Err(wait) = attempts.allowed("EVE", address(100 + n), now) else {
                panic!("no wait after {n}")
            };
            assert!(wait >= last && wait <= LONGEST_WAIT);
            last = wait;
            now += wait;
            assert_eq!(attempts.allowed("eve", address(100 + n), now), Ok(()));
            attempts.failed("eve", address(100 + n), now);
        }
        assert_eq!(last, LONGEST_WAIT);
        assert_eq!(attempts.allowed("adam", HERE, now), Ok(()), "others are not slowed");
        now += MEMORY;
        attempts.failed("eve", HERE, now);
        assert_eq!(attempts.allowed("eve", HERE, now), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_users_waits() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..=FREE_FOR_ADDRESS {
            attempts.failed(&format!("user-{n}"), HERE, now);
        }
        attempts.succeeded("user-1");
        assert!(attempts.allowed("another", HERE, now).is_err());
        assert_eq!(attempts.allowed("another", address(1), now), Ok(()));
        let v6 = |text: &str| text.parse::<IpAddr>().unwrap();
        for n in 0..=FREE_FOR_ADDRESS {
            attempts.failed("x", v6(&format!("2001:db8::{n:x}")), now);
        }
        assert!(attempts.allowed("y", v6("2001:db8::ffff"), now).is_err());
        assert_eq!(attempts.allowed("y", v6("2001:db8:0:1::1"), now), Ok(()));
    }

    #[test]
    fn success_forgives_the_user() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..=FREE_FOR_USER {
            attempts.failed("adam", address(n), now);
        }
        assert!(attempts.allowed("adam", HERE, now).is_err());
        attempts.succeeded("Adam");
        assert_eq!(attempts.allowed("adam", HERE, now), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for n in 0..2 * MOST as u32 {
            attempts.failed(&format!("user-{n}"), address(n), now);
            assert!(attempts.seen.lock().unwrap().len() <= MOST + 1);
        }
    }
}
