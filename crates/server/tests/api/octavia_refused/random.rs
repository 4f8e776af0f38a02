//! Random listeners that cannot be run, random changes of them, and restarts of the server between: the other
//! listeners never miss a request, and everything can be repaired by changing it.
//!
//! `LB_PORTAL_FAULT_CASES` sets the number of sequences.

mod action;
mod load;
mod world;

use crate::common::tls::{Authority, NAME};
use action::action;
use proptest::{collection::vec, prelude::*, test_runner::Config};
use std::sync::Arc;
use world::{Bundles, World};

#[test]
fn random_faults_affect_only_their_listeners() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bundles = Arc::new(runtime.block_on(async {
        let authority = Authority::new().await;
        let (good, weak) = (authority.issue(NAME).await, authority.issue_weak(NAME).await);
        Bundles { authority, good, weak }
    }));
    let cases = std::env::var("LB_PORTAL_FAULT_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: cases.unwrap_or(3),
        failure_persistence: None,
        // Each takes seconds.
        max_shrink_iters: 20,
        ..Config::default()
    };
    proptest!(config, |(actions in vec(action(), 4..10))| {
        runtime.block_on(async {
            let mut world = World::new(bundles.clone()).await;
            for action in actions {
                world = world.take(action).await;
                world.check().await;
            }
            world.repair().await;
        });
    });
}
