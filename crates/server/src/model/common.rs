//! Fields that several resources have.

use super::{DefaultValue, Field, Kind};
use openstack_types::{OperatingStatus, ProvisioningStatus};

pub const ID: Field<String> = Field::new("id", Kind::Uuid, DefaultValue::Null);
pub const NAME: Field<String> =
    Field::new("name", Kind::Text(255), DefaultValue::Text("")).create().update();
pub const DESCRIPTION: Field<String> =
    Field::new("description", Kind::Text(255), DefaultValue::Text("")).create().update();
pub const ADMIN_STATE_UP: Field<bool> =
    Field::new("admin_state_up", Kind::Bool, DefaultValue::Bool(true)).create().update();
pub const TAGS: Field<Vec<String>> =
    Field::new("tags", Kind::TextList, DefaultValue::EmptyList).create().update();
pub const PROVISIONING_STATUS: Field<ProvisioningStatus> =
    Field::new("provisioning_status", Kind::Text(16), DefaultValue::Null);
pub const OPERATING_STATUS: Field<OperatingStatus> =
    Field::new("operating_status", Kind::Text(16), DefaultValue::Null);
pub const CREATED_AT: Field<String> = Field::new("created_at", Kind::Text(32), DefaultValue::Null);
pub const UPDATED_AT: Field<Option<String>> =
    Field::new("updated_at", Kind::Text(32), DefaultValue::Null);
/// Only load balancers take it from the request; their parts belong to the same project.
pub const PROJECT_ID: Field<String> =
    Field::new("project_id", Kind::Text(36), DefaultValue::Null).create_standalone();
/// The older name of `project_id`.
pub const TENANT_ID: Field<Option<String>> =
    Field::new("tenant_id", Kind::Text(36), DefaultValue::Null)
        .create_standalone()
        .unstored()
        .hidden();
/// The load balancer that a part belongs to. Answers show it as `loadbalancers`.
pub const LOADBALANCER_ID: Field<String> =
    Field::new("loadbalancer_id", Kind::Uuid, DefaultValue::Null).hidden();

/// The versions that Octavia knows; the operator decides which listeners speak.
pub(super) const KNOWN_TLS_VERSIONS: Kind =
    Kind::SubsetOf(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]);
pub(super) const KNOWN_ALPN_PROTOCOLS: Kind = Kind::SubsetOf(&["h2", "http/1.1", "http/1.0"]);
pub(super) const PORT: Kind = Kind::Integer(1, 65535);
