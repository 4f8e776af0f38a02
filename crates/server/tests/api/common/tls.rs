//! Certificates as people make them, with `openssl`, and clients that trust nobody else's.

pub use super::ports::free_port;

use super::{Client, barbican::SECRETS};
use reqwest::StatusCode;
use serde_json::json;
use std::{
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        client::Resumption,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

/// Whom the certificates are for.
pub const NAME: &str = "www.example.com";

/// Signs certificates; clients trust it.
pub struct Authority {
    dir: TempDir,
    connector: TlsConnector,
    roots: RootCertStore,
}

/// The certificate of a client.
pub struct ClientCertificate {
    pub leaf: CertificateDer<'static>,
    pub certificate: String,
    pub key: String,
}

/// What came of `openssl pkcs12 -export`, and what is in it.
pub struct Issued {
    /// Without a passphrase, but for [`Authority::issue_with`].
    pub p12: Vec<u8>,
    pub leaf: CertificateDer<'static>,
    /// Lines of the private key, to look for where they must not be.
    pub secret: Vec<String>,
}

/// The last certificate that an [`Authority`] issued, as PEM.
pub struct Pem {
    pub certificate: String,
    pub key: String,
    pub issuer: String,
}

async fn openssl(dir: &Path, words: &str) {
    let output =
        Command::new("openssl").args(words.split(' ')).current_dir(dir).output().await.unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Authority {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        openssl(
            dir.path(),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
             -keyout ca.key -out ca.pem -subj /CN=authority",
        )
        .await;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(dir.path().join("ca.pem")).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        // A resumed session shows the certificate of its first handshake, also after that was replaced.
        config.resumption = Resumption::disabled();
        Self { dir, connector: TlsConnector::from(Arc::new(config)), roots }
    }

    /// A bundle without a passphrase.
    pub async fn issue(&self, name: &str) -> Issued {
        self.issue_with(name, "").await
    }

    /// A bundle without a passphrase, with this kind of key (options of `openssl genpkey`), signed with this
    /// hash.
    pub async fn issue_as(&self, key: &str, hash: &str) -> Issued {
        let dir = self.dir.path();
        openssl(dir, &format!("genpkey {key} -out key")).await;
        openssl(
            dir,
            &format!(
                "req -new -key key -out csr -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
            ),
        )
        .await;
        self.sign(hash, "").await
    }

    /// A bundle without a passphrase, for a P-256 key, with this extension.
    pub async fn issue_for(&self, extension: &str) -> Issued {
        let dir = self.dir.path();
        openssl(
            dir,
            &format!(
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out csr \
                 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} -addext {extension}"
            ),
        )
        .await;
        self.sign("sha256", "").await
    }

    /// A bundle with a passphrase.
    pub async fn issue_with(&self, name: &str, passphrase: &str) -> Issued {
        let dir = self.dir.path();
        openssl(
            dir,
            &format!(
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out csr \
                 -subj /CN={name} -addext subjectAltName=DNS:{name}"
            ),
        )
        .await;
        self.sign("sha256", passphrase).await
    }

    /// Issues a certificate for the request in the directory.
    async fn sign(&self, hash: &str, passphrase: &str) -> Issued {
        let dir = self.dir.path();
        openssl(
            dir,
            &format!(
                "x509 -req -in csr -CA ca.pem -CAkey ca.key -days 30 -copy_extensions copy \
                 -out leaf -{hash}"
            ),
        )
        .await;
        openssl(
            dir,
            &format!(
                "pkcs12 -export -inkey key -in leaf -certfile ca.pem -out p12 \
                 -passout pass:{passphrase}"
            ),
        )
        .await;
        let key = std::fs::read_to_string(dir.join("key")).unwrap();
        Issued {
            p12: std::fs::read(dir.join("p12")).unwrap(),
            leaf: CertificateDer::from_pem_file(dir.join("leaf")).unwrap(),
            secret: key
                .lines()
                .filter(|l| l.len() > 40 && !l.starts_with('-'))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// A bundle whose key, RSA with 1,024 bits, OpenSSL does not accept in a server.
    pub async fn issue_weak(&self, name: &str) -> Vec<u8> {
        let dir = self.dir.path();
        let subject = format!("/CN={name}");
        openssl(dir, &format!("req -newkey rsa:1024 -nodes -keyout weak -out csr -subj {subject}"))
            .await;
        openssl(dir, "x509 -req -in csr -CA ca.pem -CAkey ca.key -days 30 -out leaf").await;
        openssl(dir, "pkcs12 -export -inkey weak -in leaf -out p12 -passout pass:").await;
        std::fs::read(dir.join("p12")).unwrap()
    }

    /// The parts of the certificate that was issued last.
    pub fn pem(&self) -> Pem {
        let read = |name| std::fs::read_to_string(self.dir.path().join(name)).unwrap();
        Pem { certificate: read("leaf"), key: read("key"), issuer: read("ca.pem") }
    }

    /// A certificate for a client.
    pub async fn client(&self, name: &str) -> ClientCertificate {
        let issued = self.issue(name).await;
        let Pem { certificate, key, .. } = self.pem();
        ClientCertificate { leaf: issued.leaf, certificate, key }
    }

    /// The certificate of the authority, as PEM.
    pub fn certificate(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("ca.pem")).unwrap()
    }

    /// A revocation list, as PEM.
    pub async fn revocation_list(&self, revoked: &[&ClientCertificate]) -> String {
        let dir = self.dir.path();
        std::fs::write(
            dir.join("ca.cnf"),
            "[ca]\ndefault_ca=this\n[this]\ndatabase=index\ncrlnumber=number\n\
             default_md=sha256\ndefault_crl_days=30\n",
        )
        .unwrap();
        std::fs::write(dir.join("index"), "").unwrap();
        std::fs::write(dir.join("number"), "01").unwrap();
        let ca = "ca -config ca.cnf -cert ca.pem -keyfile ca.key";
        for client in revoked {
            std::fs::write(dir.join("revoked"), &client.certificate).unwrap();
            openssl(dir, &format!("{ca} -revoke revoked")).await;
        }
        openssl(dir, &format!("{ca} -gencrl -out list")).await;
        std::fs::read_to_string(dir.join("list")).unwrap()
    }

    /// [`Self::ask`] of a client that shows a certificate if it is requested.
    pub async fn ask_as(
        &self,
        to: SocketAddr,
        client: Option<&ClientCertificate>,
    ) -> std::io::Result<String> {
        let connector = match client {
            None => self.connector.clone(),
            Some(client) => {
                let builder =
                    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                        .with_safe_default_protocol_versions()
                        .unwrap()
                        .with_root_certificates(self.roots.clone());
                let key = PrivateKeyDer::from_pem_slice(client.key.as_bytes()).unwrap();
                let config = builder.with_client_auth_cert(vec![client.leaf.clone()], key).unwrap();
                TlsConnector::from(Arc::new(config))
            }
        };
        let stream = TcpStream::connect(to).await?;
        ask(connector.connect(ServerName::try_from(NAME).unwrap(), stream).await?).await
    }

    /// Verifies chain and name.
    pub async fn handshake(&self, to: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(to).await?;
        self.connector.connect(ServerName::try_from(NAME).unwrap(), stream).await
    }

    /// The leaf that is served.
    pub async fn leaf(&self, to: SocketAddr) -> CertificateDer<'static> {
        let stream = self.handshake(to).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }

    /// One request on a connection of its own: the whole answer.
    pub async fn ask(&self, to: SocketAddr) -> std::io::Result<String> {
        ask(self.handshake(to).await?).await
    }
}

