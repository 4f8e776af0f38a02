//! Objects of Octavia as the cloud wrote them, with the few fields that the portal compares.

use openstack_types::{LoadBalancerId, OperatingStatus, ProvisioningStatus};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// A load balancer, listener, pool or member. Fields that its kind doesn't have are empty.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) id: Uuid,
    pub(super) provisioning: ProvisioningStatus,
    pub(super) operating: OperatingStatus,
    pub(super) updated_at: Option<Box<str>>,
    /// The load balancers of a listener or pool.
    pub(super) balancers: Vec<LoadBalancerId>,
    /// The members of a pool.
    pub(super) members: Vec<Uuid>,
    /// Other objects below it that have ids of their own: health monitor, L7 policies.
    pub(super) parts: Vec<Uuid>,
    /// As the cloud wrote it.
    pub(super) json: Arc<str>,
}

#[derive(Deserialize)]
struct Fields {
    id: Uuid,
    #[serde(default = "no_provisioning")]
    provisioning_status: ProvisioningStatus,
    #[serde(default = "no_operating")]
    operating_status: OperatingStatus,
    #[serde(default)]
    updated_at: Option<Box<str>>,
    #[serde(default)]
    loadbalancers: Vec<Reference>,
    #[serde(default)]
    members: Vec<Reference>,
    #[serde(default)]
    l7policies: Vec<Reference>,
    #[serde(default)]
    healthmonitor_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct Reference {
    id: Uuid,
}

fn no_provisioning() -> ProvisioningStatus {
    ProvisioningStatus::Unknown(String::new())
}

fn no_operating() -> OperatingStatus {
    OperatingStatus::Unknown(String::new())
}

/// The fields that change without a change of the configuration.
const STATUS_FIELDS: [&str; 3] = ["provisioning_status", "operating_status", "updated_at"];

impl Object {
    /// `None` for text that is no object with a UUID.
    pub(super) fn parse(json: &str) -> Option<Self> {
        let fields: Fields = serde_json::from_str(json).ok()?;
        let ids = |of: &[Reference]| of.iter().map(|one| one.id).collect::<Vec<_>>();
        let mut parts = ids(&fields.l7policies);
        parts.extend(fields.healthmonitor_id);
        Some(Self {
            id: fields.id,
            provisioning: fields.provisioning_status,
            operating: fields.operating_status,
            updated_at: fields.updated_at,
            balancers: fields.loadbalancers.iter().map(|one| LoadBalancerId(one.id)).collect(),
            members: ids(&fields.members),
            parts,
            json: json.into(),
        })
    }

    pub(super) fn has_status_of(&self, other: &Self) -> bool {
        self.provisioning == other.provisioning
            && self.operating == other.operating
            && self.updated_at == other.updated_at
    }

    /// Whether it differs from another state of the same object by statuses and time alone.
    pub(super) fn differs_in_status_alone(&self, other: &Self) -> bool {
        let configuration = |object: &Self| {
            let mut value: Value = serde_json::from_str(&object.json).ok()?;
            let fields = value.as_object_mut()?;
            for name in STATUS_FIELDS {
                fields.shift_remove(name);
            }
            Some(value)
        };
        configuration(self).is_some_and(|one| Some(one) == configuration(other))
    }

    /// The same object with the statuses of a row that has few fields.
    pub(super) fn with_status_of(&self, row: &Self) -> Self {
        let mut changed = self.clone();
        let Ok(mut value) = serde_json::from_str::<Value>(&self.json) else { return changed };
        let text = |text: &str| Value::String(text.to_owned());
        value["provisioning_status"] = text(row.provisioning.as_str());
        value["operating_status"] = text(row.operating.as_str());
        value["updated_at"] = row.updated_at.as_deref().map_or(Value::Null, text);
        changed.provisioning = row.provisioning.clone();
        changed.operating = row.operating.clone();
        changed.updated_at.clone_from(&row.updated_at);
        changed.json = value.to_string().into();
        changed
    }
}

/// A page of a list.
pub(super) struct Page {
    /// Without those that can't be read.
    pub(super) objects: Vec<Object>,
    /// The id of the last object, where there may be more after it.
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    rel: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

impl Page {
    /// Reads the list under `key`. `None`: it has no such list.
    pub(super) fn parse(body: &[u8], key: &str) -> Option<Self> {
        let fields: HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
        let listed: Vec<&RawValue> = serde_json::from_str(fields.get(key)?.get()).ok()?;
        let links = fields.get(&format!("{key}_links"));
        let links: Vec<Link> =
            links.and_then(|links| serde_json::from_str(links.get()).ok()).unwrap_or_default();
        let has_next = links.iter().any(|link| link.rel == "next");
        let last = listed.last().and_then(|last| serde_json::from_str::<Id>(last.get()).ok());
        let objects = listed.iter().filter_map(|one| Object::parse(one.get())).collect();
        Some(Self { objects, next: last.filter(|_| has_next).map(|last| last.id) })
    }
}

/// The object under `key`.
pub(super) fn single(body: &[u8], key: &str) -> Option<Object> {
    let fields: HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    Object::parse(fields.get(key)?.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11";

    #[test]
    fn an_object_is_kept_as_it_was_written() {
        let json = format!(r#"{{"id": "{ID}", "new_field": [1.50, "\u00e9"], "name": "a"}}"#);
        let object = Object::parse(&json).unwrap();
        assert_eq!(&*object.json, json);
        let row = format!(
            r#"{{"id": "{ID}", "provisioning_status": "PENDING_UPDATE", "operating_status": "NEW_WORD",
                "updated_at": "2026-01-01T00:00:00"}}"#
        );
        let row = Object::parse(&row).unwrap();
        let changed = object.with_status_of(&row);
        assert!(changed.has_status_of(&row) && changed.differs_in_status_alone(&object));
        let value: Value = serde_json::from_str(&changed.json).unwrap();
        assert_eq!(value["operating_status"], "NEW_WORD");
        assert_eq!(value["new_field"][0], 1.5);
        let renamed = Object::parse(&json.replace("\"a\"", "\"b\"")).unwrap();
        assert!(!renamed.differs_in_status_alone(&object));
    }

    #[test]
    fn a_page_names_the_object_after_which_there_is_more() {
        let body =
            |links: &str| format!(r#"{{"pools": [{{"id": "{ID}"}}], "pools_links": {links}}}"#);
        let next = |links: &str| Page::parse(body(links).as_bytes(), "pools").unwrap().next;
        assert_eq!(next(r#"[{"rel": "previous", "href": "x"}]"#), None);
        assert_eq!(next(r#"[{"rel": "next", "href": "x"}]"#).as_deref(), Some(ID));
        assert!(Page::parse(b"<html>", "pools").is_none());
        assert!(Page::parse(br#"{"networks": []}"#, "pools").is_none());
        let odd = Page::parse(br#"{"pools": [{"id": 1}, 2]}"#, "pools").unwrap();
        assert!(odd.objects.is_empty());
    }
}
