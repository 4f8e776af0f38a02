//! The campaign: rounds of changes that end with a kill, and the check after each.

use crate::{
    Options,
    api::{Client, Outcome, Seen},
    backend,
    change::{self, Change},
    program::{self, Server},
    snapshot::Snapshot,
};
use anyhow::{Context, Result};
use std::{
    fmt,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

const CLIENTS: usize = 4;
/// The time limit for traffic to be back.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(1);
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// A load balancer of one client, and what it may be.
#[derive(Clone, Debug)]
struct Expected {
    name: String,
    /// Unknown when the answer to the create was lost.
    id: Option<String>,
    /// `None`: it does not exist.
    state: Option<Snapshot>,
    /// The state after a change whose answer was lost.
    or: Option<Option<Snapshot>>,
}

impl Expected {
    /// The ports that answer whatever became of a change whose answer was lost.
    fn certain_ports(&self) -> Vec<u16> {
        let ports =
            |state: &Option<Snapshot>| state.iter().flat_map(Snapshot::serving_ports).collect();
        let mut certain: Vec<u16> = ports(&self.state);
        if let Some(or) = &self.or {
            let possible: Vec<u16> = ports(or);
            certain.retain(|port| possible.contains(port));
        }
        certain
    }
}

/// What is killed at the end of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Server,
    Haproxy,
    Both,
    /// A stop with SIGTERM, as before an update.
    Stop,
}

#[derive(Default)]
pub struct Report {
    kills: [(u32, Vec<Duration>); 4],
    changes: u32,
    lost_answers: u32,
    pub failures: Vec<String>,
}

/// Everything a round needs.
struct Campaign {
    server: Server,
    client: Client,
    backends: Arc<[SocketAddr]>,
    log: PathBuf,
    data_dir: PathBuf,
    bin: PathBuf,
    workloads: Vec<Vec<Expected>>,
    report: Report,
}

pub async fn run(options: &Options) -> Result<Report> {
    let directory = tempfile::tempdir()?;
    let (data_dir, log) = (directory.path().join("data"), directory.path().join("log"));
    let mut backends = Vec::new();
    for _ in 0..8 {
        backends.push(backend::start("127.0.0.1").await?);
    }
    let server = Server::start(&options.bin, &data_dir, &log).await?;
    let client = Client::sign_in(&server.base).await?;
    let mut campaign = Campaign {
        server,
        client,
        backends: backends.into(),
        log,
        data_dir,
        bin: options.bin.clone(),
        workloads: vec![Vec::new(); CLIENTS],
        report: Report::default(),
    };
    campaign.fill(options.load_balancers).await?;
    for round in 1..=options.kills {
        let done = campaign.round().await.with_context(|| format!("in round {round}"));
        if done.is_err() || !campaign.report.failures.is_empty() {
            let kept = std::env::temp_dir().join("lb-portal-crash.log");
            std::fs::copy(&campaign.log, &kept)?;
            eprintln!("   the server's log: {}", kept.display());
            done?;
            break;
        }
        if round % 10 == 0 {
            eprintln!("   {round} of {} kills", options.kills);
        }
    }
    Ok(campaign.report)
}

impl Campaign {
    /// Creates the load balancers that are there before the first kill.
    async fn fill(&mut self, count: u16) -> Result<()> {
        for (index, workload) in self.workloads.iter_mut().enumerate() {
            for number in 0..count {
                let name = format!("client-{index}-start-{number}");
                workload.push(create(&self.client, name, &self.backends).await?);
            }
            for expected in workload {
                let id = expected.id.as_deref().context("the server ended")?;
                self.client.settled(id).await?;
            }
        }
        Ok(())
    }

    async fn round(&mut self) -> Result<()> {
        let (stop, mut clients) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for (index, workload) in self.workloads.drain(..).enumerate() {
            let (client, backends, stop) =
                (self.client.clone(), Arc::clone(&self.backends), Arc::clone(&stop));
            clients.spawn(async move { work(index, client, workload, backends, &stop).await });
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(20..600))).await;
        let victim = match fastrand::u8(0..20) {
            0..=10 => Victim::Server,
            11..=14 => Victim::Haproxy,
            15..=18 => Victim::Both,
            _ => Victim::Stop,
        };
        let killed_at = Instant::now();
        self.kill(victim).await?;
        stop.store(true, Ordering::Relaxed);
        if victim != Victim::Haproxy {
            self.server = Server::start(&self.bin, &self.data_dir, &self.log).await?;
            self.client.moved_to(&self.server.base);
        }
        while let Some(done) = clients.join_next().await {
            let (workload, changes, lost) = done.context("a client ended")??;
            self.report.changes += changes;
            self.report.lost_answers += lost;
            self.workloads.push(workload);
        }
        self.check(victim, killed_at).await
    }

    async fn kill(&mut self, victim: Victim) -> Result<()> {
        if matches!(victim, Victim::Haproxy | Victim::Both)
            && let Some(pid) = fastrand::choice(self.server.haproxies())
        {
            program::kill(pid);
        }
        match victim {
            Victim::Server | Victim::Both => self.server.kill().await,
            Victim::Stop => self.server.terminate().await,
            Victim::Haproxy => Ok(()),
        }
    }

    /// Compares everything with what the clients expect, and makes the result the new expectation.
    async fn check(&mut self, victim: Victim, killed_at: Instant) -> Result<()> {
        let mut probes = JoinSet::new();
        let mut failures = Vec::new();
        for expected in self.workloads.iter_mut().flatten() {
            if expected.id.is_none() {
                expected.id = self.client.find(&expected.name).await?;
            }
            let vip = match &expected.id {
                Some(id) => self.client.vip(id).await?,
                None => None,
            };
            let Some(vip) = vip else { continue };
            for port in expected.certain_ports() {
                probes.spawn(answers(format!("{vip}:{port}")));
            }
        }
        while let Some(probe) = probes.join_next().await {
            if let Err(port) = probe? {
                failures.push(format!("{port} does not answer a minute after the kill"));
            }
        }
        let recovery = killed_at.elapsed();
        let slot = &mut self.report.kills[victim as usize];
        slot.0 += 1;
        slot.1.push(recovery);
        for expected in self.workloads.iter_mut().flatten() {
            let seen = match &expected.id {
                Some(id) => self.client.settled(id).await?,
                None => None,
            };
            if let Err(why) = matches_expected(expected, seen.as_ref()) {
                failures.push(format!("{} after {victim:?}: {why}", expected.name));
            }
            expected.state = seen.map(|seen| seen.snapshot);
            expected.or = None;
        }
        for workload in &mut self.workloads {
            workload.retain(|expected| expected.state.is_some());
        }
        self.report.failures.append(&mut failures);
        Ok(())
    }
}

