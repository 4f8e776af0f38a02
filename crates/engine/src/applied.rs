//! How to apply a specification, and the result: what runs, and which listeners don't run as specified.

use crate::{
    error::{ListenError, PingSocketError},
    spec::LoadBalancerSpec,
};
use openstack_types::ListenerId;
use std::net::IpAddr;
use thiserror::Error;

/// How to apply a specification.
#[derive(Clone, Debug, Default)]
pub struct ApplyOptions {
    /// Listeners that belong to the load balancer but can't be specified now. They keep what they run.
    pub unspecified: Vec<ListenerId>,
    /// Replaces the process even if the specification runs already.
    pub new_process: bool,
}

/// What runs after [`crate::Engine::apply`].
#[derive(Debug)]
pub struct Applied {
    /// What serves now. A listener that failed has its last good configuration here, or is missing.
    pub running: LoadBalancerSpec,
    /// The listeners that don't run as specified, each once.
    pub failed: Vec<FailedListener>,
}

impl Applied {
    /// Whether the listener accepts connections, if only with an earlier configuration.
    pub fn serves(&self, listener: ListenerId) -> bool {
        self.running.listeners.iter().any(|running| running.id == listener)
    }
}

#[derive(Debug, Error)]
#[error("{failure}")]
pub struct FailedListener {
    pub listener: ListenerId,
    pub failure: ListenerFailure,
}

/// Why a listener doesn't run as specified. The message is for the people who see the listener.
#[derive(Debug, Error)]
pub enum ListenerFailure {
    #[error("port {port} of {vip} is used by two listeners")]
    DuplicatePort { vip: IpAddr, port: u16 },
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Ping(#[from] PingSocketError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// For a reason of no single listener: memory, files, a process that was killed.
    #[error("{0}")]
    Process(String),
}

impl ListenerFailure {
    /// Whether the cause is in the machine and can go by itself, so that another try may succeed. The causes
    /// in the specification stay until it changes.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::DuplicatePort { .. } | Self::Refused(_) => false,
            Self::Listen(_) | Self::Ping(_) | Self::Process(_) => true,
        }
    }
}

/// HAProxy does not accept the configuration of a listener.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error(
        "OpenSSL refuses its certificate: the key is too short, or a signature uses an algorithm that is no \
         longer safe, such as SHA-1"
    )]
    WeakCertificate,
    #[error("its certificate has no private key")]
    NoPrivateKey,
    #[error("the private key does not belong to its certificate")]
    WrongPrivateKey,
    #[error("HAProxy does not accept its settings: {0}")]
    Settings(String),
}

impl Refusal {
    /// `alerts` are the messages of HAProxy's `[ALERT]` lines, joined by `; `.
    pub(crate) fn from_alerts(alerts: &str) -> Self {
        if alerts.contains("unable to load SSL certificate into SSL Context")
            || alerts.contains("unable to load chain certificate into SSL Context")
        {
            return Self::WeakCertificate;
        }
        if alerts.contains("No Private Key found") {
            return Self::NoPrivateKey;
        }
        if alerts.contains("inconsistencies between private key and certificate") {
            return Self::WrongPrivateKey;
        }
        let summary = ["Error(s) found in configuration file", "Fatal errors found"];
        let causes: Vec<&str> = alerts
            .split("; ")
            .filter(|alert| !summary.iter().any(|text| alert.contains(text)))
            // `config : parsing [FILE:LINE] : CAUSE`: nobody else sees that file.
            .map(|alert| alert.split_once("] : ").map_or(alert, |(_, cause)| cause))
            .map(|alert| alert.strip_prefix("config : ").unwrap_or(alert).trim())
            .filter(|alert| !alert.is_empty())
            .collect();
        Self::Settings(causes.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_of_haproxy_become_reasons_for_people() {
        let summary = "config : Error(s) found in configuration file : /proc/self/fd/3; \
                       config : Fatal errors found in configuration.";
        let refusal = |alert: &str| Refusal::from_alerts(&format!("{alert}; {summary}"));
        let bind = "config : parsing [/proc/self/fd/3:11] : 'bind fd@6' in section 'frontend' : ";
        assert_eq!(
            refusal(&format!(
                "{bind}unable to load SSL certificate into SSL Context '/proc/self/fd/8'."
            )),
            Refusal::WeakCertificate
        );
        assert_eq!(
            refusal(&format!("{bind}No Private Key found in '/proc/self/fd/8'.")),
            Refusal::NoPrivateKey
        );
        assert_eq!(
            refusal(&format!("{bind}inconsistencies between private key and certificate loaded.")),
            Refusal::WrongPrivateKey
        );
        let other =
            refusal("config : parsing [/proc/self/fd/3:20] : error detected while parsing ACL");
        assert_eq!(other, Refusal::Settings("error detected while parsing ACL".to_owned()));
        assert!(other.to_string().starts_with("HAProxy does not accept its settings"));
    }
}
