//! From a draft to the one request that creates it. The check is the same pass, so that what has no
//! findings always converts.

mod parts;

pub use parts::seconds;
pub(crate) use parts::{
    CheckedOptions, allowed_cidrs, health, listeners, persistence, servers, timeouts,
};

use crate::{Draft, FieldPath, GroupDraft, ListenerDraft, RowKey, Scope, draft::METHODS};
use openstack_types::{
    field::{self, FieldError, NAME_MAX},
    octavia::{
        CreateHealthMonitor, CreateListener, CreateLoadBalancer, CreateMember, CreatePool,
        ListenerProtocol, PoolByName, PoolProtocol, SessionPersistence,
    },
    rules::LbType,
};
use std::collections::{BTreeSet, HashMap};

/// What is wrong, and where.
pub type Finding = (FieldPath, FieldError);

/// What stands in the way of creating a draft, in the order of the form.
pub fn check(draft: &Draft) -> Vec<Finding> {
    to_request(draft).err().unwrap_or_default()
}

/// The request that creates a draft.
///
/// An Application load balancer gets one pool a server group, shared by its listeners; a Network one
/// gets a pool for each listener, with the same servers. Without listeners a tag tells the type.
///
/// # Errors
/// Everything that is wrong, in the order of the form.
pub fn to_request(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    request(draft, |_| true)
}

/// The request that creates the like of a load balancer that is there: what its service has taken is
/// not judged, as a health check that may take as long as its delay.
///
/// # Errors
/// Everything that the request cannot hold, in the order of the form.
pub fn to_request_like(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    request(draft, |error| *error != FieldError::TimeoutNotBelowDelay)
}

fn request(
    draft: &Draft,
    counts: fn(&FieldError) -> bool,
) -> Result<CreateLoadBalancer, Vec<Finding>> {
    let mut findings = Findings::default();
    let name = findings.take(FieldPath::Name, field::required_name(&draft.name));
    let description = draft.description.trim();
    findings.take(FieldPath::Description, field::at_most(description, NAME_MAX));
    let listeners = listeners(draft, &mut findings);
    for group in &draft.groups {
        if !METHODS.contains(&group.method) {
            findings.add(FieldPath::Method { group: group.key }, FieldError::NotChosen);
        }
    }
    if draft.network.is_none() && draft.subnet.is_none() {
        findings.add(FieldPath::Network, FieldError::NotChosen);
    }
    let vip_address = (!draft.vip_address.trim().is_empty())
        .then(|| findings.take(FieldPath::VipAddress, field::server_address(&draft.vip_address)));
    let members: Vec<Vec<CreateMember>> =
        draft.groups.iter().map(|group| servers(group, &mut findings)).collect();
    let monitors: Vec<Option<CreateHealthMonitor>> =
        draft.groups.iter().map(|group| health(group.key, &group.health, &mut findings)).collect();
    let kept: Vec<Option<SessionPersistence>> = draft
        .groups
        .iter()
        .map(|group| persistence(draft.kind, group.key, &group.persistence, &mut findings))
        .collect();
    let options: HashMap<Scope, CheckedOptions> = {
        // In the order of the form: every list of CIDRs, then every timeout.
        let scopes = draft.scopes();
        let of = |scope| draft.options_of(scope).map(|options| (scope, options));
        let cidrs: Vec<_> = scopes
            .iter()
            .filter_map(|scope| of(*scope))
            .map(|(scope, options)| allowed_cidrs(scope, options, &mut findings))
            .collect();
        scopes
            .iter()
            .filter_map(|scope| of(*scope))
            .zip(cidrs)
            .map(|((scope, options), cidrs)| {
                (scope, timeouts(scope, options, cidrs, &mut findings))
            })
            .collect()
    };
    findings.0.retain(|(_, error)| counts(error));
    if !findings.0.is_empty() {
        return Err(findings.0);
    }

    let mut names = Names::new(name.unwrap_or_default());
    let mut pools = Vec::new();
    let mut pool_of: HashMap<RowKey, String> = HashMap::new();
    let groups = draft.groups.iter().zip(members).zip(monitors).zip(kept);
    for (((group, members), healthmonitor), session_persistence) in groups {
        let users: Vec<&ListenerDraft> =
            draft.listeners.iter().filter(|listener| listener.group == Some(group.key)).collect();
        let pool = |name: String| CreatePool {
            name,
            description: text(&group.description),
            protocol: pool_protocol(draft.kind),
            lb_algorithm: group.method.clone(),
            session_persistence: session_persistence.clone(),
            tags: group.tags.clone(),
            members: members.clone(),
            healthmonitor: healthmonitor.clone(),
        };
        let own_pools = draft.kind == LbType::Network && !users.is_empty();
        if own_pools {
            for listener in &users {
                let port = listener.port.trim();
                let port = (users.len() > 1 || group.name.is_empty()).then_some(port);
                let name = names.pool(&group.name, port);
                pool_of.insert(listener.key, name.clone());
                pools.push(pool(name));
            }
        } else if !users.is_empty() || is_filled(group) {
            let name = names.pool(&group.name, None);
            pool_of.extend(users.iter().map(|listener| (listener.key, name.clone())));
            pools.push(pool(name));
        }
    }
    let listeners: Vec<CreateListener> = draft
        .listeners
        .iter()
        .zip(listeners)
        .map(|(typed, mut listener)| {
            let scope = match typed.own {
                Some(_) => Scope::Listener(typed.key),
                None => Scope::Every,
            };
            if let Some(options) = options.get(&scope) {
                listener.allowed_cidrs = options.allowed_cidrs.clone();
                listener.timeout_client_data = options.client_data;
                listener.timeout_member_connect = options.member_connect;
                listener.timeout_member_data = options.member_data;
            }
            listener.default_pool =
                pool_of.get(&typed.key).cloned().map(|name| PoolByName { name });
            listener
        })
        .collect();
    let of_the_type = listeners.is_empty().then(|| draft.kind.tag().to_owned());
    Ok(CreateLoadBalancer {
        name: names.of.to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        vip_subnet_id: draft.subnet,
        vip_network_id: if draft.subnet.is_some() { None } else { draft.network },
        vip_address: vip_address.flatten().map(|ip| ip.to_string()),
        tags: draft.tags.iter().cloned().chain(of_the_type).collect(),
        listeners,
        pools,
    })
}

