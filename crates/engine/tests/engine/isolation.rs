//! What cannot be run takes nothing else down.

use crate::support::{
    tls::{Authority, tls},
    *,
};
use engine::{Applied, ApplyOptions, FailedListener, ListenerFailure, Refusal, spec::*};
use openstack_types::ListenerId;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

const NAME: &str = "www.example.com";

/// A certificate that HAProxy refuses: its RSA key has 1,024 bits.
fn weak_certificate() -> CertificatePem {
    let output = std::process::Command::new("openssl")
        .args("req -x509 -newkey rsa:1024 -nodes -days 30 -keyout - -subj /CN=weak".split(' '))
        .output()
        .unwrap();
    assert!(output.status.success());
    CertificatePem::new(output.stdout.into())
}

/// The listeners that HAProxy refuses, in the order of their ids.
fn refusals(applied: &Applied) -> Vec<(ListenerId, &Refusal)> {
    fn refusal(failed: &FailedListener) -> (ListenerId, &Refusal) {
        match &failed.failure {
            ListenerFailure::Refused(refusal) => (failed.listener, refusal),
            other => panic!("{other}"),
        }
    }
    applied.failed.iter().map(refusal).collect()
}

/// Clients that send requests to a port until they are stopped. Every request must succeed.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    clients: tokio::task::JoinSet<()>,
}

impl Load {
    fn on(to: (std::net::IpAddr, u16)) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (stop, answered) = (stop.clone(), answered.clone());
            clients.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(get(to, "/").await.unwrap().status, 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { stop, answered, clients }
    }

    /// Waits until requests that began now have been answered.
    async fn continues(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        eventually("requests continue", || self.answered.load(Ordering::Relaxed) > before + 20)
            .await;
    }

    async fn finish(mut self) {
        self.continues().await;
        self.stop.store(true, Ordering::Relaxed);
        while let Some(client) = self.clients.join_next().await {
            client.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_certificate_affects_only_its_listener() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let (first, second) = (authority.issue(NAME), authority.issue(NAME));
    let client = authority.client(&[]);
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let pool = spec.pools[0].id;
    spec.listeners.push(listener(ListenerMode::TerminatedHttps(tls(&first)), 8443, Some(pool)));
    fixture.apply(&spec).await.unwrap();
    let load = Load::on((spec.vip, 8000));

    // A new listener and a replaced certificate, both refused, and a change that is accepted.
    let weak = TlsSpec { default_certificate: weak_certificate(), ..tls(&first) };
    spec.listeners.push(listener(ListenerMode::TerminatedHttps(weak.clone()), 8444, Some(pool)));
    spec.listeners[1].mode = ListenerMode::TerminatedHttps(weak);
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(pool)));
    let applied = fixture.apply_with(&spec, ApplyOptions::default()).await;
    let mut expected = vec![
        (spec.listeners[1].id, &Refusal::WeakCertificate),
        (spec.listeners[2].id, &Refusal::WeakCertificate),
    ];
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(refusals(&applied), expected);
    assert!(applied.failed.iter().all(|failed| !failed.failure.may_pass()));
    assert!(applied.serves(spec.listeners[1].id) && !applied.serves(spec.listeners[2].id));
    assert_eq!(client.leaf((spec.vip, 8443), NAME).await, first.leaf, "the last good certificate");
    assert_eq!(get((spec.vip, 8001), "/").await.unwrap().status, 200);
    assert!(std::net::TcpStream::connect((spec.vip, 8444)).is_err());

    // The same again has no effect.
    let before = processes(spec.id);
    assert_eq!(fixture.apply_with(&spec, ApplyOptions::default()).await.failed.len(), 2);
    assert!(processes(spec.id).iter().all(|pid| before.contains(pid)));

    // A certificate that is accepted repairs the listener.
    spec.listeners[1].mode = ListenerMode::TerminatedHttps(tls(&second));
    spec.listeners.remove(2);
    fixture.apply(&spec).await.unwrap();
    // Not resumed: a resumed session keeps its certificate.
    let client = authority.client(&[]);
    assert_eq!(client.leaf((spec.vip, 8443), NAME).await, second.leaf);
    load.finish().await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_certificate_affects_only_its_listener_when_nothing_ran_before() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let weak =
        TlsSpec { default_certificate: weak_certificate(), ..tls(&Authority::new().issue(NAME)) };
    let pool = spec.pools[0].id;
    spec.listeners.insert(0, listener(ListenerMode::TerminatedHttps(weak), 8443, Some(pool)));
    let failed = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(failed.listener, spec.listeners[0].id);
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    // Alone, too.
    spec.listeners.truncate(1);
    fixture.apply(&spec).await.unwrap_err();
    eventually("no process is left", || processes(spec.id).is_empty()).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_cannot_be_specified_serves_on() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();
    let load = Load::on((spec.vip, 8001));
    let kept = spec.listeners.pop().unwrap();
    spec.listeners[0].connection_limit = Some(1000);
    let unspecified = vec![kept.id];
    let options = ApplyOptions { unspecified, ..ApplyOptions::default() };
    let applied = fixture.apply_with(&spec, options).await;
    assert!(applied.serves(kept.id) && applied.failed.is_empty());
    load.finish().await;
    fixture.apply(&spec).await.unwrap();
    assert!(std::net::TcpStream::connect((spec.vip, 8001)).is_err(), "it was removed");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_process_on_demand_fails_no_request() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let load = Load::on((spec.vip, 8000));
    for _ in 0..3 {
        let before = processes(spec.id);
        let options = ApplyOptions { new_process: true, ..ApplyOptions::default() };
        assert!(fixture.apply_with(&spec, options).await.failed.is_empty());
        assert!(processes(spec.id).iter().any(|pid| !before.contains(pid)), "{before:?}");
        load.continues().await;
    }
    load.finish().await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_process_uses_no_processor_time_also_after_its_engine_has_gone() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    // Keeps the process alive when it stops.
    let mut open = Client::connect((spec.vip, 8000)).await.unwrap();
    open.get("/", "").await.unwrap();
    let [pid] = processes(spec.id)[..] else { panic!("one process") };
    drop(fixture);
    eventually("it stops listening", || std::net::TcpStream::connect((spec.vip, 8000)).is_err())
        .await;
    // It waits in the kernel, for longer and longer in one call. A process in a busy loop is always runnable.
    eventually("it sleeps", || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let ticks = || -> Vec<u64> {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
            let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
            fields.skip(11).take(2).map(|ticks| ticks.parse().unwrap()).collect()
        };
        let before = ticks();
        std::thread::sleep(std::time::Duration::from_millis(500));
        stat.contains(") S ") && ticks() == before
    })
    .await;
    drop(open);
    eventually("it exits", || processes(spec.id).is_empty()).await;
}
