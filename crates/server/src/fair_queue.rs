//! Turns for something scarce, shared fairly between clients.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Clients take turns, whatever number of requests each has waiting. Known clients get every other
/// turn. Clones share the queue.
pub struct FairQueue<K: Client> {
    state: Arc<Mutex<State<K>>>,
    max: usize,
    max_per_client: usize,
}

impl<K: Client> Clone for FairQueue<K> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), max: self.max, max_per_client: self.max_per_client }
    }
}

/// What identifies a client.
pub trait Client: Clone + Eq + Hash {}
impl<K: Clone + Eq + Hash> Client for K {}

struct State<K: Client> {
    free: usize,
    /// Limit of turns that one client has at the same time. Known clients have none.
    max_turns: usize,
    /// Turns of the clients that are not known.
    taken: HashMap<K, usize>,
    known: Lines<K>,
    others: Lines<K>,
    /// Whose turn is next if both wait.
    known_is_next: bool,
}

/// Waiting requests by client.
struct Lines<K: Client> {
    lines: HashMap<K, VecDeque<oneshot::Sender<Turn<K>>>>,
    /// The clients that wait, the next one first.
    order: VecDeque<K>,
    waiting: usize,
}

impl<K: Client> Default for Lines<K> {
    fn default() -> Self {
        Self { lines: HashMap::new(), order: VecDeque::new(), waiting: 0 }
    }
}

/// One turn. Dropping it gives the turn to the next.
pub struct Turn<K: Client> {
    state: Arc<Mutex<State<K>>>,
    /// The client that the turn counts for; `None` for a known one.
    client: Option<K>,
}

/// Too many requests wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait already")]
pub struct QueueFull;

impl<K: Client> FairQueue<K> {
    /// `turns` at the same time; `max` requests wait, `max_per_client` of one client.
    pub fn new(turns: usize, max: usize, max_per_client: usize) -> Self {
        let state = State {
            free: turns,
            max_turns: turns,
            taken: HashMap::new(),
            known: Lines::default(),
            others: Lines::default(),
            known_is_next: true,
        };
        Self { state: Arc::new(Mutex::new(state)), max, max_per_client }
    }

    /// `turns` at the same time, `per_client` of a client that is not known. Any number of requests waits.
    pub fn unbounded(turns: usize, per_client: usize) -> Self {
        let queue = Self::new(turns, usize::MAX, usize::MAX);
        lock(&queue.state).max_turns = per_client;
        queue
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// The client has its share waiting, or all places are taken by clients with no more than one
    /// place each.
    pub async fn turn(&self, client: K, is_known: bool) -> Result<Turn<K>, QueueFull> {
        let place = self.enter(client, is_known)?;
        // The sender is dropped if the place is given to another client.
        place.await.map_err(|_| QueueFull)
    }

    fn enter(&self, client: K, is_known: bool) -> Result<oneshot::Receiver<Turn<K>>, QueueFull> {
        let (sender, place) = oneshot::channel();
        let mut state = lock(&self.state);
        // With a free turn, only clients wait that have as many as they may.
        if state.free > 0 && (is_known || state.may_take(&client)) {
            state.free -= 1;
            let client = state.take(client, is_known);
            let turn = Turn { state: self.state.clone(), client };
            drop(state);
            // Cannot fail: `place` is still here.
            let _ = sender.send(turn);
            return Ok(place);
        }
        if state.known.waiting + state.others.waiting >= self.max
            || state.lines(is_known).length(&client) >= self.max_per_client
        {
            state.known.remove_cancelled();
            state.others.remove_cancelled();
        }
        if state.lines(is_known).length(&client) >= self.max_per_client {
            return Err(QueueFull);
        }
        if state.known.waiting + state.others.waiting >= self.max {
            let own = state.lines(is_known).length(&client);
            // A known client may take the place of an unknown one in any case.
            let longer_than = if is_known { 0 } else { own + 1 };
            if !state.others.shorten(longer_than) && !state.known.shorten(own + 1) {
                return Err(QueueFull);
            }
        }
        state.lines(is_known).push(client, sender);
        Ok(place)
    }

    /// How many requests wait.
    pub fn waiting(&self) -> usize {
        let state = lock(&self.state);
        state.known.waiting + state.others.waiting
    }
}

impl<K: Client> State<K> {
    fn lines(&mut self, known: bool) -> &mut Lines<K> {
        if known { &mut self.known } else { &mut self.others }
    }

