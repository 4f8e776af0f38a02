//! An edit under load, with the same steps as in the page.

use crate::{
    api::{Api, text},
    load::Load,
    options::Options,
    program::Program,
    report::Report,
};
use anyhow::{Context, Result, bail, ensure};
use hyper::Method;
use openstack_types::error::ApiError;
use plan::{
    Edit, Graph,
    edit::{NextAction, PlanRun, ResolvedDraft},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, time::Instant};

const LBAAS: &str = "/load-balancer/v2/lbaas";
/// The number of servers in each set.
const SERVERS: usize = 3;

/// Sends requests without a pause while all servers of a load balancer are replaced, repeatedly.
pub async fn replace_every_server(
    api: &mut Api,
    port: u16,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let mut sets = Vec::new();
    for set in 0..2 {
        let mut servers = Vec::new();
        for n in 0..SERVERS {
            let name = format!("set-{set}-{n}");
            let arguments = ["whoami", "--listen", "127.0.78.3:0", "--name", &name];
            servers.push(Program::start_listening(&options.bin, &arguments, &[]).await?);
        }
        sets.push(servers);
    }
    let first: Vec<String> = sets[1].iter().map(|(_, address)| address.clone()).collect();
    let made = api.create("replaced", &first, port).await?;
    let (id, vip) = (text(&made, "id")?, text(&made, "vip_address")?);
    api.wait_until_active(id).await?;
    let load = Load::start(&format!("{vip}:{port}"), options.connections);
    let (mut durations, mut steps) = (Vec::new(), 0);
    for n in 0..options.replacements {
        let edit = Edit::new(graph(api, id).await?);
        let mut draft = edit.base_draft().clone();
        let group = draft.groups.first_mut().context("no server group")?;
        let key = group.key;
        group.servers.clear();
        for (_, address) in &sets[n % 2] {
            let (ip, port) = address.rsplit_once(':').context("no port")?;
            draft.add_server_at(key, ip.to_owned(), port.to_owned(), None);
        }
        let resolved = edit.resolve(&draft).map_err(|findings| anyhow::anyhow!("{findings:?}"))?;
        let start = Instant::now();
        steps += run_plan(api, &resolved).await?;
        durations.push(start.elapsed());
    }
    let counted = load.stop().await;
    api.delete(id).await?;
    report.add_latencies("every server replaced, under load", durations);
    report.add("requests during the replacements", counted.answered as f64, "");
    report.add("steps of the replacements", steps as f64, "");
    report.must_be_zero("requests failed while every server was replaced", counted.failed);
    Ok(())
}

async fn run_plan(api: &mut Api, resolved: &ResolvedDraft) -> Result<usize> {
    let id = resolved.edit().base().loadbalancer.id;
    let mut run = PlanRun::new(id, resolved.plan());
    while let Some(step) = run.next_request() {
        let method = Method::from_bytes(step.method.as_str().as_bytes())?;
        let path = format!("{LBAAS}{}", step.path);
        let response = api.request(method, &path, step.body.as_ref()).await;
        let response = response
            .map(|response| response.to_string())
            .map_err(|error| ApiError::no_response(format!("{error:#}")));
        match run.handle_response(response.as_deref()) {
            NextAction::Continue => api.wait_until_active(&id.to_string()).await.map(drop)?,
            NextAction::Retry => ensure!(false, "nobody else changes this load balancer"),
            NextAction::Stop(error) => bail!("{error}"),
        }
    }
    Ok(run.accepted())
}

async fn graph(api: &mut Api, id: &str) -> Result<Graph> {
    let loadbalancer = api.wait_until_active(id).await?;
    let id = text(&loadbalancer, "id")?.to_owned();
    let pools: Vec<openstack_types::octavia::Pool> =
        read(api, &format!("pools?loadbalancer_id={id}"), "pools").await?;
    let mut members = BTreeMap::new();
    for pool in &pools {
        let path = format!("pools/{}/members", pool.id);
        members.insert(pool.id, read(api, &path, "members").await?);
    }
    Ok(Graph {
        loadbalancer: serde_json::from_value(loadbalancer)?,
        listeners: read(api, &format!("listeners?loadbalancer_id={id}"), "listeners").await?,
        pools,
        members,
        monitors: Vec::new(),
        policies: Vec::new(),
        rules: BTreeMap::new(),
    })
}

async fn read<T: DeserializeOwned>(api: &mut Api, path: &str, key: &str) -> Result<T> {
    let mut response: Value = api.request(Method::GET, &format!("{LBAAS}/{path}"), None).await?;
    Ok(serde_json::from_value(response[key].take())?)
}
