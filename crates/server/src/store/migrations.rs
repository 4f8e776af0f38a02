//! The schema, one SQL file a migration, applied in order and once each.

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

/// Never change one that has been released: add another.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001-core.sql")),
    M::up(include_str!("migrations/0002-octavia.sql")),
    M::up(include_str!("migrations/0003-barbican.sql")),
    M::up(include_str!("migrations/0004-tls-and-l7.sql")),
    M::up(include_str!("migrations/0005-listener-down.sql")),
];

/// Brings the database to this version's schema, or says in words why not.
pub fn run(connection: &mut Connection) -> Result<(), String> {
    Migrations::from_slice(MIGRATIONS).to_latest(connection).map_err(in_words)
}

/// Whether the database has this version's schema; says in words why not.
pub fn check(connection: &Connection) -> Result<(), String> {
    match Migrations::from_slice(MIGRATIONS).pending_migrations(connection).map_err(in_words)? {
        0 => Ok(()),
        missing if missing > 0 => {
            Err("it was written by an older version of lb-portal; start this version's server on it once"
                .to_owned())
        }
        _ => Err(NEWER.to_owned()),
    }
}

const NEWER: &str =
    "it was written by a newer version of lb-portal; use that version, or another data directory";

fn in_words(error: Error) -> String {
    match error {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            NEWER.to_owned()
        }
        other => other.to_string(),
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
