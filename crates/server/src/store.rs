//! The database: one SQLite file. The only module with SQL, one file for each resource.
//!
//! Reads run concurrently on a few connections. Writes run one after the other on one connection,
//! each in its own transaction. Users take turns at both ([`turns`]). Both run on threads of their own, so that no other work makes them
//! wait. The effects of a write ([`Tx::emit`],
//! [`Tx::after_commit`]) happen after its commit, in the order of the commits, even if the client of
//! the request has disconnected.

pub mod access_removals;
pub mod barbican;
pub mod first_start;
mod migrations;
pub mod networks;
pub mod octavia;
pub mod projects;
pub mod roles;
pub mod tokens;
pub mod turns;
mod unavailable;
pub mod users;

use crate::{change::Change, workers::Workers};
pub use unavailable::Unavailable;

use migrations::MigrationError;
use openstack_types::UserId;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::{
    cell::RefCell,
    io,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use turns::{DatabaseTurn, Turns};

/// How long a statement waits for the lock of another process, such as the command line.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Read connections. Each has a page cache of about 2 MB.
const READERS: usize = 4;

/// The open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Arc<tokio::sync::Mutex<Connection>>,
    idle_readers: Mutex<Vec<Connection>>,
    turns: Turns,
    /// A thread for each connection.
    threads: Workers,
    /// Counts commits.
    revision: AtomicU64,
    publish: Publish,
}

/// Receives every change after its commit, in the order of the commits. Must not block.
pub type Publish = Arc<dyn Fn(Change) + Send + Sync>;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the database {}", path.display())]
pub struct OpenError {
    path: PathBuf,
    source: OpenErrorCause,
}

#[derive(Debug, thiserror::Error)]
enum OpenErrorCause {
    #[error("it is damaged ({0}); put it back from the backup")]
    Damaged(String),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

impl From<rusqlite::Error> for OpenErrorCause {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

/// A write transaction. Dereferences to [`Connection`], so functions that only read accept both a
/// transaction and a read connection.
pub struct Tx<'c> {
    tx: rusqlite::Transaction<'c>,
    after_commit: RefCell<Vec<AfterCommit>>,
}

enum AfterCommit {
    Publish(Box<Change>),
    Call(Box<dyn FnOnce() + Send>),
}

impl Tx<'_> {
    /// Publishes a change once this transaction is committed.
    pub fn emit(&self, change: Change) {
        self.after_commit.borrow_mut().push(AfterCommit::Publish(Box::new(change)));
    }

