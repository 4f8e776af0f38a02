//! The command line.

mod accounts;
mod whoami;

use crate::{
    config::Config,
    password::Password,
    serve::{Options, Server},
};
use clap::{Args, Parser, Subcommand};
use std::{future::Future, io::Write, path::PathBuf, pin::Pin, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Password of `admin` on a first start.
const ADMIN_PASSWORD: &str = "LB_PORTAL_ADMIN_PASSWORD";

/// What went wrong, in one clear line.
type Said = String;

/// Load balancers for one machine: the page, the OpenStack APIs, and the traffic.
#[derive(Parser)]
#[command(name = "lb-portal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page and the APIs, and move the traffic.
    Serve(Serve),
    /// Projects; also while the server runs.
    #[command(subcommand)]
    Project(accounts::ProjectCommand),
    /// Users; also while the server runs.
    #[command(subcommand)]
    User(accounts::UserCommand),
    /// A tiny server to balance to: answers with its name and the request that it saw.
    Whoami(whoami::Whoami),
}

#[derive(Args)]
struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where everything is kept; made on the first start.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Networks, TLS versions and limits (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keystone of a real cloud to forward to.
    #[arg(long, value_name = "KEYSTONE_URL")]
    cloud: Option<String>,
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(why) => return failed(&format!("cannot start: {why}")),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run().await,
            Command::Project(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Whoami(whoami) => whoami.run().await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => failed(&said),
    }
}

fn failed(said: &str) -> ExitCode {
    eprintln!("lb-portal: {said}");
    ExitCode::FAILURE
}

/// Prints a line at once, also into a pipe. Nobody reading is no reason to stop.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Ends with the first SIGTERM or SIGINT from now on.
fn stop_signal() -> Result<Pin<Box<dyn Future<Output = ()> + Send>>, Said> {
    let cannot = |why: std::io::Error| format!("cannot listen to signals: {why}");
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    Ok(Box::pin(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }))
}

impl Serve {
    async fn run(self) -> Result<(), Said> {
        if self.cloud.is_some() {
            return Err("forwarding to a cloud (--cloud) is not part of this version".to_owned());
        }
        let config = match &self.config {
            Some(path) => Config::read(path).map_err(|why| why.to_string())?,
            None => Config::default(),
        };
        let stop = stop_signal()?;
        let server = Server::start(Options {
            listen: self.listen,
            data_dir: self.data_dir,
            config,
            admin_password: std::env::var(ADMIN_PASSWORD)
                .ok()
                .filter(|password| !password.is_empty())
                .map(Password::new),
        })
        .await
        .map_err(|why| why.to_string())?;
        if let Some(password) = server.made_password() {
            say(&format!("sign in as admin with the password {}", password.reveal()));
            say("it is shown this once; `lb-portal user passwd admin` sets another");
        }
        say(&format!("listening on http://{}", server.address()));
        server.run(stop).await;
        Ok(())
    }
}
