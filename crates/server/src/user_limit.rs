//! A limit of what is open at the same time, in total and for one user.

use openstack_types::UserId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Clones share the counts.
#[derive(Clone)]
pub struct UserLimit {
    counts: Arc<Mutex<Counts>>,
    max: usize,
    max_per_user: usize,
}

#[derive(Default)]
struct Counts {
    total: usize,
    users: HashMap<UserId, usize>,
}

/// Counts until it is dropped.
pub struct UserPermit {
    counts: Arc<Mutex<Counts>>,
    user: UserId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    #[error("the limit of one user is reached")]
    OfUser,
    #[error("the limit of all users is reached")]
    OfAll,
}

impl UserLimit {
    pub fn new(max: usize, max_per_user: usize) -> Self {
        Self { counts: Arc::default(), max, max_per_user }
    }

    /// # Errors
    /// The limit that is reached; that of the user first.
    pub fn acquire(&self, user: &UserId) -> Result<UserPermit, LimitReached> {
        let mut counts = lock(&self.counts);
        let of_user = counts.users.get(user).copied().unwrap_or_default();
        if of_user >= self.max_per_user {
            return Err(LimitReached::OfUser);
        }
        if counts.total >= self.max {
            return Err(LimitReached::OfAll);
        }
        counts.total += 1;
        counts.users.insert(user.clone(), of_user + 1);
        Ok(UserPermit { counts: self.counts.clone(), user: user.clone() })
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        lock(&self.counts).total
    }
}

impl Drop for UserPermit {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.total = counts.total.saturating_sub(1);
        if let Some(count) = counts.users.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.users.remove(&self.user);
            }
        }
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_cannot_take_the_places_of_others() {
        let limit = UserLimit::new(3, 2);
        let [a, b, c] = ["a", "b", "c"].map(|id| UserId(id.to_owned()));
        let held = [(); 2].map(|()| limit.acquire(&a).ok().unwrap());
        assert_eq!(limit.acquire(&a).err(), Some(LimitReached::OfUser));
        let other = limit.acquire(&b).ok().unwrap();
        assert_eq!(limit.acquire(&c).err(), Some(LimitReached::OfAll));
        drop(held);
        assert!(limit.acquire(&a).is_ok());
        drop(other);
        assert_eq!(limit.open(), 0);
        assert!(lock(&limit.counts).users.is_empty());
    }
}
