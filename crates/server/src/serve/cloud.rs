//! The server in front of a cloud: no database, no engine, no data directory.

use super::{StartError, bind};
use crate::{
    cloud::{self, Cloud},
    config::Config,
    listen, router,
};
use axum::Router;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// A server that has bound its port and found the cloud.
pub struct CloudServer {
    cloud: Arc<Cloud>,
    listener: TcpListener,
    address: SocketAddr,
}

impl CloudServer {
    /// `listen` is `ADDRESS:PORT`; `url` is that of the cloud's Keystone.
    pub async fn start(listen: &str, url: &str, config: Config) -> Result<Self, StartError> {
        let (listener, address) = bind(listen)
            .await
            .map_err(|source| StartError::Listen { address: listen.to_owned(), source })?;
        let cloud = cloud::connect(url, Arc::new(config), address).await?;
        Ok(Self { cloud, listener, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All paths, to be called without a connection.
    pub fn router(&self) -> Router {
        router::cloud_router(self.cloud.clone())
    }

    /// Serves until `stop`, then completes pending requests.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.cloud.shutdown.clone();
        tokio::spawn({
            let shutdown = shutdown.clone();
            async move {
                stop.await;
                shutdown.cancel();
            }
        });
        let config = self.cloud.config.clone();
        listen::serve(self.listener, router::cloud_router(self.cloud), config, shutdown).await;
    }
}
