//! From options to a running server, and down again.

use crate::{
    app::App,
    config::Config,
    data_dir::{DataDir, Lock},
    events::Events,
    listen,
    networks::Networks,
    password::{self, Password, PasswordVerifier},
    reconcile::{self, Reconcile},
    router,
    sign_in::throttle::SignInThrottle,
    store::{Store, barbican, first_start, networks::load, octavia::traffic},
    vault::Vault,
};
use engine::{Engine, EngineConfig};
use jiff::Timestamp;
use std::{fmt, future::Future, net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// What to serve, and from where.
pub struct Options {
    /// `ADDRESS:PORT`; port 0 takes a free one.
    pub listen: String,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// What the operator decided.
    pub config: Config,
    /// Password of `admin` on a first start; without one, a random one is made.
    pub admin_password: Option<Password>,
}

/// Why the server cannot start. `Display` is one clear line.
#[derive(Debug)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

fn because(why: impl fmt::Display) -> StartError {
    StartError(why.to_string())
}

/// A server that has bound its port and is ready to answer.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
    made_password: Option<Password>,
    reconciling: JoinHandle<()>,
    _lock: Lock,
}

impl Server {
    /// Everything that can fail. What runs already is not disturbed by a failure.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { listen, data_dir, config, admin_password } = options;
        let data_dir = DataDir::open(&data_dir).map_err(because)?;
        let lock = data_dir.lock().map_err(because)?;
        let cannot_listen =
            |why: std::io::Error| StartError(format!("cannot listen on {listen}: {why}"));
        let listener = TcpListener::bind(&listen).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;

        let events = Events::default();
        let publish = {
            let events = events.clone();
            Arc::new(move |change| events.publish(change))
        };
        let store = Store::open(&data_dir.database(), publish).map_err(because)?;
        let sealed = store.read(barbican::some_sealed).await.map_err(unreadable)?;
        let vault = Arc::new(Vault::open(&data_dir.key(), &sealed).map_err(because)?);
        let engine_config =
            EngineConfig { run_dir: data_dir.run(), haproxy: config.haproxy.clone() };
        let (engine, reports) = Engine::start(engine_config).await.map_err(because)?;
        let made_password = fill_if_empty(&store, admin_password).await?;
        tokio::task::spawn_blocking(password::warm_up);
        let networks = config.networks.clone();
        let networks =
            store.write(move |tx| load(tx, &networks, Timestamp::now())).await.map_err(because)?;

        let totals = store.read(traffic::load).await.map_err(unreadable)?;
        let (reconcile, queue) = Reconcile::new(totals);
        let parts = reconcile::Parts {
            store: store.clone(),
            engine: engine.clone(),
            vault: vault.clone(),
            traffic: reconcile.traffic().clone(),
            tls: config.tls.clone(),
        };
        let shutdown = CancellationToken::new();

        let app = Arc::new(App {
            store,
            vault,
            engine,
            events,
            reconcile,
            password_verifier: PasswordVerifier::new(config.limits.password_checks),
            sign_in_throttle: SignInThrottle::default(),
            event_stream_permits: Arc::new(Semaphore::new(config.limits.event_streams)),
            networks: Networks::new(networks),
            config,
            token_revocations: watch::Sender::new(()),
            shutdown: shutdown.clone(),
        });
        let reconciling = tokio::spawn(reconcile::run(parts, queue, reports, shutdown));
        Ok(Self { app, listener, address, made_password, reconciling, _lock: lock })
    }

    /// The address bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The password made for `admin`, on a first start without one given.
    pub fn made_password(&self) -> Option<&Password> {
        self.made_password.as_ref()
    }

    /// What requests reach.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Serves until `stop`, then finishes what is under way and ends the engine's processes softly.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.app.shutdown.clone();
        tokio::spawn({
            let shutdown = shutdown.clone();
            async move {
                stop.await;
                shutdown.cancel();
            }
        });
        listen::serve(self.listener, router::router(self.app.clone()), shutdown.clone()).await;
        shutdown.cancel();
        // Ended by that; what is not carried out yet is by the next start.
        let _ = self.reconciling.await;
        self.app.engine.shutdown().await;
    }
}

fn unreadable(why: rusqlite::Error) -> StartError {
    StartError(format!("reading the database failed: {why}"))
}

async fn fill_if_empty(
    store: &Store,
    given: Option<Password>,
) -> Result<Option<Password>, StartError> {
    if !store.read(first_start::is_needed).await.map_err(unreadable)? {
        return Ok(None);
    }
    let made = if given.is_none() { Some(Password::random().map_err(because)?) } else { None };
    let Some(password) = given.as_ref().or(made.as_ref()).cloned() else { return Ok(None) };
    let hash = tokio::task::spawn_blocking(move || password::hash(&password))
        .await
        .map_err(because)?
        .map_err(because)?;
    store
        .write(move |tx| first_start::fill(tx, &hash, Timestamp::now().as_second()))
        .await
        .map_err(unreadable)?;
    Ok(made)
}
