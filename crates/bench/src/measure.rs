//! The measurements.

use crate::{
    Options,
    api::{Api, LOAD_BALANCERS, text},
    client::Client,
    edit,
    load::Load,
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

/// A port that needs no rights.
const PORT: u16 = 8080;
/// An address of this machine for the hand-written HAProxy; on Linux all of 127.0.0.0/8 is local.
const BESIDE: &str = "127.0.78.1:8080";
const PASSWORD: &str = "of the measurement alone";

/// Rounds of each kind in a comparison: A, B, A, B …
const ROUNDS: usize = 3;

/// The servers behind, and the portal in front.
struct Scene {
    _programs: Vec<Program>,
    servers: Vec<String>,
    portal: String,
    directory: tempfile::TempDir,
}

/// Runs every measurement.
pub async fn all(options: &Options) -> Result<Report> {
    let scene = Scene::set(&options.bin).await?;
    let mut api = Api::sign_in(&scene.portal, PASSWORD).await?;
    let mut report = Report::default();
    first_answer(&scene, &mut api, options, &mut report).await.context("first answer")?;
    let made = api.create("bench", &scene.servers, PORT).await?;
    let (id, vip) = (text(&made, "id")?.to_owned(), text(&made, "vip_address")?.to_owned());
    api.active(&id).await?;
    let vip = format!("{vip}:{PORT}");
    reload(&mut api, &id, &vip, options, &mut report).await.context("reload under load")?;
    edit::replace_every_server(&mut api, PORT, options, &mut report)
        .await
        .context("every server replaced under load")?;
    compare(&scene, &vip, options, &mut report).await.context("throughput")?;
    list(&scene, &mut api, options, &mut report).await.context("list")?;
    Ok(report)
}

impl Scene {
    async fn set(bin: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let config = directory.path().join("portal.toml");
        std::fs::write(&config, "[[networks]]\nname = \"bench\"\ncidr = \"127.249.0.0/16\"\n")?;
        let mut programs = Vec::new();
        let mut servers = Vec::new();
        for name in ["one", "two"] {
            let words = ["whoami", "--listen", "127.0.78.2:0", "--name", name];
            let (program, address) = Program::listening(bin, &words, &[]).await?;
            programs.push(program);
            servers.push(address);
        }
        let data = directory.path().join("data");
        let (data, config) = (data.to_string_lossy(), config.to_string_lossy());
        let words = ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data, "--config", &config];
        let env = [("LB_PORTAL_ADMIN_PASSWORD", PASSWORD)];
        let (program, portal) = Program::listening(bin, &words, &env).await?;
        programs.push(program);
        Ok(Self { _programs: programs, servers, portal, directory })
    }
}

/// From sending the create request to the first answer through the VIP.
async fn first_answer(
    scene: &Scene,
    api: &mut Api,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let mut taken = Vec::new();
    for n in 0..options.creates {
        let begin = Instant::now();
        let made = api.create(&format!("first-{n}"), &scene.servers, PORT).await?;
        let vip = format!("{}:{PORT}", text(&made, "vip_address")?);
        loop {
            let answer = Client::new(vip.as_str()).get("/", "").await;
            if answer.is_ok_and(|answer| answer.status.is_success()) {
                break;
            }
            ensure!(begin.elapsed() < Duration::from_secs(30), "no answer from {vip} in 30 s");
            sleep(Duration::from_millis(1)).await;
        }
        taken.push(begin.elapsed());
        let id = text(&made, "id")?;
        api.active(id).await?;
        api.delete(id).await?;
    }
    report.add_latencies("create request to first answer through the VIP", taken);
    Ok(())
}

/// Requests without a pause while the load balancer is changed again and again.
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
    let mut taken = Vec::new();
    for n in 0..options.reloads {
        // A timeout is in the configuration, so each change needs a new process.
        let body = json!({"listener": {"timeout_client_data": 50_000 + n}});
        let begin = Instant::now();
        api.request(Method::PUT, &path, Some(&body)).await?;
        api.active(id).await?;
        taken.push(begin.elapsed());
        sleep(Duration::from_millis(50)).await;
    }
    let counted = load.stop().await;
    report.add_latencies("change to ACTIVE, under load", taken);
    report.add("requests during the changes", counted.answered as f64, "");
    report.must_be_zero("of them failed", counted.failed);
    Ok(())
}

