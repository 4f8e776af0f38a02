use super::{
    field::{Field, Nested},
    value::FieldType,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Values of a resource's fields: a row of the database, a checked request body, or the change that
/// an update makes to a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// By field name. A field that is not in the map was not sent.
    values: BTreeMap<&'static str, Value>,
    /// Objects nested in a create request, by field name.
    nested: BTreeMap<&'static str, Vec<Row>>,
}

impl Row {
    /// The value of a field. See [`FieldType::from_json`] for null and for a field that is not there.
    pub fn get<T: FieldType>(&self, field: Field<T>) -> T::Ref<'_> {
        T::from_json(self.json(field.name()))
    }

    pub fn set<T: FieldType>(&mut self, field: Field<T>, value: T::Ref<'_>) {
        self.set_json(field.name(), T::to_json(value));
    }

    /// Sets a field unless the row has it.
    pub fn set_if_absent<T: FieldType>(&mut self, field: Field<T>, value: T::Ref<'_>) {
        self.values.entry(field.name()).or_insert_with(|| T::to_json(value));
    }

    /// Sets a field to its value in `other`, null if that has none.
    pub fn copy<T>(&mut self, field: Field<T>, other: &Row) {
        self.set_json(field.name(), other.json(field.name()).clone());
    }

    pub fn remove<T>(&mut self, field: Field<T>) {
        self.values.remove(field.name());
    }

    /// Removes a field and gives its value; `None` if the row does not have it.
    pub fn take<T: FieldType, R>(
        &mut self,
        field: Field<T>,
        read: impl FnOnce(T::Ref<'_>) -> R,
    ) -> Option<R> {
        let value = self.values.remove(field.name())?;
        Some(read(T::from_json(&value)))
    }

    /// Whether the row has the field, even if it is null: whether the request sent it.
    pub fn has<T>(&self, field: Field<T>) -> bool {
        self.values.contains_key(field.name())
    }

    /// Whether the field is null or not there.
    pub fn is_null<T>(&self, field: Field<T>) -> bool {
        self.json(field.name()).is_null()
    }

    /// The value of a field by name, for code that works on every resource.
    pub fn json(&self, name: &str) -> &Value {
        self.values.get(name).unwrap_or(&Value::Null)
    }

    /// The value of a field by name; `None` if the row does not have it.
    pub fn sent_json(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// Sets a field by name, for code that works on every resource.
    pub fn set_json(&mut self, name: &'static str, value: Value) {
        self.values.insert(name, value);
    }

    pub fn nested(&self, field: Field<Nested>) -> &[Row] {
        self.nested.get(field.name()).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn take_nested(&mut self, field: Field<Nested>) -> Vec<Row> {
        self.nested.remove(field.name()).unwrap_or_default()
    }

    pub fn set_nested(&mut self, field: Field<Nested>, rows: Vec<Row>) {
        self.set_nested_by_name(field.name(), rows);
    }

    /// Sets nested objects by field name, for code that works on every resource.
    pub fn set_nested_by_name(&mut self, name: &'static str, rows: Vec<Row>) {
        self.nested.insert(name, rows);
    }

    /// This row after `update`.
    pub fn updated_by(&self, update: &Row) -> Row {
        let mut updated = self.clone();
        updated.values.extend(update.values.iter().map(|(name, value)| (*name, value.clone())));
        updated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ADMIN_STATE_UP, ID, NAME, l7policy, listener, member};
    use openstack_types::octavia::ListenerProtocol;

    #[test]
    fn a_field_reads_as_its_type() {
        let mut row = Row::default();
        row.set(NAME, "web");
        row.set(ADMIN_STATE_UP, true);
        row.set(listener::PROTOCOL, ListenerProtocol::Http);
        row.set(listener::ALLOWED_CIDRS, Some(vec!["192.0.2.0/24"]));
        assert_eq!(row.get(NAME), "web");
        assert!(row.get(ADMIN_STATE_UP));
        assert_eq!(row.get(listener::PROTOCOL), ListenerProtocol::Http);
        assert_eq!(row.get(listener::ALLOWED_CIDRS), Some(vec!["192.0.2.0/24"]));
    }

    #[test]
    fn an_absent_field_reads_as_null_or_empty() {
        let row = Row::default();
        assert_eq!(row.get(ID), "");
        assert_eq!(row.get(member::WEIGHT), 0);
        assert_eq!(row.get(l7policy::REDIRECT_URL), None);
        assert!(!row.has(NAME));
    }

    #[test]
    fn an_update_replaces_only_what_it_has() {
        let mut row = Row::default();
        row.set(NAME, "before");
        row.set(member::WEIGHT, 3);
        let mut update = Row::default();
        update.set(NAME, "after");
        let updated = row.updated_by(&update);
        assert_eq!((updated.get(NAME), updated.get(member::WEIGHT)), ("after", 3));
    }
}