    /// Calls a function once this transaction is committed. It must not block.
    pub fn after_commit(&self, call: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(AfterCommit::Call(Box::new(call)));
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

impl Store {
    /// Opens or creates the database with mode 0600 and migrates it to the schema of this version.
    pub fn open(path: &Path, publish: Publish) -> Result<Self, OpenError> {
        create_private(path)?;
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        check_integrity(&writer).map_err(open_error(path))?;
        migrations::run(&mut writer).map_err(open_error(path))?;
        octavia::address_keys::fill_in(&writer).map_err(open_error(path))?;
        octavia::vips::fill_in(&writer).map_err(open_error(path))?;
        Self::with_writer(writer, path, publish)
    }

    /// Opens the database of a server that may be running. Does not migrate or publish.
    pub fn open_existing(path: &Path) -> Result<Self, OpenError> {
        let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::check(&writer).map_err(open_error(path))?;
        Self::with_writer(writer, path, Arc::new(|_| ()))
    }

    fn with_writer(writer: Connection, path: &Path, publish: Publish) -> Result<Self, OpenError> {
        let readers = (0..READERS)
            .map(|_| connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY))
            .collect::<Result<Vec<_>, _>>()?;
        let threads = Workers::start("database", READERS + 1).map_err(open_error(path))?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Arc::new(tokio::sync::Mutex::new(writer)),
                idle_readers: Mutex::new(readers),
                turns: Turns::new(READERS),
                threads,
                revision: AtomicU64::new(0),
                publish,
            }),
        })
    }

    /// Runs `work` in one transaction. Commits if it returns `Ok`, otherwise rolls back. Runs to its
    /// end even if the returned future is dropped.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        self.write_in(self.inner.turns.write().await?, work).await
    }

    /// [`Self::write`] for a sign-in, which does not wait for the turns of requests.
    pub async fn write_sign_in<T, E, F>(&self, user: UserId, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        self.write_in(self.inner.turns.write_sign_in(user).await?, work).await
    }

    async fn write_in<T, E, F>(&self, turn: DatabaseTurn, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let connection = self.inner.writer.clone().lock_owned().await;
        let inner = self.inner.clone();
        let job = self.inner.threads.run(move || {
            // The connection is free before the turn ends.
            let (_turn, mut connection) = (turn, connection);
            let tx = Tx {
                tx: connection.transaction_with_behavior(TransactionBehavior::Immediate)?,
                after_commit: RefCell::default(),
            };
            let result = work(&tx)?;
            let Tx { tx, after_commit } = tx;
            tx.commit()?;
            inner.revision.fetch_add(1, Ordering::SeqCst);
            for action in after_commit.into_inner() {
                match action {
                    AfterCommit::Publish(change) => (inner.publish)(*change),
                    AfterCommit::Call(call) => call(),
                }
            }
            Ok(result)
        });
        job.await.map_err(|_| rusqlite::Error::InvalidQuery)?
    }

    /// How many writes wait for their turn.
    pub fn waiting_writes(&self) -> usize {
        self.inner.turns.waiting_writes()
    }

    /// Changes with every transaction of this process, before its effects happen. Reads that begin
    /// afterwards see at least what was committed until then.
    pub fn revision(&self) -> u64 {
        self.inner.revision.load(Ordering::SeqCst)
    }

    /// Writes everything from the -wal file into the database file. Waits for the transactions in
    /// progress.
    pub async fn checkpoint(&self) -> rusqlite::Result<()> {
        let connection = self.inner.writer.clone().lock_owned().await;
        let job = self.inner.threads.run(move || {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        });
        match job.await.map_err(|_| rusqlite::Error::InvalidQuery)?? {
            0 => Ok(()),
            _ => Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                None,
            )),
        }
    }

    /// Runs `work` on one consistent snapshot of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let turn = self.inner.turns.read().await?;
        let inner = self.inner.clone();
        let job = self.inner.threads.run(move || {
            let _turn = turn;
            let mut reader = Reader::take(&inner)?;
            let snapshot = reader.connection()?.transaction()?;
            work(&snapshot)
        });
        job.await.map_err(|_| rusqlite::Error::InvalidQuery)?
    }
}

/// A read connection taken from the pool. Returns to it when dropped, also by a panic.
struct Reader<'i> {
    inner: &'i Inner,
    connection: Option<Connection>,
}

impl<'i> Reader<'i> {
    fn take(inner: &'i Inner) -> rusqlite::Result<Self> {
        let connection = inner.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Self { inner, connection })
    }

    fn connection(&mut self) -> rusqlite::Result<&mut Connection> {
        // There are as many turns as connections, so the pool is not empty.
        self.connection.as_mut().ok_or(rusqlite::Error::InvalidQuery)
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.inner.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// Reads every page, some 200 MB a second, so that damage is one line at the start and not an error of
/// some requests later.
fn check_integrity(db: &Connection) -> Result<(), OpenErrorCause> {
    let problem = match db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
        Ok(result) if result == "ok" => return Ok(()),
        Ok(problem) => problem,
        Err(error) => return Err(error.into()),
    };
    Err(OpenErrorCause::Damaged(problem.replace('\n', " ")))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection =
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
            connection.pragma_update(None, "journal_mode", "WAL")?;
        }
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    };
    open().map_err(open_error(path))
}

/// SQLite gives its -wal and -shm files the mode of the database file.
fn create_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let create = || {
        let file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    };
    create().map_err(open_error(path))
}

fn open_error<E: Into<OpenErrorCause>>(path: &Path) -> impl Fn(E) -> OpenError {
    move |cause| OpenError { path: path.to_owned(), source: cause.into() }
}
