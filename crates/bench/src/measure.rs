//! The measurements.

use crate::{
    api::{Api, LOAD_BALANCERS, text},
    client::Client,
    edit,
    load::Load,
    options::Options,
    program::Program,
    report::Report,
};
use anyhow::{Context, Result, ensure};
use hyper::Method;
use serde_json::json;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

/// A port that needs no privileges.
const PORT: u16 = 8080;
const CONFIG: &str = r#"
[[networks]]
name = "bench"
cidr = "127.249.0.0/16"

[limits]
load_balancers_per_project = 50000
"#;
/// The address of the HAProxy with a manual configuration. On Linux, all of 127.0.0.0/8 is local.
const MANUAL_HAPROXY: &str = "127.0.78.1:8080";
/// Lists of the page and of all clients together, in requests per second.
const MIN_LIST_RATE: f64 = 500.0;
const PASSWORD: &str = "only for this measurement";

/// Rounds of each variant in a comparison: A, B, A, B and so on.
const ROUNDS: usize = 3;

/// A running portal with servers behind it.
struct TestBed {
    _programs: Vec<Program>,
    servers: Vec<String>,
    portal: String,
    directory: tempfile::TempDir,
}

pub async fn run_all(options: &Options) -> Result<Report> {
    let test_bed = TestBed::start(&options.bin).await?;
    let mut api = Api::sign_in(&test_bed.portal, PASSWORD).await?;
    let mut report = Report::default();
    first_response(&test_bed, &mut api, options, &mut report).await.context("first response")?;
    let made = api.create("bench", &test_bed.servers, PORT).await?;
    let (id, vip) = (text(&made, "id")?.to_owned(), text(&made, "vip_address")?.to_owned());
    api.wait_until_active(&id).await?;
    let vip = format!("{vip}:{PORT}");
    reload(&mut api, &id, &vip, options, &mut report).await.context("reload under load")?;
    edit::replace_every_server(&mut api, PORT, options, &mut report)
        .await
        .context("every server replaced under load")?;
    compare_with_manual_haproxy(&test_bed, &vip, options, &mut report)
        .await
        .context("throughput")?;
    list(&test_bed, &mut api, options, &mut report).await.context("list")?;
    Ok(report)
}

impl TestBed {
    async fn start(bin: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let config = directory.path().join("portal.toml");
        std::fs::write(&config, CONFIG)?;
        let mut programs = Vec::new();
        let mut servers = Vec::new();
        for name in ["one", "two"] {
            let arguments = ["whoami", "--listen", "127.0.78.2:0", "--name", name];
            let (program, address) = Program::start_listening(bin, &arguments, &[]).await?;
            programs.push(program);
            servers.push(address);
        }
        let data = directory.path().join("data");
        let (data, config) = (data.to_string_lossy(), config.to_string_lossy());
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data, "--config", &config];
        let env = [("LB_PORTAL_ADMIN_PASSWORD", PASSWORD)];
        let (program, portal) = Program::start_listening(bin, &arguments, &env).await?;
        programs.push(program);
        Ok(Self { _programs: programs, servers, portal, directory })
    }
}

/// The time from the create request to the first response through the VIP.
async fn first_response(
    test_bed: &TestBed,
    api: &mut Api,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let mut durations = Vec::new();
    for n in 0..options.creates {
        let start = Instant::now();
        let made = api.create(&format!("first-{n}"), &test_bed.servers, PORT).await?;
        let vip = format!("{}:{PORT}", text(&made, "vip_address")?);
        loop {
            let response = Client::new(vip.as_str()).get("/", "").await;
            if response.is_ok_and(|response| response.status.is_success()) {
                break;
            }
            ensure!(start.elapsed() < Duration::from_secs(30), "no response from {vip} in 30 s");
            sleep(Duration::from_millis(1)).await;
        }
        durations.push(start.elapsed());
        let id = text(&made, "id")?;
        api.wait_until_active(id).await?;
        api.delete(id).await?;
    }
    report.add_latencies("create request to first response through the VIP", durations);
    Ok(())
}