    fn may_take(&self, client: &K) -> bool {
        self.taken.get(client).is_none_or(|taken| *taken < self.max_turns)
    }

    /// Counts a turn. Returns the client that it counts for.
    fn take(&mut self, client: K, is_known: bool) -> Option<K> {
        if is_known {
            return None;
        }
        *self.taken.entry(client.clone()).or_default() += 1;
        Some(client)
    }

    fn give_back(&mut self, client: &K) {
        if let Some(taken) = self.taken.get_mut(client) {
            *taken -= 1;
            if *taken == 0 {
                self.taken.remove(client);
            }
        }
    }

    /// The next place, and the client that its turn counts for.
    fn next(&mut self) -> Option<(oneshot::Sender<Turn<K>>, Option<K>)> {
        let known_first = std::mem::replace(&mut self.known_is_next, false);
        self.known_is_next = !known_first;
        if known_first {
            self.next_known().or_else(|| self.next_other())
        } else {
            self.next_other().or_else(|| self.next_known())
        }
    }

    fn next_known(&mut self) -> Option<(oneshot::Sender<Turn<K>>, Option<K>)> {
        self.known.pop(|_| true).map(|(place, _)| (place, None))
    }

    fn next_other(&mut self) -> Option<(oneshot::Sender<Turn<K>>, Option<K>)> {
        let (taken, max) = (&self.taken, self.max_turns);
        let (place, client) =
            self.others.pop(|client| taken.get(client).is_none_or(|taken| *taken < max))?;
        let client = self.take(client, false);
        Some((place, client))
    }
}

impl<K: Client> Lines<K> {
    fn length(&self, client: &K) -> usize {
        self.lines.get(client).map_or(0, VecDeque::len)
    }

    fn push(&mut self, client: K, place: oneshot::Sender<Turn<K>>) {
        let line = self.lines.entry(client.clone()).or_default();
        if line.is_empty() {
            self.order.push_back(client);
        }
        line.push_back(place);
        self.waiting += 1;
    }

    /// The first of the next client that may have a turn, which then is the last client.
    fn pop(&mut self, may_take: impl Fn(&K) -> bool) -> Option<(oneshot::Sender<Turn<K>>, K)> {
        let client = self.order.iter().position(may_take).and_then(|at| self.order.remove(at))?;
        let line = self.lines.get_mut(&client)?;
        let place = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&client);
        } else {
            self.order.push_back(client.clone());
        }
        self.waiting -= usize::from(place.is_some());
        Some((place?, client))
    }

    /// Takes the last place of the longest line, if that is longer than `length`.
    fn shorten(&mut self, length: usize) -> bool {
        let longest = self.lines.iter().max_by_key(|(_, line)| line.len());
        let Some((client, line)) = longest.filter(|(_, line)| line.len() > length) else {
            return false;
        };
        let (client, is_last) = (client.clone(), line.len() == 1);
        if is_last {
            self.lines.remove(&client);
            self.order.retain(|other| *other != client);
        } else if let Some(line) = self.lines.get_mut(&client) {
            line.pop_back();
        }
        self.waiting -= 1;
        true
    }

    /// Removes requests whose client has disconnected.
    fn remove_cancelled(&mut self) {
        for line in self.lines.values_mut() {
            line.retain(|place| !place.is_closed());
        }
        self.lines.retain(|_, line| !line.is_empty());
        self.order.retain(|client| self.lines.contains_key(client));
        self.waiting = self.lines.values().map(VecDeque::len).sum();
    }
}

impl<K: Client> Drop for Turn<K> {
    fn drop(&mut self) {
        let next = {
            let mut state = lock(&self.state);
            if let Some(client) = &self.client {
                state.give_back(client);
            }
            let next = loop {
                match state.next() {
                    Some((place, client)) if place.is_closed() => {
                        if let Some(client) = client {
                            state.give_back(&client);
                        }
                    }
                    next => break next,
                }
            };
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        if let Some((place, client)) = next {
            // If the client has just disconnected, the turn comes back and is dropped again.
            let _ = place.send(Turn { state: self.state.clone(), client });
        }
    }
}

fn lock<K: Client>(state: &Mutex<State<K>>) -> MutexGuard<'_, State<K>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client_network::ClientNetwork;
    use std::net::IpAddr;

