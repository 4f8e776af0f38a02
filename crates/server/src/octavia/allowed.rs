//! What a complete change must not do: send traffic in a circle, or check members too often.

use super::{change::Change, error::OctaviaError};
use crate::{
    address_policy::RefusedAddress,
    model::{
        HEALTH_MONITOR, ID, LISTENER, MEMBER, PROJECT_ID, Resource, Row,
        load_balancer::VIP_ADDRESS, member,
    },
    store::octavia::{
        checks,
        endpoints::{self, Hop},
    },
};
use std::net::SocketAddr;

impl Change<'_> {
    /// Notes a new part, for [`Self::require_allowed`].
    pub fn note_addition(&self, resource: &Resource, load_balancer: &Row) {
        if [&LISTENER, &MEMBER].contains(&resource) {
            self.additions.endpoints_of.replace(Some(load_balancer.clone()));
        }
        if [&HEALTH_MONITOR, &MEMBER].contains(&resource) {
            let project = load_balancer.get(PROJECT_ID).to_owned();
            self.additions.checks_of.replace(Some(project));
        }
    }

    /// Requires that the change, now that it is complete, may be made.
    ///
    /// # Errors
    /// 400 if the load balancer would send traffic to itself, 403 if members would be checked too often.
    pub fn require_allowed(&self) -> Result<(), OctaviaError> {
        if let Some(load_balancer) = self.additions.endpoints_of.take()
            && let [hop, ..] = &endpoints::hops_of_loops(self.tx, load_balancer.get(ID))?[..]
        {
            return Err(traffic_loop(&load_balancer, hop));
        }
        match self.additions.checks_of.take() {
            Some(project) => self.require_checks(&project),
            None => Ok(()),
        }
    }

    fn require_checks(&self, project: &str) -> Result<(), OctaviaError> {
        let limit = self.app.config.limits.health_checks_per_second;
        let wanted = checks::per_second(self.tx, project)?;
        if wanted <= f64::from(limit) {
            return Ok(());
        }
        Err(OctaviaError::quota(&format!(
            "Health checks a second (this project would make {}, and may make {limit}: use a longer \
             delay, or fewer members)",
            wanted.ceil()
        )))
    }
}

fn traffic_loop(load_balancer: &Row, hop: &Hop) -> OctaviaError {
    let vip = load_balancer.get(VIP_ADDRESS);
    let Hop { address, port, .. } = hop;
    let is_self =
        address.parse().ok().map(|ip: std::net::IpAddr| ip.to_canonical()) == vip.parse().ok();
    let target = address.parse().map(|ip| SocketAddr::new(ip, *port));
    match target {
        Ok(target) if is_self => {
            let refused = RefusedAddress::LoadBalancer { target };
            OctaviaError::field(
                member::ADDRESS.name(),
                address,
                format!("Value should be the address of a server: {refused}."),
            )
        }
        _ => OctaviaError::field(
            member::ADDRESS.name(),
            address,
            format!(
                "Value should be the address of a server: {address} on protocol_port {port} is a load \
                 balancer that sends traffic back to {vip}."
            ),
        ),
    }
}
