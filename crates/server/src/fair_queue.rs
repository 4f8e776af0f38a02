//! Turns for something scarce, shared fairly between clients.

use crate::client_network::ClientNetwork;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Clients take turns, whatever number of requests each has waiting. Known clients get every other
/// turn. Clones share the queue.
#[derive(Clone)]
pub struct FairQueue {
    state: Arc<Mutex<State>>,
    max: usize,
    max_per_client: usize,
}

struct State {
    free: usize,
    known: Lines,
    others: Lines,
    /// Whose turn is next if both wait.
    known_is_next: bool,
}

/// Waiting requests by client.
#[derive(Default)]
struct Lines {
    lines: HashMap<ClientNetwork, VecDeque<oneshot::Sender<Turn>>>,
    /// The clients that wait, the next one first.
    order: VecDeque<ClientNetwork>,
    waiting: usize,
}

/// One turn. Dropping it gives the turn to the next.
pub struct Turn {
    state: Arc<Mutex<State>>,
}

/// Too many requests wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait already")]
pub struct QueueFull;

impl FairQueue {
    /// `turns` at the same time; `max` requests wait, `max_per_client` of one client.
    pub fn new(turns: usize, max: usize, max_per_client: usize) -> Self {
        let state = State {
            free: turns,
            known: Lines::default(),
            others: Lines::default(),
            known_is_next: true,
        };
        Self { state: Arc::new(Mutex::new(state)), max, max_per_client }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// The client has its share waiting, or all places are taken by clients with no more than one
    /// place each.
    pub async fn turn(&self, client: ClientNetwork, is_known: bool) -> Result<Turn, QueueFull> {
        let place = self.enter(client, is_known)?;
        // The sender is dropped if the place is given to another client.
        place.await.map_err(|_| QueueFull)
    }

    fn enter(
        &self,
        client: ClientNetwork,
        is_known: bool,
    ) -> Result<oneshot::Receiver<Turn>, QueueFull> {
        let (sender, place) = oneshot::channel();
        let mut state = lock(&self.state);
        if state.free > 0 {
            state.free -= 1;
            let turn = Turn { state: self.state.clone() };
            drop(state);
            // Cannot fail: `place` is still here.
            let _ = sender.send(turn);
            return Ok(place);
        }
        if state.known.waiting + state.others.waiting >= self.max
            || state.lines(is_known).length(client) >= self.max_per_client
        {
            state.known.remove_cancelled();
            state.others.remove_cancelled();
        }
        if state.lines(is_known).length(client) >= self.max_per_client {
            return Err(QueueFull);
        }
        if state.known.waiting + state.others.waiting >= self.max {
            let own = state.lines(is_known).length(client);
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

impl State {
    fn lines(&mut self, known: bool) -> &mut Lines {
        if known { &mut self.known } else { &mut self.others }
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let known_first = std::mem::replace(&mut self.known_is_next, false);
        self.known_is_next = !known_first;
        if known_first {
            self.known.pop().or_else(|| self.others.pop())
        } else {
            self.others.pop().or_else(|| self.known.pop())
        }
    }
}

impl Lines {
    fn length(&self, client: ClientNetwork) -> usize {
        self.lines.get(&client).map_or(0, VecDeque::len)
    }

    fn push(&mut self, client: ClientNetwork, place: oneshot::Sender<Turn>) {
        let line = self.lines.entry(client).or_default();
        if line.is_empty() {
            self.order.push_back(client);
        }
        line.push_back(place);
        self.waiting += 1;
    }

    /// The first of the next client, which then is the last client.
    fn pop(&mut self) -> Option<oneshot::Sender<Turn>> {
        let client = self.order.pop_front()?;
        let line = self.lines.get_mut(&client)?;
        let place = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&client);
        } else {
            self.order.push_back(client);
        }
        self.waiting -= usize::from(place.is_some());
        place
    }

    /// Takes the last place of the longest line, if that is longer than `length`.
    fn shorten(&mut self, length: usize) -> bool {
        let longest = self.lines.iter().max_by_key(|(_, line)| line.len());
        let Some((client, line)) = longest.filter(|(_, line)| line.len() > length) else {
            return false;
        };
        let (client, is_last) = (*client, line.len() == 1);
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

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut state = lock(&self.state);
            let next = loop {
                match state.next() {
                    Some(place) if place.is_closed() => {}
                    next => break next,
                }
            };
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        if let Some(place) = next {
            // If the client has just disconnected, the turn comes back and is dropped again.
            let _ = place.send(Turn { state: self.state.clone() });
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn client(n: u8) -> ClientNetwork {
        ClientNetwork::from(IpAddr::from([192, 0, 2, n]))
    }

    /// Gives the turn on until nobody waits. Returns the order in which the places got it.
    fn order(turn: Turn, mut places: Vec<(&'static str, oneshot::Receiver<Turn>)>) -> String {
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
}
