//! Terraform resources of the provider `terraform-provider-openstack/openstack`.

use super::{
    hcl::{self, Block, Expression},
    outcome::{Format, ImportError, Imported, Reason, Unmapped, excerpt},
    request_graph,
};
use serde_json::{Map, Value, json};

/// The most resources that are read.
const RESOURCES_MAX: usize = 2000;

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let mut reader = Reader { lines: text.lines().collect(), unmapped: Vec::new() };
    let mut resources = Vec::new();
    for block in hcl::parse(text)? {
        match block.words.as_slice() {
            [kind, resource, label] if kind == "resource" => {
                let (resource, label) = (resource.clone(), label.clone());
                resources.push(reader.resource(resource, label, block));
            }
            [kind, ..] if kind == "terraform" || kind == "provider" => {}
            _ => reader.report(block.line, Reason::Unknown),
        }
    }
    if resources.len() > RESOURCES_MAX {
        return Err(ImportError::TooManyParts { max: RESOURCES_MAX });
    }
    let request = reader.request(&mut resources)?;
    let (draft, problems) = request_graph::draft(request);
    for problem in problems {
        let at = text.lines().position(|line| line.trim_start().starts_with(&problem.name));
        reader.report(at.map_or(0, |at| at + 1), problem.reason);
    }
    let comments = text.lines().enumerate();
    for (index, _) in comments.filter(|(_, line)| line.contains("# The provider cannot set:")) {
        reader.report(index + 1, Reason::Unknown);
    }
    reader.unmapped.sort_by_key(|one| one.line);
    Ok(Imported { format: Format::Terraform, draft, unmapped: reader.unmapped })
}

/// A resource as the object of a request.
struct Resource {
    kind: String,
    label: String,
    line: usize,
    body: Value,
    /// The resources that it refers to, by the argument.
    references: Vec<(String, String)>,
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    unmapped: Vec<Unmapped>,
}

/// Arguments that the API calls otherwise.
const RENAMED: [(&str, &str); 4] = [
    ("lb_method", "lb_algorithm"),
    ("loadbalancer_provider", "provider"),
    ("security_group_ids", "vip_sg_ids"),
    ("persistence", "session_persistence"),
];

/// Arguments that refer to other resources.
const REFERENCES: [&str; 6] = [
    "loadbalancer_id",
    "pool_id",
    "listener_id",
    "l7policy_id",
    "default_pool_id",
    "redirect_pool_id",
];

