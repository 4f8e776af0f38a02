//! Which changes a running process can make by admin commands, so that no other process is needed. Pure.
//!
//! The next process of the same load balancer gets the same from its configuration.
//!
//! HAProxy can't add a server at run time whose cookie a client gets, that tracks another added server, or in a
//! backend with a static algorithm (`balance source`), where it doesn't change a weight either. It can lower a
//! connection limit only.
//!
//! Authorities and revocation lists need another process: a client whose certificate is no longer valid could
//! resume a TLS session with this one, which verifies no certificate.

mod command;

pub(crate) use command::RuntimeCommand;

use crate::{
    render::{
        InheritedFiles, Place, ServerName, backends, connection_limit, host_of_members,
        server_arguments,
    },
    server_ids::ServerIds,
    spec::{
        Balance, ListenerMode, ListenerSpec, LoadBalancerSpec, MemberSpec, MonitorKind,
        Persistence, PoolSpec,
    },
};
use openstack_types::PoolId;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RuntimeChange {
    pub(crate) commands: Vec<RuntimeCommand>,
    /// What restores the running state if a command fails. Those that do not apply fail.
    pub(crate) undo: Vec<RuntimeCommand>,
    pub(crate) added: Vec<ServerName>,
    /// They get no new connections, and can be deleted when they have none.
    pub(crate) removed: Vec<ServerName>,
}

/// How a process that runs `running` comes to run `wanted`. `None` if that needs another process. `ids` has the
/// members of both.
pub(crate) fn runtime_change(
    running: &LoadBalancerSpec,
    wanted: &LoadBalancerSpec,
    ids: &ServerIds,
    open_files: u64,
) -> Option<RuntimeChange> {
    let same_place = running.id == wanted.id && running.vips().eq(wanted.vips());
    let same_listeners = running.listeners.len() == wanted.listeners.len()
        && running
            .listeners
            .iter()
            .zip(&wanted.listeners)
            .all(|(old, new)| differs_little(old, new));
    let same_backends =
        backends(running).map(|(_, _, name)| name).eq(backends(wanted).map(|(_, _, name)| name));
    if !same_place || !same_listeners || !same_backends {
        return None;
    }
    let mut change = RuntimeChange::default();
    change.certificates(running, wanted)?;
    let mut seen = HashSet::new();
    let files = InheritedFiles::of(wanted);
    let places = places(wanted, &files);
    for ((_, old, _), (_, new, _)) in backends(running).zip(backends(wanted)) {
        if seen.insert(new.id) {
            let mut old_with_new_members = PoolSpec { members: new.members.clone(), ..old.clone() };
            if let (Some(old), Some(new)) = (&mut old_with_new_members.tls, &new.tls)
                && old.client_certificate.is_some() == new.client_certificate.is_some()
            {
                old.client_certificate = new.client_certificate.clone();
            }
            // The one line of a backend that depends on its members.
            let same_host = host_of_members(old) == host_of_members(new);
            if old_with_new_members != *new || !same_host {
                return None;
            }
            change.members(old, new, &places[&new.id], ids)?;
        }
    }
    // Last, since they are not undone.
    change.connection_limits(running, wanted, open_files)?;
    Some(change)
}

/// Whether only the certificates and the connection limit differ.
fn differs_little(old: &ListenerSpec, new: &ListenerSpec) -> bool {
    let mut old = old.clone();
    old.connection_limit = new.connection_limit;
    if let (ListenerMode::TerminatedHttps(old), ListenerMode::TerminatedHttps(new)) =
        (&mut old.mode, &new.mode)
        && old.sni_certificates.len() == new.sni_certificates.len()
    {
        old.default_certificate = new.default_certificate.clone();
        old.sni_certificates = new.sni_certificates.clone();
    }
    old == *new
}

/// Where the servers of each pool are. The first place of a pool runs the checks.
fn places<'a>(
    spec: &'a LoadBalancerSpec,
    files: &InheritedFiles<'_>,
) -> HashMap<PoolId, Vec<Place<'a>>> {
    let mut places = HashMap::<PoolId, Vec<Place<'_>>>::new();
    for (listener, pool, name) in backends(spec) {
        let of_pool = places.entry(pool.id).or_default();
        let primary = of_pool.first().map_or(name, |first| first.name);
        of_pool.push(Place { listener, name, primary, files: files.pool(pool.id) });
    }
    places
}

