//! What the server knows, in one SQLite file. The only room with SQL: one file a resource.
//!
//! Reads run side by side on a few connections; writes one after the other on one connection, each
//! in a transaction of its own. Both run on blocking threads. What a write has to tell the world
//! ([`Tx::emit`], [`Tx::after_commit`]) is told after its commit, in the order of the commits, even
//! when the request that asked for it has gone away meanwhile.

pub mod barbican;
pub mod first_start;
mod migrations;
pub mod networks;
pub mod octavia;
pub mod projects;
pub mod roles;
pub mod tokens;
pub mod users;

use crate::change::Change;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::{
    cell::RefCell,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// How long a statement waits for another process (the command line beside the server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections for reading; each costs a page cache of about 2 MB.
const READERS: usize = 4;

/// The database; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Arc<tokio::sync::Mutex<Connection>>,
    idle_readers: Mutex<Vec<Connection>>,
    reader_permits: Arc<Semaphore>,
    publish: Publish,
}

/// Receives every change after its commit, in the order of the commits. Must not block.
pub type Publish = Arc<dyn Fn(Change) + Send + Sync>;

/// Why the database cannot be used. `Display` is one clear line.
#[derive(Debug)]
pub struct OpenError(String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// A transaction that writes. Dereferences to [`Connection`], so that functions which only read take
/// both this and a reader.
pub struct Tx<'c> {
    tx: rusqlite::Transaction<'c>,
    after: RefCell<Vec<After>>,
}

enum After {
    Emit(Box<Change>),
    Call(Box<dyn FnOnce() + Send>),
}

impl Tx<'_> {
    /// Publishes a change once this transaction is committed.
    pub fn emit(&self, change: Change) {
        self.after.borrow_mut().push(After::Emit(Box::new(change)));
    }

    /// Runs once this transaction is committed; must not block.
    pub fn after_commit(&self, call: impl FnOnce() + Send + 'static) {
        self.after.borrow_mut().push(After::Call(Box::new(call)));
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

impl Store {
    /// Opens or makes the database `path` with mode 0600 and brings it to this version's schema.
    pub fn open(path: &Path, publish: Publish) -> Result<Self, OpenError> {
        make_private(path)?;
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::run(&mut writer).map_err(|why| unusable(path, why))?;
        Self::around(writer, path, publish)
    }

    /// Opens a database beside a server that may be running, and leaves its schema alone.
    pub fn open_existing(path: &Path) -> Result<Self, OpenError> {
        let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::check(&writer).map_err(|why| unusable(path, why))?;
        Self::around(writer, path, Arc::new(|_| ()))
    }

    fn around(writer: Connection, path: &Path, publish: Publish) -> Result<Self, OpenError> {
        let readers = (0..READERS)
            .map(|_| connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Arc::new(tokio::sync::Mutex::new(writer)),
                idle_readers: Mutex::new(readers),
                reader_permits: Arc::new(Semaphore::new(READERS)),
                publish,
            }),
        })
    }

    /// Runs `work` in one transaction: committed when it returns `Ok`, else undone. Runs to its end
    /// even when the caller goes away.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let mut connection = self.inner.writer.clone().lock_owned().await;
        let inner = self.inner.clone();
        let job = tokio::task::spawn_blocking(move || {
            let tx = Tx {
                tx: connection.transaction_with_behavior(TransactionBehavior::Immediate)?,
                after: RefCell::default(),
            };
            let done = work(&tx)?;
            let Tx { tx, after } = tx;
            tx.commit()?;
            for after in after.into_inner() {
                match after {
                    After::Emit(change) => (inner.publish)(*change),
                    After::Call(call) => call(),
                }
            }
            Ok(done)
        });
        joined(job).await
    }

    /// Runs `work` on one consistent view of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let permit = self.inner.reader_permits.clone().acquire_owned().await;
        let inner = self.inner.clone();
        let job = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut reader = Reader::take(&inner)?;
            let view = reader.connection()?.transaction()?;
            work(&view)
        });
        joined(job).await
    }
}

/// A reader on loan; back in the pool when dropped, also by a panic.
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
        // There are as many permits as readers, so one is there.
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

async fn joined<T, E>(job: tokio::task::JoinHandle<Result<T, E>>) -> Result<T, E>
where
    E: From<rusqlite::Error>,
{
    match job.await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(rusqlite::Error::InvalidQuery.into()),
        },
    }
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
    open().map_err(|why| unusable(path, why))
}

/// SQLite gives its -wal and -shm files the mode of the database file.
fn make_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let make = || {
        let file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    };
    make().map_err(|why| unusable(path, why))
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> OpenError {
    let path: PathBuf = path.into();
    OpenError(format!("cannot use the database {}: {why}", path.display()))
}
