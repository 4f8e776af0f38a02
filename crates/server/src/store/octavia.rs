//! Load balancers and their parts in the database.
//!
//! A table has a column for each stored field of its [`Resource`], so the definitions that check a
//! request body name the columns here.

pub mod address_keys;
pub mod checks;
pub mod endpoints;
pub mod engine_spec;
mod events;
pub mod idempotency;
pub mod l7policies;
pub mod list;
pub mod member_summaries;
pub mod operating_status;
pub mod provisioning;
pub mod quotas;
pub mod relations;
pub mod traffic;
pub mod vips;

pub use events::emit;

use crate::model::{Field, FieldSpec, FieldType, Kind, Resource, Row};
use rusqlite::{
    Connection, OptionalExtension, ToSql, params_from_iter,
    types::{Value as SqlValue, ValueRef},
};
use serde_json::Value;

pub fn find(db: &Connection, resource: &Resource, id: &str) -> rusqlite::Result<Option<Row>> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", column_list(resource), resource.name);
    db.prepare_cached(&sql)?.query_row([id], |row| read_row(resource, row)).optional()
}

/// Reads the rows whose `column` has a value, oldest first.
pub fn find_by<T: FieldType>(
    db: &Connection,
    resource: &Resource,
    column: Field<T>,
    value: &str,
) -> rusqlite::Result<Vec<Row>> {
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = ?1 ORDER BY created_at, id",
        column_list(resource),
        resource.name,
        column.name()
    );
    db.prepare_cached(&sql)?.query_map([value], |row| read_row(resource, row))?.collect()
}

/// Fields that are not in the row get the default of their column.
pub fn insert(db: &Connection, resource: &Resource, row: &Row) -> rusqlite::Result<()> {
    let (names, values) = stored_values(resource, row);
    let placeholders = (1..=names.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({placeholders})", resource.name, names.join(", "));
    db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Writes the fields that `update` has.
pub fn update(
    db: &Connection,
    resource: &Resource,
    id: &str,
    update: &Row,
) -> rusqlite::Result<()> {
    let (names, mut values) = stored_values(resource, update);
    if names.is_empty() {
        return Ok(());
    }
    let assignments = names
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{name} = ?{}", n + 1))
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!("UPDATE {} SET {assignments} WHERE id = ?{}", resource.name, names.len() + 1);
    values.push(SqlValue::Text(id.to_owned()));
    db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Deletes a row and, by the foreign keys, what belongs to it.
pub fn delete(db: &Connection, resource: &Resource, id: &str) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", resource.name))?.execute([id])?;
    Ok(())
}

fn stored_values(resource: &Resource, row: &Row) -> (Vec<&'static str>, Vec<SqlValue>) {
    let (mut names, mut values): (Vec<_>, Vec<_>) = resource
        .columns()
        .filter_map(|field| row.sent_json(field.name).map(|value| (field.name, to_sql(value))))
        .unzip();
    if let Some((column, field)) = address_keys::column_of(resource)
        && let Some(Ok(address)) = row.json(field).as_str().map(str::parse)
    {
        names.push(column);
        values.push(SqlValue::Text(address_keys::key(address)));
    }
    (names, values)
}

fn column_list(resource: &Resource) -> String {
    resource.columns().map(|field| field.name).collect::<Vec<_>>().join(", ")
}

fn read_row(resource: &Resource, row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let mut read = Row::default();
    for (n, field) in resource.columns().enumerate() {
        read.set_json(field.name, to_json(field, row.get_ref(n)?));
    }
    Ok(read)
}

fn to_sql(value: &Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Bool(value) => SqlValue::Integer(i64::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => SqlValue::Integer(whole),
            None => SqlValue::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => SqlValue::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => SqlValue::Text(value.to_string()),
    }
}

fn to_json(field: &FieldSpec, value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) if matches!(field.kind, Kind::Bool) => Value::Bool(number != 0),
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            if field.kind.is_json_document() {
                serde_json::from_str(&text).unwrap_or_default()
            } else {
                Value::from(text.into_owned())
            }
        }
    }
}

/// Values for a statement that is built at run time.
#[derive(Default)]
pub(in crate::store) struct Bound(Vec<SqlValue>);

impl Bound {
    /// Adds a value and returns its placeholder.
    pub(in crate::store) fn mark(&mut self, value: impl Into<SqlValue>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    pub(in crate::store) fn values(&self) -> impl Iterator<Item = &dyn ToSql> {
        self.0.iter().map(|value| value as &dyn ToSql)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, POOL, QUOTA},
        store::Store,
    };
    use std::{collections::BTreeMap, sync::Arc};

    #[tokio::test]
    async fn columns_are_nullable_where_the_fields_are() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("db"), Arc::new(|_| {})).unwrap();
        let resources = [
            &LOAD_BALANCER,
            &LISTENER,
            &POOL,
            &MEMBER,
            &HEALTH_MONITOR,
            &L7POLICY,
            &L7RULE,
            &QUOTA,
        ];
        for resource in resources {
            let columns: BTreeMap<String, bool> = store
                .read(move |db| {
                    db.prepare("SELECT name, \"notnull\" = 0 FROM pragma_table_info(?1)")?
                        .query_map([resource.name], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect::<rusqlite::Result<_>>()
                })
                .await
                .unwrap();
            for field in resource.columns() {
                assert_eq!(
                    columns.get(field.name),
                    Some(&field.nullable),
                    "{}.{}",
                    resource.name,
                    field.name
                );
            }
        }
    }
}