impl RuntimeChange {
    fn certificates(
        &mut self,
        running: &LoadBalancerSpec,
        wanted: &LoadBalancerSpec,
    ) -> Option<()> {
        let (running, wanted) = (InheritedFiles::of(running), InheritedFiles::of(wanted));
        for (&(_, old), &(fd, new)) in running.certificates().iter().zip(wanted.certificates()) {
            if old != new {
                self.commands.push(RuntimeCommand::set_certificate(fd, new)?);
                self.commands.push(RuntimeCommand::CommitCertificate { fd });
                self.undo.push(RuntimeCommand::set_certificate(fd, old)?);
                self.undo.push(RuntimeCommand::CommitCertificate { fd });
            }
        }
        Some(())
    }

    fn connection_limits(
        &mut self,
        running: &LoadBalancerSpec,
        wanted: &LoadBalancerSpec,
        open_files: u64,
    ) -> Option<()> {
        for (old, new) in running.listeners.iter().zip(&wanted.listeners) {
            if old.connection_limit != new.connection_limit {
                let before = connection_limit(running, old, open_files);
                let connections = connection_limit(wanted, new, open_files);
                // HAProxy 2.6 aborts when a limit is raised while connections wait for it.
                if connections > before {
                    return None;
                }
                let listener = new.id;
                self.commands.push(RuntimeCommand::SetConnectionLimit { listener, connections });
            }
        }
        Some(())
    }

    fn members(
        &mut self,
        old: &PoolSpec,
        new: &PoolSpec,
        places: &[Place<'_>],
        ids: &ServerIds,
    ) -> Option<()> {
        let is_static = new.balance == Balance::SourceIp;
        let order = |pool: &PoolSpec| pool.unique_members().map(|m| m.id).collect::<Vec<_>>();
        if is_static && order(old) != order(new) {
            return None;
        }
        let before: HashMap<_, _> =
            old.unique_members().map(|member| (member.id, member)).collect();
        for member in new.unique_members() {
            match before.get(&member.id) {
                Some(old) => self.changed_member(old, member, places, is_static)?,
                None => self.added_member(new, member, places, ids)?,
            }
        }
        let after: HashSet<_> = new.members.iter().map(|member| member.id).collect();
        for member in old.unique_members().filter(|member| !after.contains(&member.id)) {
            for place in places {
                let server = ServerName { backend: place.name, member: member.id };
                self.set_state(server, member.enabled, false);
                self.removed.push(server);
            }
        }
        Some(())
    }

    fn changed_member(
        &mut self,
        old: &MemberSpec,
        new: &MemberSpec,
        places: &[Place<'_>],
        is_static: bool,
    ) -> Option<()> {
        let same_server = MemberSpec { weight: new.weight, enabled: new.enabled, ..old.clone() };
        if same_server != *new || (old.weight != new.weight && is_static) {
            return None;
        }
        for place in places {
            let server = ServerName { backend: place.name, member: new.id };
            if old.weight != new.weight {
                let set = |weight| RuntimeCommand::SetWeight { server, weight };
                self.commands.push(set(new.weight));
                self.undo.push(set(old.weight));
            }
            if old.enabled != new.enabled {
                self.set_state(server, old.enabled, new.enabled);
            }
        }
        Some(())
    }

    fn added_member(
        &mut self,
        pool: &PoolSpec,
        member: &MemberSpec,
        places: &[Place<'_>],
        ids: &ServerIds,
    ) -> Option<()> {
        let is_checked = pool.monitor.as_ref().is_some_and(|m| m.kind != MonitorKind::Ping);
        let has_cookie = pool.persistence == Some(Persistence::HttpCookie)
            && places.iter().any(|place| place.listener.mode.is_http());
        let can_add = pool.balance != Balance::SourceIp
            && !has_cookie
            && !(is_checked && places.len() > 1)
            && ids.get(member.id).is_some();
        if !can_add {
            return None;
        }
        for place in places {
            let server = ServerName { backend: place.name, member: member.id };
            let arguments = server_arguments(pool, member, *place, ids);
            self.commands.push(RuntimeCommand::AddServer { server, arguments });
            if is_checked {
                self.commands.push(RuntimeCommand::EnableHealthCheck { server });
            }
            // A server that was added is in maintenance.
            if member.enabled {
                self.set_state(server, false, true);
            }
            self.added.push(server);
        }
        Some(())
    }

    fn set_state(&mut self, server: ServerName, before: bool, ready: bool) {
        self.commands.push(RuntimeCommand::SetState { server, ready });
        self.undo.push(RuntimeCommand::SetState { server, ready: before });
    }
}

#[cfg(test)]
mod tests;