/// The portal's VIP beside a HAProxy configured by hand, on the same servers, in turn.
async fn compare(scene: &Scene, vip: &str, options: &Options, report: &mut Report) -> Result<()> {
    let config = scene.directory.path().join("haproxy.cfg");
    let [one, two] = scene.servers.as_slice() else { anyhow::bail!("not two servers") };
    std::fs::write(
        &config,
        format!(
            "global\n    nbthread 1\n    maxconn 2000\n\
             defaults\n    mode http\n    timeout client 50s\n    timeout connect 5s\n    timeout server 50s\n\
             frontend in\n    bind {BESIDE}\n    default_backend out\n\
             backend out\n    balance roundrobin\n    server one {one}\n    server two {two}\n"
        ),
    )?;
    let by_hand =
        Program::start(Path::new("haproxy"), &["-db", "-q", "-f", &config.to_string_lossy()])?;
    for tries in 0.. {
        if Client::new(BESIDE).get("/", "").await.is_ok() {
            break;
        }
        ensure!(tries < 100, "the hand-written HAProxy does not answer");
        sleep(Duration::from_millis(50)).await;
    }
    let round = Duration::from_secs(options.seconds);
    let (mut ours, mut theirs) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        ours += throughput(vip, options.connections, round, report).await;
        theirs += throughput(BESIDE, options.connections, round, report).await;
    }
    drop(by_hand);
    let rounds = ROUNDS as f64;
    report.add("through the VIP", ours / rounds, "requests/s");
    report.add("through HAProxy configured by hand", theirs / rounds, "requests/s");
    report.add("ratio", ours / theirs, "");
    Ok(())
}

async fn throughput(
    address: &str,
    connections: usize,
    round: Duration,
    report: &mut Report,
) -> f64 {
    let load = Load::start(address, connections);
    let begin = Instant::now();
    sleep(round).await;
    let counted = load.stop().await;
    if counted.failed > 0 {
        report.must_be_zero(format!("failed at {address}"), counted.failed);
    }
    counted.answered as f64 / begin.elapsed().as_secs_f64()
}

/// The whole list, as the page asks for it.
async fn list(scene: &Scene, api: &mut Api, options: &Options, report: &mut Report) -> Result<()> {
    for n in 0..options.list {
        api.create(&format!("listed-{n}"), &[], 0).await?;
    }
    let begin = Instant::now();
    let length = Duration::from_secs(options.seconds);
    let (address, token): (Arc<str>, Arc<str>) =
        (scene.portal.as_str().into(), api.token.as_str().into());
    let mut clients = JoinSet::new();
    for _ in 0..options.connections.min(8) {
        let (address, token) = (address.clone(), token.clone());
        clients.spawn(async move {
            let mut client = Client::new(&*address);
            let mut taken = Vec::new();
            let mut bytes = 0;
            while begin.elapsed() < length {
                let sent = Instant::now();
                let answer = client.get(LOAD_BALANCERS, &token).await?;
                ensure!(answer.status.is_success(), "{}", answer.status);
                bytes = answer.body.len();
                taken.push(sent.elapsed());
            }
            Ok((taken, bytes))
        });
    }
    let (mut taken, mut bytes) = (Vec::new(), 0);
    while let Some(done) = clients.join_next().await {
        let (times, size) = done??;
        taken.extend(times);
        bytes = size;
    }
    let what = format!("list of {} load balancers", options.list);
    report.add(&what, taken.len() as f64 / begin.elapsed().as_secs_f64(), "requests/s");
    report.add(format!("{what}, size"), bytes as f64, "bytes");
    report.add_latencies(&what, taken);
    Ok(())
}
