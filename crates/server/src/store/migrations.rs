//! The database schema: one SQL file for each migration, applied in order.

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

/// Do not change a migration that has been released. Add another.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001-core.sql")),
    M::up(include_str!("migrations/0002-octavia.sql")),
    M::up(include_str!("migrations/0003-barbican.sql")),
    M::up(include_str!("migrations/0004-tls-and-l7.sql")),
    M::up(include_str!("migrations/0005-listener-down.sql")),
    M::up(include_str!("migrations/0007-access-removal.sql")),
    M::up(include_str!("migrations/0008-address-keys.sql")),
    M::up(include_str!("migrations/0009-containers.sql")),
    M::up(include_str!("migrations/0012-idempotency-keys.sql")),
    M::up(include_str!("migrations/0013-peer-certificates.sql")),
    M::up(include_str!("migrations/0014-ports.sql")),
    M::up(include_str!("migrations/0015-limits.sql")),
    M::up(include_str!("migrations/0016-role-removal.sql")),
];

#[derive(Debug, thiserror::Error)]
pub(super) enum MigrationError {
    #[error(
        "it was written by an older version of lb-portal; start this version's server on it once"
    )]
    Older,
    #[error(
        "it was written by a newer version of lb-portal; use that version, or another data directory"
    )]
    Newer,
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for MigrationError {
    fn from(error: Error) -> Self {
        match error {
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::Newer
            }
            other => Self::Failed(other),
        }
    }
}

/// Migrates the database to the schema of this version.
pub(super) fn run(connection: &mut Connection) -> Result<(), MigrationError> {
    Ok(Migrations::from_slice(MIGRATIONS).to_latest(connection)?)
}

/// Checks that the database has the schema of this version.
pub(super) fn check(connection: &Connection) -> Result<(), MigrationError> {
    match Migrations::from_slice(MIGRATIONS).pending_migrations(connection)? {
        0 => Ok(()),
        missing if missing > 0 => Err(MigrationError::Older),
        _ => Err(MigrationError::Newer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_applies() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
