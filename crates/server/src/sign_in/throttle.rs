//! Limits how often sign-ins can fail.
//!
//! Failures count for a user at one address, and for an address. Failures for a user from other
//! addresses never lock the user out: they only delay an attempt for a moment, and not even that at
//! an address where the user has signed in before.

use crate::client_network::ClientNetwork;
use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures of a user at one address before further attempts there have to wait.
const FREE_FAILURES: u32 = 5;
/// Failures from one address before further attempts have to wait. Many users may share an address.
const FREE_FAILURES_PER_ADDRESS: u32 = 20;
/// Failures of a user at all addresses before attempts at unknown addresses are slowed down.
const FREE_FAILURES_PER_USER: u32 = 20;
/// The first delay. Each further failure doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest delay.
const MAX_DELAY: Duration = Duration::from_secs(60);
/// The longest delay of a user at an address where the user has signed in before: somebody else at
/// that address must not lock the user out.
const MAX_DELAY_AT_KNOWN_ADDRESS: Duration = Duration::from_secs(5);
/// The delay for a user with many failures at other addresses.
const DELAY_PER_USER: Duration = Duration::from_secs(1);
/// Failures are forgotten after this time without another failure.
const RETENTION: Duration = Duration::from_secs(15 * 60);
/// Limit of entries in memory, about 100 bytes each.
const MAX_ENTRIES: usize = 20_000;
/// Addresses that are remembered for a user who signed in, and in total.
const MAX_KNOWN_PER_USER: usize = 32;
const MAX_KNOWN: usize = 20_000;

/// Failed sign-ins, and the addresses of successful ones.
#[derive(Debug, Default)]
pub struct SignInThrottle {
    state: Mutex<State>,
    /// User names are kept as hashes, so that a long one takes no more memory. The keys are random, so
    /// nobody can find two names with the same hash.
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct State {
    failures: HashMap<Key, Failures>,
    /// The addresses from which a user signed in, the newest last.
    known: HashMap<UserKey, Vec<ClientNetwork>>,
}

type UserKey = u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    UserAtAddress(UserKey, ClientNetwork),
    Address(ClientNetwork),
    User(UserKey),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
    blocked_until: Instant,
}

/// An attempt that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The user has signed in from this address before.
    pub is_known: bool,
    /// How long the attempt is held up.
    pub delay: Duration,
}

impl SignInThrottle {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn user_key(&self, user: &str) -> UserKey {
        // No user has a name longer than 255 characters.
        let name: String = user.chars().take(255).flat_map(char::to_lowercase).collect();
        self.hasher.hash_one(name)
    }

    /// Whether an attempt is allowed now.
    ///
    /// # Errors
    /// The time to wait before the next attempt.
    pub fn check(&self, user: &str, address: IpAddr, now: Instant) -> Result<Allowed, Duration> {
        let (user, address) = (self.user_key(user), ClientNetwork::from(address));
        let state = self.lock();
        let is_known = state.is_known(user, address);
        let blocked = |key| {
            let until = state.failures.get(&key).map(|failures| failures.blocked_until);
            until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
        };
        let at_address = blocked(Key::UserAtAddress(user, address));
        let delay =
            if is_known { at_address } else { at_address.max(blocked(Key::Address(address))) };
        if !delay.is_zero() {
            return Err(delay);
        }
        let many = state.failures.get(&Key::User(user)).is_some_and(|failures| {
            failures.count >= FREE_FAILURES_PER_USER
                && now.saturating_duration_since(failures.last) < RETENTION
        });
        let delay = if many && !is_known { DELAY_PER_USER } else { Duration::ZERO };
        Ok(Allowed { is_known, delay })
    }

    pub fn record_failure(&self, user: &str, address: IpAddr, now: Instant) {
        let (user, address) = (self.user_key(user), ClientNetwork::from(address));
        let mut state = self.lock();
        let max_delay =
            if state.is_known(user, address) { MAX_DELAY_AT_KNOWN_ADDRESS } else { MAX_DELAY };
        for (key, free, max_delay) in [
            (Key::UserAtAddress(user, address), FREE_FAILURES, max_delay),
            (Key::Address(address), FREE_FAILURES_PER_ADDRESS, MAX_DELAY),
            (Key::User(user), u32::MAX, Duration::ZERO),
        ] {
            evict(&mut state.failures, now);
            let new = Failures { count: 0, last: now, blocked_until: now };
            let entry = state.failures.entry(key).or_insert(new);
            if now.saturating_duration_since(entry.last) >= RETENTION {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
            if let Some(excess) = entry.count.checked_sub(free) {
                entry.blocked_until = now + delay(excess).min(max_delay);
            }
        }
    }

    /// Forgets the failures of the user at this address, and remembers the address. Keeps the failures
    /// of the address: otherwise an attacker with a valid account could reset them.
    pub fn record_success(&self, user: &str, address: IpAddr) {
        let (user, address) = (self.user_key(user), ClientNetwork::from(address));
        let mut state = self.lock();
        state.failures.remove(&Key::UserAtAddress(user, address));
        if state.known.len() >= MAX_KNOWN && !state.known.contains_key(&user) {
            // More users than that have signed in since the start. Any of them may become unknown.
            let any = state.known.keys().next().copied();
            any.map(|any| state.known.remove(&any));
        }
        let known = state.known.entry(user).or_default();
        known.retain(|other| *other != address);
        if known.len() >= MAX_KNOWN_PER_USER {
            known.remove(0);
        }
        known.push(address);
    }
}

impl State {
    fn is_known(&self, user: UserKey, address: ClientNetwork) -> bool {
        self.known.get(&user).is_some_and(|known| known.contains(&address))
    }
}

fn delay(excess_failures: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << excess_failures.min(16)).min(MAX_DELAY)
}

