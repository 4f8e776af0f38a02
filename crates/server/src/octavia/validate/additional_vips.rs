//! The additional VIPs of load balancers.

use super::{
    invalid::{InvalidValue, not_a_list, not_allowed, unknown_attributes},
    text::{ip_address, uuid},
};
use crate::octavia::error::OctaviaError;
use serde_json::{Map, Value};

const FIELDS: [&str; 3] = ["subnet_id", "ip_address", "port_id"];

/// A list of objects with a subnet and maybe an address or a port.
pub(super) fn additional_vips(sent: &Value) -> Result<Value, InvalidValue> {
    let items = sent.as_array().ok_or_else(|| not_a_list(sent))?;
    items.iter().map(additional_vip).collect()
}

fn additional_vip(sent: &Value) -> Result<Value, InvalidValue> {
    let entries = sent.as_object().ok_or_else(|| not_allowed("Value should be an object"))?;
    let unknown: Vec<_> = entries.keys().filter(|name| !FIELDS.contains(&name.as_str())).collect();
    if !unknown.is_empty() {
        let argument = "load_balancer.loadbalancer.additional_vips";
        return Err(InvalidValue::Complete(unknown_attributes(argument, &unknown)));
    }
    let mut vip = Map::new();
    for name in FIELDS {
        let value = match (name, entries.get(name).filter(|value| !value.is_null())) {
            ("subnet_id", None) => {
                return Err(InvalidValue::Complete(OctaviaError::missing_field(name)));
            }
            (_, None) => continue,
            ("ip_address", Some(value)) => ip_address(value)?,
            (_, Some(value)) => uuid(value)?,
        };
        vip.insert(name.to_owned(), value);
    }
    Ok(Value::Object(vip))
}
