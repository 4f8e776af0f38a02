//! The one binary's parts: the page, the OpenStack APIs, and the engine behind them.

pub mod app;
pub mod assets;
pub mod caller;
pub mod cli;
pub mod config;
pub mod data_dir;
pub mod events;
pub mod ids;
pub mod keystone;
pub mod listen;
pub mod middleware;
pub mod networks;
pub mod neutron;
pub mod octavia;
pub mod password;
pub mod portal;
pub mod public_url;
pub mod random;
pub mod reconcile;
pub mod router;
pub mod serve;
pub mod sign_in;
pub mod store;
pub mod time;
