//! Limits how often a user name or a client address can fail to sign in.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures of one user name before further attempts have to wait.
const FREE_FAILURES_PER_USER: u32 = 5;
/// Failures from one address before further attempts have to wait. Many users may share an address.
const FREE_FAILURES_PER_ADDRESS: u32 = 20;
/// The first delay. Each further failure doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest delay. A longer one would let an attacker lock out other users.
const MAX_DELAY: Duration = Duration::from_secs(60);
/// Failures are forgotten after this time without another failure.
const RETENTION: Duration = Duration::from_secs(15 * 60);
/// Limit of users and addresses in memory, about 100 bytes each.
const MAX_ENTRIES: usize = 20_000;

/// Failed sign-ins by user name and by client address.
#[derive(Debug, Default)]
pub struct SignInThrottle {
    failures: Mutex<HashMap<Key, Failures>>,
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
    blocked_until: Instant,
}

impl SignInThrottle {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an attempt is allowed now.
    ///
    /// # Errors
    /// The time to wait before the next attempt.
    pub fn check(&self, user: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let failures = self.lock();
        let delay = [user_key(user), address_key(address)]
            .iter()
            .filter_map(|key| failures.get(key))
            .map(|failures| failures.blocked_until.saturating_duration_since(now))
            .max()
            .unwrap_or_default();
        if delay.is_zero() { Ok(()) } else { Err(delay) }
    }

    pub fn record_failure(&self, user: &str, address: IpAddr, now: Instant) {
        let mut failures = self.lock();
        for (key, free) in [
            (user_key(user), FREE_FAILURES_PER_USER),
            (address_key(address), FREE_FAILURES_PER_ADDRESS),
        ] {
            evict(&mut failures, now);
            let entry =
                failures.entry(key).or_insert(Failures { count: 0, last: now, blocked_until: now });
            if now.saturating_duration_since(entry.last) >= RETENTION {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
            if let Some(excess) = entry.count.checked_sub(free) {
                entry.blocked_until = now + delay(excess);
            }
        }
    }

    /// Forgets the failures of the user. Keeps those of the address: otherwise an attacker with a
    /// valid account could reset them.
    pub fn record_success(&self, user: &str) {
        self.lock().remove(&user_key(user));
    }
}

fn delay(excess_failures: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << excess_failures.min(16)).min(MAX_DELAY)
}

fn user_key(user: &str) -> Key {
    // No user has a name longer than 255 characters.
    Key::User(user.chars().take(255).flat_map(char::to_lowercase).collect())
}

/// A client usually controls a whole /64 of IPv6 addresses.
fn address_key(address: IpAddr) -> Key {
    Key::Address(match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        v4 => v4,
    })
}

fn evict(failures: &mut HashMap<Key, Failures>, now: Instant) {
    if failures.len() < MAX_ENTRIES {
        return;
    }
    failures.retain(|_, entry| now.saturating_duration_since(entry.last) < RETENTION);
    if failures.len() >= MAX_ENTRIES {
        // Keep the blocked entries and the newer half of the others.
        let mut times: Vec<_> = failures.values().map(|entry| entry.last).collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        failures.retain(|_, entry| entry.blocked_until > now || entry.last > median);
        if failures.len() >= MAX_ENTRIES {
            failures.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn address(n: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + n).into())
    }

    #[test]
    fn delays_double_up_to_a_limit_and_expire() {
        let throttle = SignInThrottle::default();
        let mut now = Instant::now();
        for n in 0..FREE_FAILURES_PER_USER {
            assert_eq!(throttle.check("eve", address(n), now), Ok(()));
            throttle.record_failure("eve", address(n), now);
        }
        let mut last = Duration::ZERO;
        for n in 0..12 {
            let Err(delay) = throttle.check("EVE", address(100 + n), now) else {
                panic!("no delay after {n}")
            };
            assert!(delay >= last && delay <= MAX_DELAY);
            last = delay;
            now += delay;
            assert_eq!(throttle.check("eve", address(100 + n), now), Ok(()));
            throttle.record_failure("eve", address(100 + n), now);
        }
        assert_eq!(last, MAX_DELAY);
        assert_eq!(throttle.check("adam", CLIENT, now), Ok(()), "other users are not delayed");
        now += RETENTION;
        throttle.record_failure("eve", CLIENT, now);
        assert_eq!(throttle.check("eve", CLIENT, now), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_users_is_delayed() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for n in 0..=FREE_FAILURES_PER_ADDRESS {
            throttle.record_failure(&format!("user-{n}"), CLIENT, now);
        }
        throttle.record_success("user-1");
        assert!(throttle.check("another", CLIENT, now).is_err());
        assert_eq!(throttle.check("another", address(1), now), Ok(()));
        let v6 = |text: &str| text.parse::<IpAddr>().unwrap();
        for n in 0..=FREE_FAILURES_PER_ADDRESS {
            throttle.record_failure("x", v6(&format!("2001:db8::{n:x}")), now);
        }
        assert!(throttle.check("y", v6("2001:db8::ffff"), now).is_err());
        assert_eq!(throttle.check("y", v6("2001:db8:0:1::1"), now), Ok(()));
    }

    #[test]
    fn a_successful_sign_in_resets_the_user() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for n in 0..=FREE_FAILURES_PER_USER {
            throttle.record_failure("adam", address(n), now);
        }
        assert!(throttle.check("adam", CLIENT, now).is_err());
        throttle.record_success("Adam");
        assert_eq!(throttle.check("adam", CLIENT, now), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for n in 0..2 * MAX_ENTRIES as u32 {
            throttle.record_failure(&format!("user-{n}"), address(n), now);
            assert!(throttle.lock().len() <= MAX_ENTRIES + 1);
        }
    }
}
