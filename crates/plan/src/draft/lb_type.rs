//! Changing the type of a load balancer in the form.

use super::{Draft, Parked, RowKey, default_health_check, persistence_kinds, pool_protocols};
use openstack_types::{octavia::SessionPersistenceType, rules::LbType};

impl Draft {
    /// Changes the type. Each type has listeners, health checks, and session persistence of its own, so
    /// that changing it back restores everything.
    pub fn set_lb_type(&mut self, lb_type: LbType) {
        if self.lb_type == lb_type {
            return;
        }
        let old_check = default_health_check(self.lb_type);
        self.lb_type = lb_type;
        let had_listeners = !self.listeners.is_empty();
        let parked = std::mem::replace(
            &mut self.parked,
            Parked {
                listeners: Some(std::mem::take(&mut self.listeners)),
                health: self.groups.iter().map(|g| (g.key, g.health.kind.clone())).collect(),
                persistence: self
                    .groups
                    .iter()
                    .map(|g| (g.key, g.persistence.kind.clone()))
                    .collect(),
            },
        );
        match parked.listeners {
            Some(listeners) => self.listeners = listeners,
            None if had_listeners => drop(self.add_listener()),
            None => {}
        }
        let of_group = |key: RowKey| move |(of, _): &&(RowKey, _)| *of == key;
        for group in &mut self.groups {
            group.protocol = pool_protocols(lb_type)[0].clone();
            match parked.health.iter().find(of_group(group.key)) {
                Some((_, kind)) => group.health.kind.clone_from(kind),
                None if group.health.kind.as_ref() == Some(&old_check) => {
                    group.health.kind = Some(default_health_check(lb_type));
                }
                None => {}
            }
            let kinds = persistence_kinds(lb_type);
            let is_possible = |kind: &SessionPersistenceType| kinds.contains(kind);
            match parked.persistence.iter().find(|(of, _)| *of == group.key) {
                Some((_, kind)) => group.persistence.kind.clone_from(kind),
                None => group.persistence.kind = group.persistence.kind.take().filter(is_possible),
            }
        }
        // A group that was removed meanwhile serves no listener.
        let groups: Vec<RowKey> = self.groups.iter().map(|group| group.key).collect();
        for listener in &mut self.listeners {
            let group = listener.group.filter(|group| groups.contains(group));
            listener.group = group.or(groups.first().copied());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::octavia::{HealthMonitorType, ListenerProtocol};

    #[test]
    fn changing_the_type_to_and_fro_restores_listeners_and_checks() {
        let mut draft = Draft::default();
        let second = draft.add_listener();
        let listener = draft.listener_mut(second).unwrap();
        assert_eq!(listener.protocol, ListenerProtocol::TerminatedHttps);
        assert_eq!(listener.port, "443");
        listener.certificate = Some("a secret".into());
        draft.groups[0].persistence.kind = Some(SessionPersistenceType::HttpCookie);
        let before = draft.clone();
        draft.set_lb_type(LbType::Network);
        let protocols: Vec<_> = draft.listeners.iter().map(|l| l.protocol.clone()).collect();
        assert_eq!(protocols, [ListenerProtocol::Tcp]);
        assert_eq!(draft.groups[0].health.kind, Some(HealthMonitorType::Tcp));
        assert_eq!(draft.groups[0].persistence.kind, None);
        draft.listeners[0].port = "5432".into();
        draft.set_lb_type(LbType::Application);
        assert_eq!(draft.listeners, before.listeners);
        assert_eq!(draft.groups, before.groups);
        draft.set_lb_type(LbType::Network);
        assert_eq!(draft.listeners[0].port, "5432");
    }
}
