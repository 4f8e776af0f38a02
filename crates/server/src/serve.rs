//! Starts and stops the server.

mod cloud;

pub use cloud::CloudServer;

use crate::{
    address_policy::AddressPolicy,
    app::App,
    certificate_reader::CertificateReader,
    config::{Config, Limits},
    data_dir::{DataDir, DataDirError, Lock},
    disk_reserve::DiskReserve,
    events::Events,
    listen,
    networks::Networks,
    password::{self, Password, PasswordVerifier},
    random::RandomError,
    reconcile::{self, Reconcile},
    response_cache::ResponseCache,
    revocations::Revocations,
    router,
    sign_in::throttle::SignInThrottle,
    store::{self, Store, barbican, first_start, networks::NetworkError, octavia::traffic},
    user_limit::UserLimit,
    vault::{KeyError, Vault},
};
use engine::{Capacity, Engine, EngineConfig};
use jiff::Timestamp;
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    pin::pin,
    sync::Arc,
};
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinHandle},
};
use tokio_util::sync::CancellationToken;

pub struct Options {
    /// `ADDRESS:PORT`; port 0 takes a free one.
    pub listen: String,
    pub data_dir: PathBuf,
    pub config: Config,
    /// Password of `admin` on the first start. `None`: a random one is generated.
    pub admin_password: Option<Password>,
}