    fn client(n: u8) -> ClientNetwork {
        ClientNetwork::from(IpAddr::from([192, 0, 2, n]))
    }

    /// Gives the turn on until nobody waits. Returns the order in which the places got it.
    fn order<K: Client>(
        turn: Turn<K>,
        mut places: Vec<(&'static str, oneshot::Receiver<Turn<K>>)>,
    ) -> String {
        let mut turn = Some(turn);
        let mut order = Vec::new();
        while turn.take().is_some() {
            let got =
                places.iter_mut().find_map(|(name, place)| Some((*name, place.try_recv().ok()?)));
            if let Some((name, next)) = got {
                order.push(name);
                turn = Some(next);
            }
        }
        order.join(" ")
    }

    #[tokio::test]
    async fn clients_take_turns_and_known_ones_get_every_other() {
        let queue = FairQueue::new(1, 10, 5);
        let turn = queue.turn(client(9), false).await.unwrap();
        let mut places = Vec::new();
        for (name, of, known) in [
            ("a1", 1, false),
            ("a2", 1, false),
            ("a3", 1, false),
            ("b1", 2, false),
            ("c1", 3, true),
            ("c2", 3, true),
        ] {
            places.push((name, queue.enter(client(of), known).unwrap()));
        }
        assert_eq!(order(turn, places), "c1 a1 c2 b1 a2 a3");
        assert_eq!(queue.waiting(), 0);
        queue.turn(client(1), false).await.unwrap();
    }

    #[tokio::test]
    async fn one_client_cannot_fill_the_queue() {
        let queue = FairQueue::new(1, 4, 3);
        let turn = queue.turn(client(9), false).await.unwrap();
        let a = [(); 3].map(|()| queue.enter(client(1), false).unwrap());
        assert!(queue.enter(client(1), false).is_err());
        let mut b = queue.enter(client(2), false).unwrap();
        let mut c = queue.enter(client(3), false).unwrap();
        let [mut first, mut second, mut last] = a;
        assert!(matches!(last.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        let mut d = queue.enter(client(4), false).unwrap();
        assert!(matches!(second.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        assert!(queue.enter(client(5), false).is_err(), "everybody has one place");
        let known = queue.enter(client(5), true).unwrap();
        assert_eq!(queue.waiting(), 4);
        drop(known);
        drop(turn);
        let mut served = 0;
        for place in [&mut first, &mut b, &mut c, &mut d] {
            if let Ok(turn) = place.await {
                served += 1;
                drop(turn);
            }
        }
        assert_eq!(served, 3, "one gave its place to the known client");
        assert_eq!(lock(&queue.state).free, 1);
    }

    #[tokio::test]
    async fn a_client_that_disconnects_frees_its_place_and_its_turn() {
        let queue = FairQueue::new(1, 1, 1);
        let turn = queue.turn(client(9), false).await.unwrap();
        drop(queue.enter(client(1), false).unwrap());
        let place = queue.enter(client(1), false).unwrap();
        drop(turn);
        drop(place);
        queue.turn(client(2), false).await.unwrap();
    }

    #[tokio::test]
    async fn one_client_leaves_turns_to_others() {
        let queue = FairQueue::unbounded(4, 2);
        let held = [queue.turn("a", false).await.unwrap(), queue.turn("a", false).await.unwrap()];
        let mut more: Vec<_> = (0..3).map(|_| queue.enter("a", false).unwrap()).collect();
        assert!(more.iter_mut().all(|place| place.try_recv().is_err()));
        assert_eq!(queue.waiting(), 3);
        // Others, and the known, find turns.
        let other = queue.turn("b", false).await.unwrap();
        let known = queue.turn("a", true).await.unwrap();
        let mut waiting = queue.enter("c", false).unwrap();
        drop(known);
        let third = waiting.try_recv().unwrap();
        drop((other, third));
        assert!(more[0].try_recv().is_err(), "two turns are free, and it has two");
        drop(held);
        let next = [more[0].try_recv().unwrap(), more[1].try_recv().unwrap()];
        assert!(more[2].try_recv().is_err());
        drop(more.pop());
        drop(next);
        assert_eq!(lock(&queue.state).free, 4);
        assert!(lock(&queue.state).taken.is_empty());
        assert_eq!(queue.waiting(), 0);
    }
}
