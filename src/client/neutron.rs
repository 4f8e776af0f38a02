//! Neutron v2.0: networks and subnets for VIPs.

use super::{Result, request::get};
use openstack_types::neutron::{Network, Subnet};
use serde::Deserialize;

const ROOT: &str = "/networking/v2.0";

#[derive(Deserialize)]
struct Networks {
    networks: Vec<Network>,
}

/// Every network the project may use.
pub async fn networks() -> Result<Vec<Network>> {
    get::<Networks>(&format!("{ROOT}/networks")).await.map(|answer| answer.networks)
}

#[derive(Deserialize)]
struct Subnets {
    subnets: Vec<Subnet>,
}

/// Every subnet the project may use.
pub async fn subnets() -> Result<Vec<Subnet>> {
    get::<Subnets>(&format!("{ROOT}/subnets")).await.map(|answer| answer.subnets)
}
