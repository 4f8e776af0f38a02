//! `lb-portal serve`

use super::{output::print_line, signals::stop_signal};
use crate::{
    config::Config,
    password::Password,
    serve::{Options, Server},
};
use anyhow::bail;
use clap::Args;
use std::path::PathBuf;

/// The variable with the password of `admin` on the first start.
const ADMIN_PASSWORD: &str = "LB_PORTAL_ADMIN_PASSWORD";

#[derive(Args)]
pub(super) struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Directory for all data; created on the first start.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Networks, TLS versions and limits (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keystone of a real cloud to forward to.
    #[arg(long, value_name = "KEYSTONE_URL")]
    cloud: Option<String>,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        if self.cloud.is_some() {
            bail!("forwarding to a cloud (--cloud) is not part of this version");
        }
        let config = match &self.config {
            Some(path) => Config::read(path)?,
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
        .await?;
        if let Some(password) = server.generated_password() {
            print_line(&format!("sign in as admin with the password {}", password.reveal()));
            print_line("it is shown this once; `lb-portal user passwd admin` sets another");
        }
        print_line(&format!("listening on http://{}", server.address()));
        server.run(stop).await;
        Ok(())
    }
}