/// A text that is carried; nothing is asked for with an empty one.
pub(crate) fn text(carried: &str) -> Option<String> {
    (!carried.is_empty()).then(|| carried.to_owned())
}

/// What a pool of a type speaks to its servers.
pub(crate) fn pool_protocol(kind: LbType) -> PoolProtocol {
    match kind {
        LbType::Application => PoolProtocol::Http,
        LbType::Network => PoolProtocol::Tcp,
    }
}

/// The name that a listener gets without one of its own: `http-80`.
pub(crate) fn listener_name(protocol: &ListenerProtocol, port: u16) -> String {
    format!("{}-{port}", protocol.as_str().to_ascii_lowercase().replace('_', "-"))
}

/// What generated pool names begin with.
pub(crate) fn pool_name_stem(loadbalancer: &str) -> String {
    const TAIL: usize = "-servers-65535-999".len();
    let kept: String = loadbalancer.chars().take(NAME_MAX - TAIL).collect();
    format!("{kept}-servers")
}

/// Whether somebody put anything into a group that no listener uses.
pub(crate) fn is_filled(group: &GroupDraft) -> bool {
    let said = |text: &str| !text.trim().is_empty();
    !group.servers.is_empty()
        || group.health.kind.is_some()
        || group.persistence.kind.is_some()
        || said(&group.name)
        || said(&group.description)
        || !group.tags.is_empty()
}

#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, path: FieldPath, error: FieldError) {
        self.0.push((path, error));
    }

    pub(crate) fn take<T>(&mut self, path: FieldPath, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|error| self.add(path, error)).ok()
    }
}

/// Makes pool names, each once.
struct Names<'a> {
    of: &'a str,
    stem: String,
    taken: BTreeSet<String>,
}

impl<'a> Names<'a> {
    fn new(of: &'a str) -> Self {
        Self { of, stem: pool_name_stem(of), taken: BTreeSet::new() }
    }

    fn pool(&mut self, given: &str, port: Option<&str>) -> String {
        let stem: &str = if given.is_empty() { &self.stem } else { given };
        let wanted = match port {
            Some(port) => format!("{stem}-{port}"),
            None => stem.to_owned(),
        };
        let numbered = (2_u32..).map(|n| format!("{wanted}-{n}"));
        let name =
            std::iter::once(wanted.clone()).chain(numbered).find(|n| !self.taken.contains(n));
        let name = name.unwrap_or(wanted);
        self.taken.insert(name.clone());
        name
    }
}
