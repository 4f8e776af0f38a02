//! Whose turn a use of the database takes.
//!
//! Users take turns, however many requests each has in progress, and one user leaves connections to others. What
//! the server does by itself, and sign-ins, have every other turn.

use crate::fair_queue::{FairQueue, Turn};
use openstack_types::UserId;
use std::cell::OnceCell;

/// Read connections that one user has at the same time.
const READERS_PER_USER: usize = 2;

tokio::task_local! {
    /// The user of the request that the task handles, once it is authenticated.
    static REQUEST_USER: OnceCell<UserId>;
}

/// Runs a request. What it does with the database after [`set_user`] counts for that user.
pub async fn of_request<F: Future>(request: F) -> F::Output {
    REQUEST_USER.scope(OnceCell::new(), request).await
}

/// The request that this task handles is of this user.
pub fn set_user(user: &UserId) {
    // The first user stays. Outside of a request, nobody takes turns.
    let _ = REQUEST_USER.try_with(|current| current.set(user.clone()));
}

/// `None`: the server itself.
type Account = Option<UserId>;

/// The turns of one database.
pub(super) struct Turns {
    readers: FairQueue<Account>,
    writer: FairQueue<Account>,
}

pub(super) type DatabaseTurn = Turn<Account>;

impl Turns {
    pub(super) fn new(readers: usize) -> Self {
        Self {
            readers: FairQueue::unbounded(readers, READERS_PER_USER),
            writer: FairQueue::unbounded(1, 1),
        }
    }

    pub(super) async fn read(&self) -> rusqlite::Result<DatabaseTurn> {
        request_turn(&self.readers).await
    }

    pub(super) async fn write(&self) -> rusqlite::Result<DatabaseTurn> {
        request_turn(&self.writer).await
    }

    /// Before the writes of requests.
    pub(super) async fn write_sign_in(&self, user: UserId) -> rusqlite::Result<DatabaseTurn> {
        turn(&self.writer, Some(user), true).await
    }

    pub(super) fn waiting_writes(&self) -> usize {
        self.writer.waiting()
    }
}

/// A turn of the user whose request this is, or of the server itself.
async fn request_turn(queue: &FairQueue<Account>) -> rusqlite::Result<DatabaseTurn> {
    let user = REQUEST_USER.try_with(|user| user.get().cloned()).ok().flatten();
    let is_server = user.is_none();
    turn(queue, user, is_server).await
}

async fn turn(
    queue: &FairQueue<Account>,
    account: Account,
    is_known: bool,
) -> rusqlite::Result<DatabaseTurn> {
    // The queue has no limit, so that this does not fail.
    queue.turn(account, is_known).await.map_err(|_| rusqlite::Error::InvalidQuery)
}
