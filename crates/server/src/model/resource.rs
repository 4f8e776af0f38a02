//! Resources and their relations.

use super::field::{Field, FieldSpec, ResourceName};

/// A kind of object in the API.
pub struct Resource {
    /// The name of its table, its quota and its events: `loadbalancer`.
    pub name: &'static str,
    /// The key of one object in a body; differs from the name for L7 rules.
    pub singular: &'static str,
    /// The key of a list in a body, and the path: `loadbalancers`.
    pub plural: &'static str,
    /// What Octavia's errors call the body of a request: `load_balancer`.
    pub argument: &'static str,
    /// What Octavia's errors call an object: `Load Balancer`.
    pub title: &'static str,
    /// In the order in which a request body is checked.
    pub fields: &'static [FieldSpec],
    pub relations: &'static [Relation],
}

impl Resource {
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields with a column in the database.
    pub fn columns(&self) -> impl Iterator<Item = &'static FieldSpec> {
        self.fields.iter().filter(|field| field.stored)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Two resources are the same if they have the same table.
impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Other objects that an answer refers to.
#[derive(Debug)]
pub struct Relation {
    /// The name on the wire.
    pub name: &'static str,
    pub kind: RelationKind,
}

#[derive(Debug)]
pub enum RelationKind {
    /// The object whose id is in this column of the same row, as `[{"id": …}]`.
    Parent { column: &'static str },
    /// The objects whose `column` has the id of this one, as `[{"id": …}, …]`.
    Children { resource: ResourceName, column: &'static str },
    /// As `Children`, with at most one, shown as its id. Absent without one.
    OnlyChild { resource: ResourceName, column: &'static str },
}

impl Relation {
    pub(super) const fn parent<T>(name: &'static str, column: Field<T>) -> Self {
        Self { name, kind: RelationKind::Parent { column: column.name() } }
    }

    pub(super) const fn children<T>(
        name: &'static str,
        resource: ResourceName,
        column: Field<T>,
    ) -> Self {
        Self { name, kind: RelationKind::Children { resource, column: column.name() } }
    }

    pub(super) const fn only_child<T>(
        name: &'static str,
        resource: ResourceName,
        column: Field<T>,
    ) -> Self {
        Self { name, kind: RelationKind::OnlyChild { resource, column: column.name() } }
    }
}
