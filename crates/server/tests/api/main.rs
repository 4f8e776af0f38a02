//! Tests of a running server through its APIs, one module per subject. They are one program, since
//! linking takes longer than most of them.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod common;

mod address_policy;
mod api_coverage;
mod barbican_containers;
mod barbican_recorded;
mod barbican_rights;
mod barbican_sealed;
mod barbican_secrets;
mod cli;
mod cloud;
mod cloud_forwarding;
mod cloud_sign_in;
mod connections;
mod cors;
mod events;
mod fair_turns;
mod keystone;
mod memory;
mod metrics;
mod neutron;
mod octavia_bodies;
mod octavia_client_certificates;
mod octavia_crash;
mod octavia_edit;
mod octavia_health;
mod octavia_idempotency;
mod octavia_l7;
mod octavia_machine;
mod octavia_members;
mod octavia_parts;
mod octavia_prometheus;
mod octavia_query;
mod octavia_random_graphs;
mod octavia_recorded;
mod octavia_reencryption;
mod octavia_refused;
mod octavia_rights;
mod octavia_scale;
mod octavia_states;
mod octavia_tls;
mod octavia_values;
mod octavia_vips;
mod octavia_wire_types;
mod portal_certificates;
mod project_limits;
mod real_cloud;
mod session;
mod session_cookies;
mod sign_in_limits;
mod start;
mod storage_failures;
