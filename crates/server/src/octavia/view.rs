//! Objects as Octavia's answers show them.

mod graph;
mod status_tree;

pub(super) use graph::graph;
pub(super) use status_tree::status_tree;

use crate::{
    model::{ID, PROJECT_ID, RelationKind, Resource, Row, Shown, TENANT_ID, pool},
    store::octavia::relations::child_ids,
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Rows of a resource with their relations, as lists and single answers show them.
pub(super) fn rows(
    db: &Connection,
    resource: &Resource,
    rows: &[Row],
) -> rusqlite::Result<Vec<Value>> {
    let ids: Vec<_> = rows.iter().map(|row| row.get(ID)).collect();
    let mut shown: Vec<_> = rows.iter().map(|row| fields(resource, row)).collect();
    for relation in resource.relations {
        let children: HashMap<String, Vec<String>> = match relation.kind {
            RelationKind::Parent { .. } => HashMap::new(),
            RelationKind::Children { resource: name, column }
            | RelationKind::OnlyChild { resource: name, column } => {
                child_ids(db, crate::model::resource(name), column, &ids)?
            }
        };
        for (row, shown) in rows.iter().zip(&mut shown) {
            let children = children.get(row.get(ID)).map(Vec::as_slice).unwrap_or_default();
            let value = match relation.kind {
                RelationKind::Parent { column } => json!([{ "id": row.json(column) }]),
                RelationKind::Children { .. } => {
                    children.iter().map(|id| json!({ "id": id })).collect()
                }
                RelationKind::OnlyChild { .. } => match children.first() {
                    Some(id) => json!(id),
                    None => continue,
                },
            };
            shown.insert(relation.name.to_owned(), value);
        }
    }
    Ok(shown.into_iter().map(Value::Object).collect())
}

/// One row with its relations.
pub(super) fn row(db: &Connection, resource: &Resource, row: &Row) -> rusqlite::Result<Value> {
    Ok(rows(db, resource, std::slice::from_ref(row))?.pop().unwrap_or_default())
}

/// The fields of a row, without its relations.
fn fields(resource: &Resource, row: &Row) -> Map<String, Value> {
    let mut shown = Map::new();
    for field in resource.fields {
        let value =
            if field.stored { row.json(field.name).clone() } else { field.default.to_json() };
        let is_shown = match field.shown {
            Shown::Always => true,
            Shown::WhenSet => !value.is_null(),
            Shown::Never => false,
        };
        if is_shown {
            shown.insert(field.name.to_owned(), value);
        }
    }
    // Octavia shows two more fields, which are for protocols that are not served.
    if let Some(Value::Object(persistence)) = shown.get_mut(pool::SESSION_PERSISTENCE.name()) {
        persistence.insert("persistence_timeout".to_owned(), Value::Null);
        persistence.insert("persistence_granularity".to_owned(), Value::Null);
    }
    shown.insert(TENANT_ID.name().to_owned(), json!(row.get(PROJECT_ID)));
    shown
}
