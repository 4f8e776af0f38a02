//! The server: the page, the OpenStack APIs, and the load balancers.

#![warn(unreachable_pub)]

pub mod address_policy;
pub mod addresses;
pub mod app;
pub mod assets;
pub mod auth;
pub mod barbican;
pub mod certificate_reader;
pub mod certificates;
pub mod change;
pub mod cli;
pub mod client_network;
pub mod cloud;
pub mod config;
pub mod data_dir;
pub mod events;
pub mod fair_queue;
pub mod fuzzing;
pub mod ids;
pub mod keystone;
pub mod listen;
pub mod middleware;
pub mod model;
pub mod networks;
pub mod neutron;
pub mod octavia;
pub mod password;
pub mod portal;
pub mod public_url;
pub mod random;
pub mod reconcile;
pub mod response_cache;
pub mod revocations;
pub mod rights;
pub mod router;
pub mod secrets;
pub mod serve;
pub mod sign_in;
pub mod store;
pub mod time;
pub mod tls_probe;
pub mod token;
pub mod user_limit;
pub mod vault;
pub mod workers;