impl Reader<'_> {
    fn report(&mut self, line: usize, reason: Reason) {
        let text = self.lines.get(line.wrapping_sub(1)).map(|line| excerpt(line));
        self.unmapped.push(Unmapped { line, text: text.unwrap_or_default(), reason });
    }

    fn resource(&mut self, kind: String, label: String, block: Block) -> Resource {
        let line = block.line;
        let mut references = Vec::new();
        let body = self.object(block, &mut references);
        Resource { kind, label, line, body, references }
    }

    fn object(&mut self, block: Block, references: &mut Vec<(String, String)>) -> Value {
        let mut fields = Map::new();
        let renamed = |name: String| {
            let api = RENAMED.iter().find(|(terraform, _)| *terraform == name);
            api.map_or(name, |(_, api)| (*api).to_owned())
        };
        for attribute in block.attributes {
            match attribute.value {
                Expression::Value(Value::String(text)) if attribute.name == "http_version" => {
                    fields.insert(
                        attribute.name,
                        text.parse::<f64>().map_or(text.into(), Value::from),
                    );
                }
                Expression::Value(value) => {
                    fields.insert(renamed(attribute.name), value);
                }
                Expression::Reference(words) if REFERENCES.contains(&attribute.name.as_str()) => {
                    references.push((attribute.name, words.join(".")));
                }
                _ => self.report(attribute.line, Reason::Expression),
            }
        }
        for inner in block.blocks {
            let name = renamed(inner.words.first().cloned().unwrap_or_default());
            let object = self.object(inner, references);
            if name == "member" {
                let members = fields.entry("members").or_insert_with(|| json!([]));
                if let Value::Array(members) = members {
                    members.push(object);
                }
            } else {
                fields.insert(name, object);
            }
        }
        Value::Object(fields)
    }

    /// The request that creates all resources.
    fn request(&mut self, resources: &mut [Resource]) -> Result<Value, ImportError> {
        let of = |kind: &str| format!("openstack_lb_{kind}_v2");
        for (child, parent, argument, list) in [
            ("member", "pool", "pool_id", "members"),
            ("members", "pool", "pool_id", "members"),
            ("monitor", "pool", "pool_id", "healthmonitor"),
            ("l7rule", "l7policy", "l7policy_id", "rules"),
        ] {
            self.nest(resources, (&of(child), &of(parent)), argument, list);
        }
        resources.sort_by_key(|one| one.body["position"].as_i64().unwrap_or(i64::MAX));
        self.nest(resources, (&of("l7policy"), &of("listener")), "listener_id", "l7policies");
        resources.sort_by_key(|one| one.line);
        let found = resources.iter().find(|one| one.kind == of("loadbalancer"));
        let mut request = found.ok_or(ImportError::Nothing)?.body.clone();
        let bodies = |kind: String| -> Value {
            resources.iter().filter(|one| one.kind == kind).map(|one| one.body.clone()).collect()
        };
        request["pools"] = bodies(of("pool"));
        request["listeners"] = bodies(of("listener"));
        let known = ["loadbalancer", "pool", "listener", "member", "members", "monitor", "l7rule"];
        let other: Vec<usize> = resources
            .iter()
            .filter(|one| !known.iter().any(|kind| one.kind == of(kind)))
            .filter(|one| one.kind != of("l7policy"))
            .map(|one| one.line)
            .collect();
        other.into_iter().for_each(|line| self.report(line, Reason::Unknown));
        Ok(request)
    }

    /// Puts resources into those that they refer to, and replaces references to pools by names.
    fn nest(
        &mut self,
        resources: &mut [Resource],
        (child, parent): (&str, &str),
        argument: &str,
        list: &str,
    ) {
        for index in 0..resources.len() {
            if resources[index].kind != child {
                continue;
            }
            let target = |name: &str| {
                let found =
                    resources[index].references.iter().find(|(argument, _)| argument == name);
                found.map(|(_, target)| target.clone())
            };
            let owner = target(argument).unwrap_or_default();
            let mut body = resources[index].body.clone();
            if let Some(pool) = target("redirect_pool_id") {
                body["redirect_pool"] = json!({ "name": name_of(resources, &pool) });
            }
            let at = resources.iter().position(|one| {
                one.kind == parent && owner == format!("{parent}.{}.id", one.label)
            });
            let Some(at) = at else {
                let name = owner.clone();
                self.report(resources[index].line, Reason::Missing { name });
                continue;
            };
            let parent = &mut resources[at].body;
            match (list, body) {
                ("healthmonitor", body) => parent[list] = body,
                (_, Value::Object(mut fields)) if fields.contains_key("members") => {
                    parent[list] = fields.remove("members").unwrap_or_default();
                }
                (_, body) => match parent.get_mut(list) {
                    Some(Value::Array(bodies)) => bodies.push(body),
                    _ => parent[list] = json!([body]),
                },
            }
        }
        if list == "l7policies" {
            for index in 0..resources.len() {
                let references = &resources[index].references;
                let pool = references.iter().find(|(argument, _)| argument == "default_pool_id");
                if let Some(name) = pool.map(|(_, pool)| name_of(resources, pool)) {
                    resources[index].body["default_pool"] = json!({ "name": name });
                }
            }
        }
    }
}

/// The name of the pool that a reference leads to.
fn name_of(resources: &[Resource], reference: &str) -> Value {
    let found = resources.iter().find(|one| reference == format!("{}.{}.id", one.kind, one.label));
    found.map_or_else(|| reference.into(), |pool| pool.body["name"].clone())
}