fn matches_expected(expected: &Expected, seen: Option<&Seen>) -> Result<(), String> {
    let snapshot = seen.map(|seen| &seen.snapshot);
    let fits = snapshot == expected.state.as_ref()
        || expected.or.as_ref().is_some_and(|or| snapshot == or.as_ref());
    if !fits {
        return Err(format!(
            "is {snapshot:?}, but should be {:?} or {:?}",
            expected.state, expected.or
        ));
    }
    match seen {
        Some(seen) if seen.provisioning_status != "ACTIVE" => Err(seen.provisioning_status.clone()),
        _ => Ok(()),
    }
}

async fn create(client: &Client, name: String, backends: &[SocketAddr]) -> Result<Expected> {
    let wanted = change::new_load_balancer(backends);
    let outcome = client.create(&name, &wanted).await?;
    Ok(match outcome {
        Outcome::Acknowledged => {
            // The server may have ended since.
            let id = client.find(&name).await.unwrap_or_default();
            Expected { name, id, state: Some(wanted), or: None }
        }
        Outcome::Lost => Expected { name, id: None, state: None, or: Some(Some(wanted)) },
    })
}

/// Changes load balancers until the server ends or `stop` is set. Returns them with the number of changes, and
/// of answers that were lost.
async fn work(
    index: usize,
    client: Client,
    mut workload: Vec<Expected>,
    backends: Arc<[SocketAddr]>,
    stop: &AtomicBool,
) -> Result<(Vec<Expected>, u32, u32)> {
    let (mut changes, mut lost) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        if workload.len() < 3 || fastrand::u8(0..15) == 0 {
            let name = format!("client-{index}-{:x}", fastrand::u64(..));
            let expected = create(&client, name, &backends).await?;
            changes += 1;
            let ended = expected.or.is_some() || expected.id.is_none();
            lost += u32::from(expected.or.is_some());
            workload.push(expected);
            if ended {
                break;
            }
            continue;
        }
        let position = fastrand::usize(..workload.len());
        let expected = &mut workload[position];
        let Some(id) = expected.id.clone() else { continue };
        // An error means that the server has ended.
        let Ok(seen) = client.settled(&id).await else { break };
        let Some(seen) = seen else {
            if expected.state.is_some() {
                // The check after the round reports that it was lost.
                break;
            }
            workload.swap_remove(position);
            continue;
        };
        if seen.provisioning_status != "ACTIVE" {
            // The check after the round reports it.
            break;
        }
        let Change { method, path, body, after } = change::random(&id, &seen, &backends);
        changes += 1;
        match client.change(method, &path, body).await? {
            Outcome::Acknowledged => expected.state = after,
            Outcome::Lost => {
                expected.or = Some(after);
                lost += 1;
                break;
            }
        }
    }
    Ok((workload, changes, lost))
}

/// Waits until a request is answered.
async fn answers(address: String) -> Result<(), String> {
    let start = Instant::now();
    while start.elapsed() < RECOVERY_TIMEOUT {
        if timeout(PROBE_TIMEOUT, request(&address)).await.is_ok_and(|done| done.is_ok()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(address)
}

async fn request(address: &str) -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: crash\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Ok(())
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = ["server killed", "HAProxy killed", "both killed", "server stopped"];
        for (kind, (count, times)) in kinds.iter().zip(&self.kills) {
            let mut times = times.clone();
            times.sort_unstable();
            let at = |share: usize| times.get(times.len() * share / 100).unwrap_or(&Duration::ZERO);
            writeln!(
                out,
                "{kind:<15} {count:>4} times; all traffic back after {:.2} s (median), {:.2} s (p95)",
                at(50).as_secs_f64(),
                at(95).as_secs_f64()
            )?;
        }
        writeln!(out, "{} changes, {} answers lost", self.changes, self.lost_answers)?;
        for failure in &self.failures {
            writeln!(out, "FAILED: {failure}")?;
        }
        write!(out, "{} failures", self.failures.len())
    }
}
