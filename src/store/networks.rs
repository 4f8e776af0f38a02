//! The networks for VIPs. They rarely change, so they are read once and on refresh.

use super::order::{lower, sort};
use crate::client;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    NetworkId, SubnetId,
    error::ApiError,
    neutron::{Network, Subnet},
};

/// Networks and subnets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// By name.
    pub networks: Vec<Network>,
    pub subnets: Vec<Subnet>,
}

/// The state of reading them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not requested yet.
    #[default]
    Unread,
    /// A request is under way.
    Reading,
    /// Read.
    Read(Known),
    /// Why not.
    Failed(ApiError),
}

/// The networks; a handle.
#[derive(Clone, Copy)]
pub struct Networks {
    state: RwSignal<State>,
    epoch: StoredValue<u32>,
}

impl Networks {
    pub(super) fn new() -> Self {
        Self { state: RwSignal::default(), epoch: StoredValue::new(0) }
    }

    /// The state of reading them.
    pub fn state(self) -> State {
        self.state.get()
    }

    /// The networks; empty until they have been read.
    pub fn with<T>(self, work: impl FnOnce(&Known) -> T) -> Option<T> {
        self.state.with(|state| match state {
            State::Read(known) => Some(work(known)),
            _ => None,
        })
    }

    /// The name of a network, or its id.
    pub fn name(self, id: NetworkId) -> String {
        self.with(|known| known.name(id)).flatten().unwrap_or_else(|| id.to_string())
    }

    /// Name and range of a subnet, or its id.
    pub fn subnet_name(self, id: SubnetId) -> String {
        let name = self.with(|known| {
            let subnet = known.subnets.iter().find(|subnet| subnet.id == id)?;
            Some(match subnet.name.as_str() {
                "" => subnet.cidr.to_string(),
                name => format!("{name} ({})", subnet.cidr),
            })
        });
        name.flatten().unwrap_or_else(|| id.to_string())
    }

    /// The network of a subnet.
    pub fn network_of(self, id: SubnetId) -> Option<NetworkId> {
        self.with(|known| known.subnets.iter().find(|s| s.id == id).map(|s| s.network_id)).flatten()
    }

    /// Reads them unless they have been read, and again after each [`forget`](Self::forget) until
    /// the calling view is removed.
    pub fn ensure(self) {
        Effect::new(move |_| {
            if self.state.with(|state| *state == State::Unread) {
                self.read();
            }
        });
    }

    /// Reads them again.
    pub fn read(self) {
        self.state.set(State::Reading);
        let epoch = self.epoch.get_value();
        spawn_local(async move {
            let answer =
                futures::try_join!(client::neutron::networks(), client::neutron::subnets());
            if self.epoch.get_value() != epoch {
                return;
            }
            self.state.set(match answer {
                Ok((mut networks, subnets)) => {
                    let key = |network: &Network| (lower(&network.name), network.id);
                    sort(&mut networks, |a, b| key(a).cmp(&key(b)));
                    State::Read(Known { networks, subnets })
                }
                Err(error) => State::Failed(error),
            });
        });
    }

    /// Discards them, for another project.
    pub(super) fn forget(self) {
        self.epoch.update_value(|epoch| *epoch += 1);
        self.state.set(State::Unread);
    }
}

impl Known {
    fn name(&self, id: NetworkId) -> Option<String> {
        let network = self.networks.iter().find(|network| network.id == id)?;
        Some(network.name.clone()).filter(|name| !name.is_empty())
    }
}