async fn ask(mut stream: TlsStream<TcpStream>) -> std::io::Result<String> {
    let request = format!("GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    match stream.read_to_string(&mut answer).await {
        // HAProxy closes without saying so first.
        Err(why) if why.kind() != std::io::ErrorKind::UnexpectedEof => Err(why),
        _ if answer.is_empty() => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(answer),
    }
}

/// What `openssl s_client` says of a handshake.
pub async fn s_client(to: SocketAddr, words: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(["s_client", "-connect", &to.to_string(), "-showcerts"])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A server that answers with the head of the request.
pub async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { continue };
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or(0);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {read}\r\nConnection: close\r\n\r\n{}",
                    String::from_utf8_lossy(&head[..read])
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    address
}

impl Authority {
    /// A server with a certificate for a name, in front of one without TLS.
    pub async fn tls_proxy(&self, name: &str, to: SocketAddr) -> SocketAddr {
        let issued = self.issue(name).await;
        let key = PrivateKeyDer::from_pem_slice(self.pem().key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![issued.leaf], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Ok(mut plain) = TcpStream::connect(to).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut plain).await;
                });
            }
        });
        address
    }
}

/// An [`echo`] behind TLS.
pub struct TlsEcho {
    pub at: SocketAddr,
    /// The certificate of the client of the last connection.
    pub client: Arc<Mutex<Option<CertificateDer<'static>>>>,
}

impl Authority {
    /// A server with a certificate for [`NAME`], which accepts clients of `clients`.
    pub async fn tls_echo(&self, clients: &Self) -> TlsEcho {
        let issued = self.issue(NAME).await;
        let key = PrivateKeyDer::from_pem_slice(self.pem().key.as_bytes()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let roots = Arc::new(clients.roots.clone());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
            .with_single_cert(vec![issued.leaf], key)
            .unwrap();
        let (listener, to) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), echo().await);
        let (at, client) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(None)));
        let (acceptor, seen) = (TlsAcceptor::from(Arc::new(config)), client.clone());
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let shown = stream.get_ref().1.peer_certificates();
                    let shown = shown.map(|certificates| certificates[0].clone().into_owned());
                    *seen.lock().unwrap() = shown;
                    let Ok(mut plain) = TcpStream::connect(to).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut plain).await;
                });
            }
        });
        TlsEcho { at, client }
    }
}

impl Client {
    /// Stores a text, and gives its reference.
    pub async fn text_secret(&self, name: &str, text: &str) -> String {
        let body = json!({"name": name, "payload": text, "payload_content_type": "text/plain"});
        let answer = self.post(SECRETS, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["secret_ref"].as_str().unwrap().to_owned()
    }

    /// Stores a bundle, and gives its reference.
    pub async fn certificate(&self, name: &str, issued: &Issued) -> String {
        let id = self.store(name, &issued.p12).await;
        format!("{}/key-manager/v1/secrets/{id}", self.base)
    }
}