/// Makes room. Entries that block last, and newer ones, stay longer.
fn evict(failures: &mut HashMap<Key, Failures>, now: Instant) {
    if failures.len() < MAX_ENTRIES {
        return;
    }
    failures.retain(|_, entry| now.saturating_duration_since(entry.last) < RETENTION);
    if failures.len() < MAX_ENTRIES {
        return;
    }
    let rank = |entry: &Failures| (entry.blocked_until.max(now), entry.count.min(8), entry.last);
    let mut ranks: Vec<_> = failures.values().map(rank).collect();
    let middle = ranks.len() / 2;
    let (_, median, _) = ranks.select_nth_unstable(middle);
    let median = *median;
    failures.retain(|_, entry| rank(entry) > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const FREE: Result<Allowed, Duration> = Ok(Allowed { is_known: false, delay: Duration::ZERO });

    fn address(n: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + n).into())
    }

    #[test]
    fn delays_double_up_to_a_limit_and_expire() {
        let throttle = SignInThrottle::default();
        let mut now = Instant::now();
        for _ in 0..FREE_FAILURES {
            assert_eq!(throttle.check("eve", CLIENT, now), FREE);
            throttle.record_failure("eve", CLIENT, now);
        }
        let mut last = Duration::ZERO;
        for n in 0..12 {
            let Err(delay) = throttle.check("EVE", CLIENT, now) else {
                panic!("no delay after {n}")
            };
            assert!(delay >= last && delay <= MAX_DELAY);
            last = delay;
            now += delay;
            assert_eq!(throttle.check("eve", CLIENT, now), FREE);
            throttle.record_failure("eve", CLIENT, now);
        }
        assert_eq!(last, MAX_DELAY);
        assert_eq!(throttle.check("adam", CLIENT, now), FREE, "other users are not delayed");
        now += RETENTION;
        throttle.record_failure("eve", CLIENT, now);
        assert_eq!(throttle.check("eve", CLIENT, now), FREE);
    }

    #[test]
    fn failures_elsewhere_do_not_lock_a_user_out() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        throttle.record_success("adam", CLIENT);
        for n in 0..1000 {
            throttle.record_failure("adam", address(n), now);
            throttle.record_failure("adam", address(0), now);
        }
        let known = Allowed { is_known: true, delay: Duration::ZERO };
        assert_eq!(throttle.check("Adam", CLIENT, now), Ok(known));
        let elsewhere = throttle.check("adam", address(5000), now).unwrap();
        assert_eq!(elsewhere, Allowed { is_known: false, delay: DELAY_PER_USER });
        assert_eq!(throttle.check("eve", address(5000), now), FREE);
    }

    #[test]
    fn a_neighbour_delays_a_known_user_only_for_a_moment() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        throttle.record_success("adam", CLIENT);
        for n in 0..100 {
            throttle.record_failure(&format!("user-{n}"), CLIENT, now);
        }
        assert!(throttle.check("adam", CLIENT, now).is_ok(), "the address counts for others");
        assert!(throttle.check("eve", CLIENT, now).is_err());
        for _ in 0..100 {
            throttle.record_failure("adam", CLIENT, now);
        }
        let delay = throttle.check("adam", CLIENT, now).unwrap_err();
        assert!(delay <= MAX_DELAY_AT_KNOWN_ADDRESS);
    }

    #[test]
    fn an_address_that_tries_many_users_is_delayed() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for n in 0..=FREE_FAILURES_PER_ADDRESS {
            throttle.record_failure(&format!("user-{n}"), CLIENT, now);
        }
        throttle.record_success("user-1", CLIENT);
        assert!(throttle.check("another", CLIENT, now).is_err());
        assert_eq!(throttle.check("another", address(1), now), FREE);
        let v6 = |text: &str| text.parse::<IpAddr>().unwrap();
        for n in 0..=FREE_FAILURES_PER_ADDRESS {
            throttle.record_failure("x", v6(&format!("2001:db8::{n:x}")), now);
        }
        assert!(throttle.check("y", v6("2001:db8::ffff"), now).is_err());
        assert_eq!(throttle.check("y", v6("2001:db8:0:1::1"), now), FREE);
    }

    #[test]
    fn a_successful_sign_in_resets_the_user_at_the_address() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for _ in 0..=FREE_FAILURES {
            throttle.record_failure("adam", CLIENT, now);
        }
        assert!(throttle.check("adam", CLIENT, now).is_err());
        throttle.record_success("Adam", CLIENT);
        assert!(throttle.check("adam", CLIENT, now).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_a_flood_does_not_unblock() {
        let throttle = SignInThrottle::default();
        let now = Instant::now();
        for _ in 0..2 * FREE_FAILURES_PER_ADDRESS {
            throttle.record_failure("eve", CLIENT, now);
        }
        for n in 0..2 * MAX_ENTRIES as u32 {
            throttle.record_failure(&format!("user-{n}"), address(n), now);
            throttle.record_success(&format!("user-{n}"), address(n));
            throttle.record_success("one", address(n));
            let state = throttle.lock();
            assert!(state.failures.len() <= MAX_ENTRIES + 1 && state.known.len() <= MAX_KNOWN);
        }
        assert!(throttle.check("eve", CLIENT, now).is_err());
        let one = throttle.user_key("one");
        assert!(throttle.lock().known.get(&one).is_none_or(|k| k.len() <= MAX_KNOWN_PER_USER));
    }
}
