//! `lb-portal serve`

use super::{
    output::print_line,
    signals::{ignore_file_size_signal, stop_signal},
};
use crate::{
    config::Config,
    password::Password,
    serve::{CloudServer, Options, Server},
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
    /// Directory for all data; created on the first start. A portal in front of a cloud keeps none.
    #[arg(long, value_name = "DIR", required_unless_present = "cloud", conflicts_with = "cloud")]
    data_dir: Option<PathBuf>,
    /// Networks, TLS versions and limits (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keystone of an OpenStack cloud that the page is for, in place of this machine.
    #[arg(long, value_name = "KEYSTONE_URL")]
    cloud: Option<String>,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        let stop = stop_signal()?;
        ignore_file_size_signal()?;
        match (self.cloud, self.data_dir) {
            (Some(cloud), _) => {
                let server = CloudServer::start(&self.listen, &cloud, config).await?;
                print_line(&format!("listening on http://{}", server.address()));
                server.run(stop).await;
            }
            (None, Some(data_dir)) => {
                let server = Server::start(Options {
                    listen: self.listen,
                    data_dir,
                    config,
                    admin_password: std::env::var(ADMIN_PASSWORD)
                        .ok()
                        .filter(|password| !password.is_empty())
                        .map(Password::new),
                })
                .await?;
                if let Some(password) = server.generated_password() {
                    print_line(&format!(
                        "sign in as admin with the password {}",
                        password.reveal()
                    ));
                    print_line("it is shown this once; `lb-portal user passwd admin` sets another");
                }
                print_line(&format!("listening on http://{}", server.address()));
                server.run(stop).await?;
            }
            (None, None) => bail!("--data-dir or --cloud is needed"),
        }
        Ok(())
    }
}
