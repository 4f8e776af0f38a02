//! TLS in front of a member.

use super::{Member, specs::member_at};
use engine::spec::MemberSpec;
use openstack_types::MemberId;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::CertificateDer},
};

/// What a server saw of a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    pub server_name: Option<String>,
    pub alpn: Option<String>,
    /// The certificate of the load balancer.
    pub certificate: Option<CertificateDer<'static>>,
    pub version: String,
    pub cipher: String,
}

/// A server that speaks TLS and passes everything on to a member.
pub struct TlsMember {
    pub id: MemberId,
    pub at: SocketAddr,
    handshakes: Arc<Mutex<Vec<Handshake>>>,
    task: JoinHandle<()>,
}

impl Drop for TlsMember {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsMember {
    pub async fn start(member: &Member, config: ServerConfig) -> Self {
        let listener = TcpListener::bind((member.at.ip(), 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let handshakes = Arc::new(Mutex::new(Vec::new()));
        let (seen, to) = (handshakes.clone(), member.at);
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                open.spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let (_, tls) = stream.get_ref();
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let certificates = tls.peer_certificates();
                    seen.lock().unwrap().push(Handshake {
                        server_name: tls.server_name().map(str::to_owned),
                        alpn: tls.alpn_protocol().map(text),
                        certificate: certificates.map(|it| it[0].clone().into_owned()),
                        version: format!("{:?}", tls.protocol_version().unwrap()),
                        cipher: format!("{:?}", tls.negotiated_cipher_suite().unwrap().suite()),
                    });
                    let Ok(mut plain) = TcpStream::connect(to).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut plain).await;
                });
            }
        });
        Self { id: uuid::Uuid::new_v4().into(), at, handshakes, task }
    }

    pub fn spec(&self) -> MemberSpec {
        member_at(self.id, self.at)
    }

    pub fn last(&self) -> Option<Handshake> {
        self.handshakes.lock().unwrap().last().cloned()
    }
}
