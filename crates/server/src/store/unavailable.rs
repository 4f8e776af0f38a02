//! Failures of the database that an operator can end, and after which nothing has changed.

use rusqlite::{ErrorCode, ffi};

/// The message is for the client whose request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    #[error(
        "The disk of the server is full. Nothing was changed. Try again when the operator has \
         freed some space."
    )]
    DiskFull,
    #[error(
        "The disk of the server is almost full, and the rest is reserved for sign-ins and deletions. \
         Nothing was changed. Delete something, or try again when the operator has freed some space."
    )]
    DiskReserve,
    #[error("The server may not write to its database. Nothing was changed. Ask its operator.")]
    ReadOnly,
    #[error("Another program holds the database of the server. Nothing was changed. Try again.")]
    Busy,
}

impl Unavailable {
    /// `None`: a fault of the server, whose details belong into its log alone.
    pub fn of(error: &rusqlite::Error) -> Option<Self> {
        match error.sqlite_error_code()? {
            // Also where a limit of file sizes is reached.
            ErrorCode::SystemIoFailure if is_write_failure(error) => Some(Self::ReadOnly),
            ErrorCode::DiskFull => Some(Self::DiskFull),
            ErrorCode::ReadOnly => Some(Self::ReadOnly),
            ErrorCode::DatabaseBusy => Some(Self::Busy),
            _ => None,
        }
    }
}

fn is_write_failure(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_WRITE)
}
