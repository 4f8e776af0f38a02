//! Load balancers and what hangs on them, as the database keeps them.
//!
//! Rows are [`Object`]s by the tables of [`crate::model`]: the same that check a request's
//! body name the columns here.

pub mod health;
pub mod lifecycle;
pub mod list;
pub mod quotas;
pub mod relations;
pub mod specs;
pub mod summary;
pub mod traffic;
pub mod vips;

use crate::model::{Field, Kind, Object, Resource};
use rusqlite::{
    Connection, OptionalExtension, Row, ToSql, params_from_iter,
    types::{Value as Sql, ValueRef},
};
use serde_json::Value;

/// Reads a row by its id.
pub fn find(db: &Connection, of: &Resource, id: &str) -> rusqlite::Result<Option<Object>> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", columns(of), of.key);
    db.prepare_cached(&sql)?.query_row([id], |row| object(of, row)).optional()
}

/// Reads the rows whose `column` has a value, oldest first.
pub fn find_by(
    db: &Connection,
    of: &Resource,
    column: &'static str,
    value: &str,
) -> rusqlite::Result<Vec<Object>> {
    let sql = format!(
        "SELECT {} FROM {} WHERE {column} = ?1 ORDER BY created_at, id",
        columns(of),
        of.key
    );
    db.prepare_cached(&sql)?.query_map([value], |row| object(of, row))?.collect()
}

/// Writes a new row; fields that are not there get the column's default.
pub fn insert(db: &Connection, of: &Resource, row: &Object) -> rusqlite::Result<()> {
    let (names, values) = stored(of, row);
    let marks = (1..=names.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", of.key, names.join(", "));
    db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Changes the fields that `change` has; nothing when it has none.
pub fn update(db: &Connection, of: &Resource, id: &str, change: &Object) -> rusqlite::Result<()> {
    let (names, mut values) = stored(of, change);
    if names.is_empty() {
        return Ok(());
    }
    let set = names
        .iter()
        .enumerate()
        .map(|(n, name)| format!("{name} = ?{}", n + 1))
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!("UPDATE {} SET {set} WHERE id = ?{}", of.key, names.len() + 1);
    values.push(Sql::Text(id.to_owned()));
    db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Forgets a row and what hangs on it.
pub fn delete(db: &Connection, of: &Resource, id: &str) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", of.key))?.execute([id])?;
    Ok(())
}

fn stored(of: &Resource, row: &Object) -> (Vec<&'static str>, Vec<Sql>) {
    of.columns()
        .filter_map(|field| row.fields.get(field.name).map(|value| (field.name, sql(value))))
        .unzip()
}

fn columns(of: &Resource) -> String {
    of.columns().map(|field| field.name).collect::<Vec<_>>().join(", ")
}

fn object(of: &Resource, row: &Row<'_>) -> rusqlite::Result<Object> {
    let mut read = Object::default();
    for (n, field) in of.columns().enumerate() {
        read.fields.insert(field.name, json(field, row.get_ref(n)?));
    }
    Ok(read)
}

/// A value as a column holds it.
fn sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(yes) => Sql::Integer(i64::from(*yes)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Sql::Integer(whole),
            None => Sql::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Sql::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Sql::Text(value.to_string()),
    }
}

/// A column's value as the field has it.
fn json(field: &Field, value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) if matches!(field.kind, Kind::Bool) => Value::Bool(number != 0),
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            match field.kind {
                Kind::Tags | Kind::Cidrs | Kind::Headers | Kind::Persistence | Kind::Words(_) => {
                    serde_json::from_str(&text).unwrap_or_default()
                }
                _ => Value::from(text.into_owned()),
            }
        }
    }
}

/// Values for a statement built at run time.
#[derive(Default)]
pub(in crate::store) struct Bound(Vec<Sql>);

impl Bound {
    /// Adds a value and gives its mark.
    pub(in crate::store) fn mark(&mut self, value: impl Into<Sql>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    pub(in crate::store) fn values(&self) -> impl Iterator<Item = &dyn ToSql> {
        self.0.iter().map(|value| value as &dyn ToSql)
    }
}