/// Sends requests without a pause while the load balancer is changed repeatedly.
async fn reload(
    api: &mut Api,
    id: &str,
    vip: &str,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let load = Load::start(vip, options.connections);
    let listener = api.request(Method::GET, &format!("{LOAD_BALANCERS}/{id}"), None).await?;
    let listener = text(&listener["loadbalancer"]["listeners"][0], "id")?.to_owned();
    let path = format!("/load-balancer/v2/lbaas/listeners/{listener}");
    let mut durations = Vec::new();
    for n in 0..options.reloads {
        // Every change of a timeout needs a new process.
        let body = json!({"listener": {"timeout_client_data": 50_000 + n}});
        let start = Instant::now();
        api.request(Method::PUT, &path, Some(&body)).await?;
        api.wait_until_active(id).await?;
        durations.push(start.elapsed());
        sleep(Duration::from_millis(50)).await;
    }
    let counted = load.stop().await;
    report.add_latencies("change to ACTIVE, under load", durations);
    report.add("requests during the changes", counted.answered as f64, "");
    report.must_be_zero("of them failed", counted.failed);
    Ok(())
}

/// Compares the portal's VIP with a HAProxy with a manual configuration and the same servers, in turn.
async fn compare_with_manual_haproxy(
    test_bed: &TestBed,
    vip: &str,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let config = test_bed.directory.path().join("haproxy.cfg");
    let [one, two] = test_bed.servers.as_slice() else { anyhow::bail!("not two servers") };
    std::fs::write(
        &config,
        format!(
            "global\n    nbthread 1\n    maxconn 2000\n\
             defaults\n    mode http\n    timeout client 50s\n    timeout connect 5s\n    timeout server 50s\n\
             frontend in\n    bind {MANUAL_HAPROXY}\n    default_backend out\n\
             backend out\n    balance roundrobin\n    server one {one}\n    server two {two}\n"
        ),
    )?;
    let manual_haproxy =
        Program::start(Path::new("haproxy"), &["-db", "-q", "-f", &config.to_string_lossy()])?;
    for tries in 0.. {
        if Client::new(MANUAL_HAPROXY).get("/", "").await.is_ok() {
            break;
        }
        ensure!(tries < 100, "the HAProxy with a manual configuration does not answer");
        sleep(Duration::from_millis(50)).await;
    }
    let round = Duration::from_secs(options.seconds);
    let (mut portal, mut manual) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        portal += throughput(vip, options.connections, round, report).await;
        manual += throughput(MANUAL_HAPROXY, options.connections, round, report).await;
    }
    drop(manual_haproxy);
    let rounds = ROUNDS as f64;
    report.add("through the VIP", portal / rounds, "requests/s");
    report.add("through HAProxy with a manual configuration", manual / rounds, "requests/s");
    report.add("ratio", portal / manual, "");
    Ok(())
}

async fn throughput(
    address: &str,
    connections: usize,
    round: Duration,
    report: &mut Report,
) -> f64 {
    let load = Load::start(address, connections);
    let start = Instant::now();
    sleep(round).await;
    let counted = load.stop().await;
    if counted.failed > 0 {
        report.must_be_zero(format!("failed at {address}"), counted.failed);
    }
    counted.answered as f64 / start.elapsed().as_secs_f64()
}

/// Lists all load balancers with the same request as the page.
async fn list(
    test_bed: &TestBed,
    api: &mut Api,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    for n in 0..options.list {
        api.create(&format!("listed-{n}"), &[], 0).await?;
    }
    let start = Instant::now();
    let length = Duration::from_secs(options.seconds);
    let (address, token): (Arc<str>, Arc<str>) =
        (test_bed.portal.as_str().into(), api.token.as_str().into());
    let mut clients = JoinSet::new();
    for _ in 0..options.connections.min(8) {
        let (address, token) = (address.clone(), token.clone());
        clients.spawn(async move {
            let mut client = Client::new(&*address);
            let mut durations = Vec::new();
            let mut bytes = 0;
            while start.elapsed() < length {
                let sent = Instant::now();
                let response = client.get(LOAD_BALANCERS, &token).await?;
                ensure!(response.status.is_success(), "{}", response.status);
                bytes = response.body.len();
                durations.push(sent.elapsed());
            }
            Ok((durations, bytes))
        });
    }
    let (mut durations, mut bytes) = (Vec::new(), 0);
    while let Some(done) = clients.join_next().await {
        let (client_durations, size) = done??;
        durations.extend(client_durations);
        bytes = size;
    }
    let what = format!("list of {} load balancers", options.list);
    let rate = durations.len() as f64 / start.elapsed().as_secs_f64();
    report.add_required(&what, rate, "requests/s", rate >= MIN_LIST_RATE);
    report.add(format!("{what}, size"), bytes as f64, "bytes");
    report.add_latencies(&what, durations);
    Ok(())
}
