//! The open connections: how many each client has, and which one gives way at a limit.

use crate::client_network::ClientNetwork;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// What a connection is doing. The first ones give way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Waits for the head of a request, or for the rest of it.
    Waiting,
    /// Reads the body of a request.
    Receiving,
    /// Sends a response.
    Sending,
    /// Runs a request. Does not give way.
    Handling,
    /// Sends events. Has a limit of its own and is not counted here.
    Streaming,
}

/// All open connections.
pub(super) struct Connections {
    open: Mutex<Open>,
    max: usize,
    max_per_client: usize,
}

#[derive(Default)]
struct Open {
    entries: HashMap<u64, Entry>,
    /// Counted connections by client.
    clients: HashMap<ClientNetwork, usize>,
    /// Counted connections of all clients and of trusted proxies.
    counted: usize,
    /// Counts admissions and changes of phase, so that the oldest is known.
    clock: u64,
}

struct Entry {
    /// `None`: a trusted proxy, which has no limit of its own.
    client: Option<ClientNetwork>,
    phase: Phase,
    /// When the phase began.
    since: u64,
    close: CancellationToken,
}

/// One open connection. Dropping it frees its place.
pub(super) struct Connection {
    id: u64,
    connections: Arc<Connections>,
    close: CancellationToken,
}

impl Connections {
    pub(super) fn new(max: usize, max_per_client: usize) -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), max, max_per_client })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection. At the limit of the client, its oldest idle connection is closed; at the
    /// limit of all, that of the client with the most connections.
    ///
    /// `None`: every connection that could give way is running a request.
    pub(super) fn admit(self: &Arc<Self>, client: Option<ClientNetwork>) -> Option<Connection> {
        let mut open = self.lock();
        if let Some(client) = client
            && open.clients.get(&client).is_some_and(|count| *count >= self.max_per_client)
            && !open.close_oldest(|entry| entry.client == Some(client))
        {
            return None;
        }
        if open.counted >= self.max && !open.make_room() {
            return None;
        }
        open.clock += 1;
        let (id, close) = (open.clock, CancellationToken::new());
        let entry = Entry { client, phase: Phase::Waiting, since: id, close: close.clone() };
        open.count(client);
        open.entries.insert(id, entry);
        Some(Connection { id, connections: self.clone(), close })
    }

    /// Closes every connection.
    pub(super) fn close_all(&self) {
        for entry in self.lock().entries.values() {
            entry.close.cancel();
        }
    }
}

impl Open {
    fn count(&mut self, client: Option<ClientNetwork>) {
        self.counted += 1;
        if let Some(client) = client {
            *self.clients.entry(client).or_default() += 1;
        }
    }

    fn discount(&mut self, client: Option<ClientNetwork>) {
        self.counted = self.counted.saturating_sub(1);
        if let Some(client) = client
            && let Some(count) = self.clients.get_mut(&client)
        {
            *count -= 1;
            if *count == 0 {
                self.clients.remove(&client);
            }
        }
    }

    fn make_room(&mut self) -> bool {
        let busiest = self.clients.iter().max_by_key(|(_, count)| **count);
        let busiest = busiest.map(|(client, _)| *client);
        self.close_oldest(|entry| busiest.is_some() && entry.client == busiest)
            || self.close_oldest(|entry| entry.client.is_some())
            || self.close_oldest(|_| true)
    }

    /// `false`: none of these can give way.
    fn close_oldest(&mut self, among: impl Fn(&Entry) -> bool) -> bool {
        let oldest = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.phase < Phase::Handling && among(entry))
            .min_by_key(|(_, entry)| (entry.phase, entry.since))
            .map(|(id, _)| *id);
        let Some(entry) = oldest.and_then(|id| self.entries.remove(&id)) else { return false };
        entry.close.cancel();
        self.discount(entry.client);
        true
    }

    fn enter(&mut self, id: u64, phase: Phase) {
        self.clock += 1;
        let since = self.clock;
        // A connection that gave way has no entry.
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let before = std::mem::replace(&mut entry.phase, phase);
        entry.since = since;
        let client = entry.client;
        match (before == Phase::Streaming, phase == Phase::Streaming) {
            (false, true) => self.discount(client),
            (true, false) => self.count(client),
            _ => {}
        }
    }

    fn remove(&mut self, id: u64) {
        if let Some(entry) = self.entries.remove(&id)
            && entry.phase != Phase::Streaming
        {
            self.discount(entry.client);
        }
    }
}

impl Connection {
    pub(super) fn enter(&self, phase: Phase) {
        self.connections.lock().enter(self.id, phase);
    }

    pub(super) fn is_waiting(&self) -> bool {
        let open = self.connections.lock();
        open.entries.get(&self.id).is_some_and(|entry| entry.phase == Phase::Waiting)
    }

    /// Completes when the connection has to give way.
    pub(super) async fn closed(&self) {
        self.close.cancelled().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn client(n: u8) -> Option<ClientNetwork> {
        Some(ClientNetwork::from(IpAddr::from([192, 0, 2, n])))
    }

    fn is_closed(connection: &Connection) -> bool {
        connection.close.is_cancelled()
    }

    #[test]
    fn the_oldest_idle_connection_of_a_client_gives_way() {
        let connections = Connections::new(100, 3);
        let other = connections.admit(client(2)).unwrap();
        let [a, b, c] = [(); 3].map(|()| connections.admit(client(1)).unwrap());
        a.enter(Phase::Handling);
        c.enter(Phase::Receiving);
        let _d = connections.admit(client(1)).unwrap();
        assert_eq!([&a, &b, &c, &other].map(is_closed), [false, true, false, false]);
        a.enter(Phase::Waiting);
        let _e = connections.admit(client(1)).unwrap();
        let _f = connections.admit(client(1)).unwrap();
        assert_eq!([&a, &b, &c, &other].map(is_closed), [true, true, false, false]);
    }

    #[test]
    fn a_client_whose_connections_all_run_requests_gets_no_other() {
        let connections = Connections::new(100, 2);
        let held = [(); 2].map(|()| connections.admit(client(1)).unwrap());
        held.iter().for_each(|connection| connection.enter(Phase::Handling));
        assert!(connections.admit(client(1)).is_none());
        assert!(connections.admit(client(2)).is_some());
        drop(held);
        assert!(connections.admit(client(1)).is_some());
    }

    #[test]
    fn at_the_limit_of_all_the_busiest_client_gives_way() {
        let connections = Connections::new(4, 3);
        let honest = connections.admit(client(1)).unwrap();
        let many = [(); 3].map(|()| connections.admit(client(2)).unwrap());
        let newcomer = connections.admit(client(3)).unwrap();
        assert_eq!(
            [&honest, &many[0], &many[1], &newcomer].map(is_closed),
            [false, true, false, false]
        );
    }

    #[test]
    fn proxies_have_no_limit_of_their_own_and_streams_are_not_counted() {
        let connections = Connections::new(5, 1);
        let proxies = [(); 3].map(|()| connections.admit(None).unwrap());
        let stream = connections.admit(client(1)).unwrap();
        stream.enter(Phase::Streaming);
        let second = connections.admit(client(1)).unwrap();
        let other = connections.admit(client(2)).unwrap();
        assert!(proxies.iter().chain([&stream, &second, &other]).all(|c| !is_closed(c)));
        drop(stream);
        assert_eq!(connections.lock().counted, 5);
        drop((proxies, second, other));
        assert_eq!(connections.lock().counted, 0);
        assert!(connections.lock().clients.is_empty() && connections.lock().entries.is_empty());
    }
}
