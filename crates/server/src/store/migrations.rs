//! The schema, one SQL file a migration, applied in order and once each.

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

/// Never change one that has been released: add another.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001-core.sql")),
    M::up(include_str!("migrations/0002-octavia.sql")),
];

/// Brings the database to this version's schema, or says in words why not.
pub fn run(connection: &mut Connection) -> Result<(), String> {
    Migrations::from_slice(MIGRATIONS).to_latest(connection).map_err(|error| match error {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            "it was written by a newer version of lb-portal; use that version, or another data directory"
                .to_owned()
        }
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_applies() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
