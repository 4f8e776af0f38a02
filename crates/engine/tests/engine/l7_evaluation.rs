//! Random requests with random policies: `l7::evaluate` must predict what HAProxy does, and no policy that
//! `l7::unreachable` names may ever decide.
//!
//! `LB_PORTAL_L7_CASES` sets the number of requests, `LB_PORTAL_L7_SEED` repeats a failed run.

mod client_certificates;
mod convert;
mod expressions;
mod strategies;

use crate::support::*;
use convert::policies;
use engine::spec::*;
use l7::{Outcome, Request};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::collections::HashMap;
use uuid::Uuid;

const DEFAULT_CASES: usize = 10_000;
/// Each with policies of its own.
const LISTENERS: usize = 40;
/// With the policies of one listener.
const REQUESTS: usize = 25;
const FIRST_PORT: u16 = 8000;

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_decides_as_evaluated() {
    let cases = number("LB_PORTAL_L7_CASES").map_or(DEFAULT_CASES, |cases| cases as usize);
    let seed = number("LB_PORTAL_L7_SEED").unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    println!("LB_PORTAL_L7_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut random = TestRunner::new_with_rng(Config::default(), rng);

    let mut fixture = TestEngine::start().await;
    let members = fixture.members(["default", "a", "b", "c"]).await;
    let pools: Vec<PoolSpec> = members.iter().map(|member| pool([member.spec()])).collect();
    let names: HashMap<_, _> =
        pools.iter().zip(&members).map(|(pool, member)| (pool.id, member.name.as_str())).collect();
    let mut spec = load_balancer(fixture.net.address(), pools[0].clone());
    spec.pools = pools;
    let mut tally = Tally::default();
    while tally.cases < cases {
        let targets: Vec<_> = spec.pools[1..].iter().map(|pool| pool.id).collect();
        spec.listeners = (FIRST_PORT..)
            .take(LISTENERS)
            .map(|port| {
                let mut listener = listener(ListenerMode::Http, port, Some(spec.pools[0].id));
                listener.policies = generate(&mut random, strategies::policies(targets.clone()));
                listener.insert_headers.x_forwarded_port = port % 2 == 0;
                listener.insert_headers.x_forwarded_proto = port % 2 == 0;
                listener
            })
            .collect();
        fixture.apply(&spec).await.unwrap();
        for listener in &spec.listeners {
            compare(&mut random, &spec, listener, &names, &mut tally).await;
        }
    }
    println!("{tally:?}");
    tally.assert_varied();
    fixture.finish().await;
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

fn generate<S: Strategy>(random: &mut TestRunner, strategy: S) -> S::Value {
    strategy.new_tree(random).unwrap().current()
}

/// How many requests ended how.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    default: usize,
    pool: usize,
    reject: usize,
    redirect: usize,
    unreachable: usize,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        self.cases += 1;
        match outcome {
            Outcome::DefaultPool => self.default += 1,
            Outcome::Pool(_) => self.pool += 1,
            Outcome::Reject(_) => self.reject += 1,
            Outcome::Redirect { .. } => self.redirect += 1,
            Outcome::Unknown(policy) => panic!("policy {policy} is not evaluated"),
        }
    }

    /// The random cases have to be about something.
    fn assert_varied(&self) {
        let least = self.cases / 50;
        for count in [self.default, self.pool, self.reject, self.redirect] {
            assert!(count > least, "{self:?}");
        }
        assert!(self.unreachable > 0, "{self:?}");
    }
}

/// Sends requests to a listener and compares each answer.
async fn compare(
    random: &mut TestRunner,
    spec: &LoadBalancerSpec,
    listener: &ListenerSpec,
    names: &HashMap<openstack_types::PoolId, &str>,
    tally: &mut Tally,
) {
    let policies = policies(&listener.policies);
    let unreachable: Vec<usize> = l7::unreachable(&policies).iter().map(|one| one.policy).collect();
    tally.unreachable += unreachable.len();
    let mut client = Client::connect((spec.vip, listener.port)).await.unwrap();
    for _ in 0..REQUESTS {
        let request = generate(random, strategies::request(&listener.policies));
        // Rules see what the listener inserts.
        let mut received = request.clone();
        if listener.insert_headers.x_forwarded_port {
            received.set_header("X-Forwarded-Port", &listener.port.to_string());
            received.set_header("X-Forwarded-Proto", "http");
        }
        let decision = l7::evaluate(&received, &policies);
        tally.count(&decision.outcome);
        let expected = match &decision.outcome {
            Outcome::DefaultPool => "default".to_owned(),
            Outcome::Pool(index) => match listener.policies[*index].action {
                PolicyAction::RedirectToPool(pool) => names[&pool].to_owned(),
                _ => unreachable!(),
            },
            Outcome::Reject(_) => "403".to_owned(),
            Outcome::Redirect { location, code, .. } => format!("{code} {location}"),
            Outcome::Unknown(_) => unreachable!(),
        };
        let response = client.send(&head(&request)).await.unwrap();
        let actual = match response.status {
            200 => response.member().to_owned(),
            403 => "403".to_owned(),
            code => format!("{code} {}", response.header("location").unwrap_or_default()),
        };
        assert_eq!(actual, expected, "{request:#?}\n{:#?}\n{decision:#?}", listener.policies);
        if let Outcome::Pool(index) | Outcome::Reject(index) = decision.outcome {
            assert!(!unreachable.contains(&index), "{request:#?}\n{:#?}", listener.policies);
        }
        if let Outcome::Redirect { policy, .. } = decision.outcome {
            assert!(!unreachable.contains(&policy), "{request:#?}\n{:#?}", listener.policies);
        }
        // HAProxy closes the connection after a denied request with some versions.
        if response.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            client = Client::connect((spec.vip, listener.port)).await.unwrap();
        }
    }
}

/// The request as it is sent.
fn head(request: &Request) -> String {
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("GET {} HTTP/1.1\r\n{}\r\n", request.target(), headers.collect::<String>())
}

/// What is never reached is not reached by the model either, over many more requests than a process can answer.
#[test]
fn no_unreachable_policy_decides() {
    let pools = vec![Uuid::from_u128(1).into(), Uuid::from_u128(2).into()];
    let mut random = TestRunner::default();
    for _ in 0..2_000 {
        let specs = generate(&mut random, strategies::policies(pools.clone()));
        let policies = policies(&specs);
        let unreachable = l7::unreachable(&policies);
        if unreachable.is_empty() {
            continue;
        }
        for _ in 0..20 {
            let request = generate(&mut random, strategies::request(&specs));
            let decision = l7::evaluate(&request, &policies);
            let last = decision.trace.last().map(|last| last.policy);
            let decided = !matches!(decision.outcome, Outcome::DefaultPool);
            assert!(
                !decided || unreachable.iter().all(|one| Some(one.policy) != last),
                "{request:#?}\n{policies:#?}\n{unreachable:#?}"
            );
        }
    }
}
