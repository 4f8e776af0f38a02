//! A list of objects that can be asked by id, by load balancer, and page by page.

use super::super::object::Object;
use openstack_types::LoadBalancerId;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// What a change of a table consists of.
#[derive(Debug, Default)]
pub(in super::super) struct Difference {
    pub(in super::super) created: Vec<Arc<Object>>,
    pub(in super::super) deleted: Vec<Arc<Object>>,
    /// More than a status has changed.
    pub(in super::super) changed: Vec<Arc<Object>>,
    /// Statuses and time alone have changed.
    pub(in super::super) status: Vec<Arc<Object>>,
}

#[derive(Default)]
pub(in super::super) struct Table {
    /// The order of the cloud's list.
    order: Vec<Uuid>,
    rows: HashMap<Uuid, Arc<Object>>,
    of_balancer: HashMap<LoadBalancerId, Vec<Uuid>>,
    /// The load balancer of an object and of each part of it.
    owners: HashMap<Uuid, LoadBalancerId>,
}

impl Table {
    pub(in super::super) fn get(&self, id: Uuid) -> Option<&Arc<Object>> {
        self.rows.get(&id)
    }

    pub(in super::super) fn iter(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.order.iter().filter_map(|id| self.rows.get(id))
    }

    /// Those of a load balancer.
    pub(in super::super) fn of(
        &self,
        balancer: LoadBalancerId,
    ) -> impl Iterator<Item = &Arc<Object>> {
        let ids = self.of_balancer.get(&balancer).into_iter().flatten();
        ids.filter_map(|id| self.rows.get(id))
    }

    /// The load balancer of an object of this table, or of a part of one.
    pub(in super::super) fn owner(&self, id: Uuid) -> Option<LoadBalancerId> {
        self.owners.get(&id).copied()
    }

    /// The objects after `marker`, and whether there are more. `None`: there is no such object.
    pub(in super::super) fn page(
        &self,
        marker: Option<Uuid>,
        limit: usize,
    ) -> Option<(Vec<&Arc<Object>>, bool)> {
        let start = match marker {
            None => 0,
            Some(marker) => self.order.iter().position(|id| *id == marker)? + 1,
        };
        let rest = &self.order[start..];
        let page = rest.iter().take(limit).filter_map(|id| self.rows.get(id)).collect();
        Some((page, rest.len() > limit))
    }

    /// Takes a complete list.
    pub(in super::super) fn replace_all(&mut self, objects: Vec<Object>) -> Difference {
        let mut difference = Difference::default();
        let ids: HashSet<Uuid> = objects.iter().map(|object| object.id).collect();
        let gone: Vec<Uuid> = self.order.iter().copied().filter(|id| !ids.contains(id)).collect();
        difference.deleted = gone.into_iter().filter_map(|id| self.remove_row(id)).collect();
        let mut seen = HashSet::new();
        self.order = objects.iter().map(|object| object.id).filter(|id| seen.insert(*id)).collect();
        for object in objects {
            self.put_row(object, &mut difference);
        }
        difference
    }

    /// Takes the complete list of one load balancer.
    pub(in super::super) fn replace_of(
        &mut self,
        balancer: LoadBalancerId,
        objects: Vec<Object>,
    ) -> Difference {
        let mut difference = Difference::default();
        let ids: HashSet<Uuid> = objects.iter().map(|object| object.id).collect();
        let known = self.of_balancer.get(&balancer).cloned().unwrap_or_default();
        let gone = known.into_iter().filter(|id| !ids.contains(id));
        difference.deleted = gone.filter_map(|id| self.remove(id)).collect();
        for object in objects {
            self.put(object, &mut difference);
        }
        difference
    }

    /// Takes some objects, whatever else there is. New ones come first, as in a list of the newest.
    pub(in super::super) fn put(&mut self, object: Object, difference: &mut Difference) {
        let id = object.id;
        if self.put_row(object, difference) {
            self.order.insert(0, id);
        }
    }

    /// Whether the object is new.
    fn put_row(&mut self, object: Object, difference: &mut Difference) -> bool {
        let former = self.rows.get(&object.id).cloned();
        match former {
            Some(former) if former.json == object.json => false,
            Some(former) => {
                let status_alone = object.differs_in_status_alone(&former);
                self.unlink(&former);
                let object = Arc::new(object);
                self.link(&object);
                let list =
                    if status_alone { &mut difference.status } else { &mut difference.changed };
                list.push(object);
                false
            }
            None => {
                let object = Arc::new(object);
                self.link(&object);
                difference.created.push(object);
                true
            }
        }
    }

    pub(in super::super) fn remove(&mut self, id: Uuid) -> Option<Arc<Object>> {
        let object = self.remove_row(id)?;
        self.order.retain(|other| *other != id);
        Some(object)
    }

    fn remove_row(&mut self, id: Uuid) -> Option<Arc<Object>> {
        let object = self.rows.remove(&id)?;
        self.unlink(&object);
        Some(object)
    }

    fn link(&mut self, object: &Arc<Object>) {
        for balancer in &object.balancers {
            self.of_balancer.entry(*balancer).or_default().push(object.id);
        }
        if let Some(balancer) = object.balancers.first() {
            for id in [object.id].iter().chain(&object.parts).chain(&object.members) {
                self.owners.insert(*id, *balancer);
            }
        }
        self.rows.insert(object.id, object.clone());
    }

    fn unlink(&mut self, object: &Object) {
        for balancer in &object.balancers {
            if let Some(ids) = self.of_balancer.get_mut(balancer) {
                ids.retain(|id| *id != object.id);
                if ids.is_empty() {
                    self.of_balancer.remove(balancer);
                }
            }
        }
        for id in [object.id].iter().chain(&object.parts).chain(&object.members) {
            self.owners.remove(id);
        }
    }
}