/// Why the server cannot start. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("cannot listen on {address}")]
    Listen { address: String, source: io::Error },
    #[error(transparent)]
    Store(#[from] store::OpenError),
    #[error("reading the database failed")]
    Database(#[from] rusqlite::Error),
    #[error(
        "the database {} is missing or empty, but the key file {} of an earlier one is there; put the database \
         back from the backup, with its -wal file if it has one, or move the key file away",
        database.display(), key.display()
    )]
    EmptyBesideKey { database: PathBuf, key: PathBuf },
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The message includes the cause.
    #[error("{0}")]
    Engine(engine::StartError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Task(#[from] JoinError),
    #[error("cannot start a thread")]
    Threads(#[source] io::Error),
    #[error(transparent)]
    Cloud(#[from] crate::cloud::StartError),
}

/// What applies changes has ended by itself, which is a fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("changes can no longer be applied; start the server again")]
pub struct ReconcileEnded;

/// A server that has bound its port and is ready to accept connections.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
    generated_password: Option<Password>,
    reconciling: JoinHandle<()>,
    _lock: Lock,
}

impl Server {
    /// Performs every step that can fail. A failure does not disturb a server that already runs.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { listen, data_dir, mut config, admin_password } = options;
        let data_dir = DataDir::open(&data_dir)?;
        let lock = data_dir.lock().await?;
        let (listener, address) =
            bind(&listen).await.map_err(|source| StartError::Listen { address: listen, source })?;

        let events = Events::default();
        let publish = {
            let events = events.clone();
            Arc::new(move |change| events.publish(change))
        };
        let beside_key =
            || StartError::EmptyBesideKey { database: data_dir.database(), key: data_dir.key() };
        if data_dir.key().exists() && !data_dir.database().exists() {
            return Err(beside_key());
        }
        let store = Store::open(&data_dir.database(), publish)?;
        let is_first_start = store.read(first_start::is_needed).await?;
        if is_first_start && data_dir.key().exists() {
            return Err(beside_key());
        }
        let engine_config = EngineConfig {
            haproxy: config.haproxy.clone(),
            old_processes: config.limits.old_process_limits(),
            user: config.engine.user.clone(),
            sandbox: config.engine.sandbox,
            other_files: files_of_clients(&config.limits),
            ..EngineConfig::new(data_dir.run())
        };
        let (engine, reports) = Engine::start(engine_config).await.map_err(StartError::Engine)?;
        let capacity = engine.capacity();
        log_capacity(capacity);
        keep_room_for_load_balancers(&mut config.limits, capacity);
        let generated_password =
            if is_first_start { create_admin(&store, admin_password).await? } else { None };
        // After the first user, so that a database without users has no key file.
        let sealed = store.read(barbican::sealed_samples).await?;
        let vault = Arc::new(Vault::open(&data_dir.key(), &sealed)?);
        let networks = load_networks(&store, &config).await?;
        let address_policy = Arc::new(AddressPolicy::new(&config.members, vec![address]));
        warn_of_shared_addresses(&address_policy, address, &networks);
        warn_of_local_proxy(&config);

        let totals = store.read(traffic::load).await?;
        let (reconcile, queue) = Reconcile::new(totals);
        let parts = reconcile::Parts {
            store: store.clone(),
            engine: engine.clone(),
            vault: vault.clone(),
            traffic: reconcile.traffic().clone(),
            tls: config.tls.clone(),
            address_policy: address_policy.clone(),
        };
        let shutdown = CancellationToken::new();
        let reconciling = reconcile::run(parts, queue, reports, shutdown.clone());

        let config = Arc::new(config);
        let limits = &config.limits;
        let app = Arc::new(App {
            store,
            vault,
            engine,
            events,
            reconcile,
            password_verifier: PasswordVerifier::start(limits).map_err(StartError::Threads)?,
            certificate_reader: CertificateReader::start().map_err(StartError::Threads)?,
            sign_in_throttle: SignInThrottle::default(),
            event_streams: UserLimit::new(limits.event_streams, limits.event_streams_per_user),
            requests: UserLimit::new(usize::MAX, limits.requests_per_user),
            handshakes: UserLimit::new(limits.handshakes, limits.handshakes_per_user),
            address_policy,
            networks,
            disk_reserve: DiskReserve::new(&data_dir.database(), limits.disk_reserve_bytes),
            config: config.clone(),
            revocations: Revocations::default(),
            lists: ResponseCache::default(),
            shutdown,
        });
        Ok(Self {
            app,
            listener,
            address,
            generated_password,
            reconciling: tokio::spawn(reconciling),
            _lock: lock,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The password generated for `admin` on the first start.
    pub fn generated_password(&self) -> Option<&Password> {
        self.generated_password.as_ref()
    }

    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Serves until `stop`, then completes pending requests and stops the processes of the engine
    /// gracefully.
    ///
    /// # Errors
    /// Changes can no longer be applied. A new start repairs that; a server that went on would accept changes and
    /// leave them pending.
    pub async fn run(
        mut self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ReconcileEnded> {
        let shutdown = self.app.shutdown.clone();
        tokio::spawn({
            let shutdown = shutdown.clone();
            async move {
                stop.await;
                shutdown.cancel();
            }
        });
        let router = router::router(self.app.clone());
        tokio::spawn({
            let (app, shutdown) = (self.app.clone(), shutdown.clone());
            async move { app.revocations.run(app.store.clone(), shutdown).await }
        });
        let serving =
            listen::serve(self.listener, router, self.app.config.clone(), shutdown.clone());
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            () = &mut serving => None,
            result = &mut self.reconciling => Some(result),
        };
        let early = ended.is_some() && !shutdown.is_cancelled();
        shutdown.cancel();
        match ended {
            Some(_) => serving.await,
            // The next start applies what is still pending.
            None => drop(self.reconciling.await),
        }
        self.app.engine.shutdown().await;
        // A copy of the database file alone is complete.
        if let Err(error) = self.app.store.checkpoint().await {
            tracing::warn!(%error, "the -wal file of the database is still needed");
        }
        if early { Err(ReconcileEnded) } else { Ok(()) }
    }
}

/// Says how many load balancers fit, as a warning if that is few.
fn log_capacity(capacity: Capacity) {
    const FEW: u64 = 1000;
    let (load_balancers, open_files) = (capacity.load_balancers(), capacity.open_files());
    if load_balancers < FEW {
        tracing::warn!(
            load_balancers,
            open_files,
            "few load balancers fit into the limit of open files"
        );
    } else {
        tracing::info!(
            load_balancers,
            open_files,
            "so many load balancers fit into the limit of open files"
        );
    }
}

/// What clients take at their limits, and the database and the program itself.
fn files_of_clients(limits: &Limits) -> u64 {
    const OWN: usize = 200;
    (limits.connections.saturating_add(limits.event_streams).saturating_add(OWN)) as u64
}

/// Connections of clients and their event streams fit into the open files that load balancers leave.
fn keep_room_for_load_balancers(limits: &mut Limits, capacity: Capacity) {
    if files_of_clients(limits) <= capacity.reserve() {
        return;
    }
    let reserve = usize::try_from(capacity.reserve()).unwrap_or(usize::MAX);
    limits.connections = limits.connections.min(reserve / 2);
    limits.event_streams = limits.event_streams.min(reserve / 4);
    tracing::warn!(
        connections = limits.connections,
        event_streams = limits.event_streams,
        open_files = capacity.open_files(),
        "the limits of connections are lowered, since they don't fit into the limit of open files"
    );
}

async fn bind(address: &str) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn load_networks(store: &Store, config: &Config) -> Result<Networks, NetworkError> {
    let networks = config.networks.clone();
    let networks =
        store.write(move |tx| store::networks::load(tx, &networks, Timestamp::now())).await?;
    Ok(Networks::new(networks))
}

/// A browser sends the cookies of a host to every port of it, so the session of somebody who uses the portal at
/// an address goes to the load balancers at the same address too.
fn warn_of_shared_addresses(policy: &AddressPolicy, own: SocketAddr, networks: &Networks) {
    if policy.listens_everywhere() {
        tracing::warn!(
            listen = %own,
            "the portal listens on every address of this machine, which includes those of load balancers; \
             listen on one address, and use the portal only there"
        );
    }
    for network in networks.iter().filter(|network| network.subnet.cidr.contains(&own.ip())) {
        tracing::warn!(
            network = %network.name,
            address = %own.ip(),
            "the network contains the address of the portal; no load balancer gets that address"
        );
    }
}

/// The load balancers on this machine connect from its addresses too.
fn warn_of_local_proxy(config: &Config) {
    let has_local = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        .iter()
        .any(|address| config.proxy.trusts(*address));
    if has_local && config.server.public_url.is_none() {
        tracing::warn!(
            "proxy.trusted contains an address that the load balancers of this portal connect from; \
             set server.public_url, and let the proxy connect from an address of its own"
        );
    }
}

/// Creates the first project and the user `admin`. Returns the password if it generated one.
async fn create_admin(
    store: &Store,
    password: Option<Password>,
) -> Result<Option<Password>, StartError> {
    let (password, generated) = match password {
        Some(password) => (password, None),
        None => {
            let password = Password::random()?;
            (password.clone(), Some(password))
        }
    };
    let hash = tokio::task::spawn_blocking(move || password::hash(&password)).await??;
    store.write(move |tx| first_start::fill(tx, &hash, Timestamp::now().as_second())).await?;
    Ok(generated)
}
