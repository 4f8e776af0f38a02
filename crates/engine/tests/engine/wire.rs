//! What servers and clients see on the wire: PROXY headers, negotiated protocols, and the ends of timeouts.

use crate::support::{
    tls::{Authority, s_client, tls},
    *,
};
use engine::spec::*;
use openstack_types::octavia::ClientCertificateHeader;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};
use uuid::Uuid;

const NAME: &str = "www.example.com";
/// Of a PROXY header of version 2.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A server that answers each connection with the bytes before its request, as hexadecimal digits.
async fn server_of_headers(at: IpAddr) -> SocketAddr {
    let listener = TcpListener::bind((at, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut read = Vec::new();
                let header = loop {
                    if let Some(at) = read.windows(6).position(|part| part == b"GET / ") {
                        break read[..at].to_vec();
                    }
                    match stream.read_buf(&mut read).await {
                        Ok(n) if n > 0 => {}
                        _ => return,
                    }
                };
                let body: String = header.iter().map(|byte| format!("{byte:02x}")).collect();
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
                );
                let _ = stream.write_all((head + &body).as_bytes()).await;
            });
        }
    });
    address
}

fn bytes(response: &Response) -> Vec<u8> {
    let digits = response.body.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The addresses and the rest of a PROXY header of version 2 about an IPv4 connection.
fn proxy_v2(header: &[u8]) -> ([SocketAddr; 2], &[u8]) {
    assert_eq!(&header[..12], SIGNATURE);
    // Version 2, PROXY; TCP over IPv4.
    assert_eq!(header[12..14], [0x21, 0x11], "{header:x?}");
    let length = usize::from(u16::from_be_bytes([header[14], header[15]]));
    assert_eq!(header.len(), 16 + length);
    let ip = |at: usize| IpAddr::from(<[u8; 4]>::try_from(&header[at..at + 4]).unwrap());
    let port = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let ends = [SocketAddr::new(ip(16), port(24)), SocketAddr::new(ip(20), port(26))];
    (ends, &header[28..])
}

/// A server would drop the headers that the client names, or take a trailer for one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_can_neither_remove_nor_forge_what_the_listener_adds() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners[0].mode = ListenerMode::TerminatedHttps(tls(&authority.issue(NAME)));
    let headers = &mut spec.listeners[0].insert_headers;
    headers.x_forwarded_for = true;
    headers.x_forwarded_port = true;
    headers.x_forwarded_proto = true;
    headers.client_certificate = ClientCertificateHeader::ALL.into();
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, spec.listeners[0].port);
    let client = authority.client(&[]);
    for connection in [
        "X-Forwarded-For, X-Forwarded-Proto, X-SSL-Client-Verify",
        "close, X-Forwarded-Port, x-ssl-client-dn",
        "keep-alive\r\nConnection: X-Forwarded-For\r\nConnection: X-SSL-Issuer",
        "upgrade, x-forwarded-for",
    ] {
        let mut connected = client.connect(to, NAME).await.unwrap();
        let headers = format!("Connection: {connection}\r\nUpgrade: chat\r\n");
        let response = connected.get("/", &headers).await.unwrap();
        let received = response.body.to_lowercase();
        let kept = received.lines().filter(|line| line.starts_with("connection:"));
        for line in kept {
            assert!(!line.contains("x-"), "{connection}: {received}");
        }
        let upgrades = received.lines().any(|line| line == "connection: upgrade");
        assert_eq!(upgrades, connection.starts_with("upgrade"), "{received}");
        assert!(response.request_header("X-Forwarded-For").is_some(), "{received}");
        assert_eq!(response.request_header("X-SSL-Client-Verify"), Some("0"), "{received}");
    }
    // A trailer stays behind the body, where HTTP has no header.
    let mut connected = client.connect(to, NAME).await.unwrap();
    let request = "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
                   1\r\nx\r\n0\r\nX-SSL-Client-CN: forged\r\nX-Forwarded-Proto: forged\r\n\r\n";
    let response = connected.send(request).await.unwrap();
    assert!(!response.body.contains("forged"), "{response:?}");
    assert_eq!(response.request_header("X-SSL-Client-CN"), Some(""));
    fixture.finish().await;
}

/// Whoever reads a request with two hosts could take it for another one than the rules did.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_two_hosts_reaches_no_server() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let mut client = Client::connect((spec.vip, spec.listeners[0].port)).await.unwrap();
    let request = "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n";
    assert_eq!(client.send(request).await.unwrap().status, 400);
    fixture.finish().await;
}

/// The value of a field behind the addresses.
fn field(fields: &[u8], wanted: u8) -> Option<&[u8]> {
    let mut rest = fields;
    while let [kind, high, low, tail @ ..] = rest {
        let (value, next) = tail.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        if *kind == wanted {
            return Some(value);
        }
        rest = next;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_learn_of_the_client_by_proxy_headers() {
    let mut fixture = TestEngine::start().await;
    let (client, clients) = (fixture.net.address(), Authority::new());
    let at = server_of_headers(fixture.net.address()).await;
    let authority = Authority::new();
    let mut secure = tls(&authority.issue(NAME));
    let verification = PeerVerification { authorities: clients.pem(), revocation_lists: None };
    secure.client_authentication = Some(ClientAuthentication { is_required: false, verification });
    let pools = [PoolMode::ProxyV1, PoolMode::ProxyV2]
        .map(|mode| PoolSpec { mode, ..pool([member_at(Uuid::new_v4().into(), at)]) });
    let mut spec = load_balancer(fixture.net.address(), pools[0].clone());
    spec.listeners = vec![
        listener(ListenerMode::Tcp, 8001, Some(pools[0].id)),
        listener(ListenerMode::Http, 8002, Some(pools[0].id)),
        listener(ListenerMode::Tcp, 8003, Some(pools[1].id)),
        listener(ListenerMode::Http, 8004, Some(pools[1].id)),
        listener(ListenerMode::TerminatedHttps(secure), 8443, Some(pools[1].id)),
    ];
    spec.pools = pools.into();
    fixture.apply(&spec).await.unwrap();
    let vip = spec.vip;
    let ask = async |port: u16| {
        let mut from = Client::connect_from(Some(client), (vip, port)).await.unwrap();
        from.get("/", "Connection: close\r\n").await.unwrap()
    };
    for port in [8001, 8002] {
        let header = String::from_utf8(bytes(&ask(port).await)).unwrap();
        let words: Vec<&str> = header.trim_end().split(' ').collect();
        let [proxy, family, from, to, _, target] = words[..] else { panic!("{header}") };
        assert_eq!([proxy, family], ["PROXY", "TCP4"]);
        assert_eq!([from, to], [client.to_string(), vip.to_string()]);
        assert_eq!(target, port.to_string());
    }
    for port in [8003, 8004] {
        let header = bytes(&ask(port).await);
        let ([from, to], _) = proxy_v2(&header);
        assert_eq!((from.ip(), to), (client, SocketAddr::new(vip, port)));
    }
    // With TLS, also its version and the common name of the client.
    let alice = clients.issue("alice");
    let known = authority.client_with(&[], Some(&alice));
    for (client, name) in [(authority.client(&[]), None), (known, Some(b"alice".as_slice()))] {
        let mut connection = client.connect((vip, 8443), NAME).await.unwrap();
        let header = bytes(&connection.get("/", "Connection: close\r\n").await.unwrap());
        let ([_, to], fields) = proxy_v2(&header);
        assert_eq!(to, SocketAddr::new(vip, 8443));
        // PP2_TYPE_SSL: flags, the result of the verification, and fields of its own.
        let ssl = field(fields, 0x20).unwrap();
        assert_eq!(ssl[0] & 1, 1, "the client used TLS");
        assert_eq!(ssl[0] & 2 == 2, name.is_some(), "it sent a certificate");
        assert_eq!(field(&ssl[5..], 0x21), Some(b"TLSv1.2".as_slice()));
        assert_eq!(field(&ssl[5..], 0x22), name);
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_protocol_is_negotiated_only_if_it_is_offered() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let certificate = Authority::new().issue(NAME);
    let all = [("h2", Alpn::H2), ("http/1.1", Alpn::Http11), ("http/1.0", Alpn::Http10)];
    let lists: Vec<Vec<&str>> = (1..8)
        .map(|bits| (0..3).filter(|n| bits >> n & 1 == 1).map(|n| all[n].0).collect())
        .collect();
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners = (8443..)
        .zip(&lists)
        .map(|(port, list)| {
            let mut settings = tls(&certificate);
            let listed = all.iter().filter(|(name, _)| list.contains(name));
            settings.alpn = listed.map(|(_, protocol)| *protocol).collect();
            listener(ListenerMode::TerminatedHttps(settings), port, Some(spec.pools[0].id))
        })
        .collect();
    fixture.apply(&spec).await.unwrap();
    for (listener, list) in spec.listeners.iter().zip(&lists) {
        for (name, _) in all {
            let output = s_client((spec.vip, listener.port), &["-alpn", name]).await;
            let expected = if list.contains(&name) {
                format!("ALPN protocol: {name}\n")
            } else {
                "No ALPN negotiated\n".to_owned()
            };
            assert!(output.contains(&expected), "{name} of {list:?}: {output}");
        }
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_timeout_ends_what_it_is_for() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let short = Duration::from_millis(300);
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let pool = Some(spec.pools[0].id);
    spec.listeners = (8000..8004).map(|port| listener(ListenerMode::Http, port, pool)).collect();
    spec.listeners[1].timeout_client = short;
    spec.listeners[2].timeout_server = short;
    fixture.apply(&spec).await.unwrap();
    let vip = spec.vip;

    // A server that does not answer, and one that does later.
    let hold = |port| tokio::spawn(get((vip, port), "/hold"));
    let (patient, impatient) = (hold(8000), hold(8002));
    assert_eq!(impatient.await.unwrap().unwrap().status, 504);
    assert!(!patient.is_finished());
    eventually("the request is held", || {
        a.requests.load(std::sync::atomic::Ordering::Relaxed) == 2
    })
    .await;
    a.release.notify_waiters();
    assert_eq!(patient.await.unwrap().unwrap().status, 200);

    // A client that sends nothing more.
    let mut idle = Client::connect((vip, 8001)).await.unwrap();
    let mut open = Client::connect((vip, 8000)).await.unwrap();
    assert_eq!(idle.get("/", "").await.unwrap().status, 200);
    assert_eq!(open.get("/", "").await.unwrap().status, 200);
    assert!(idle.closed().await, "an idle connection ends");
    assert_eq!(open.get("/", "").await.unwrap().status, 200);
    drop(open);
    fixture.finish().await;
}

/// A listener whose members accept no connection answers after the timeout instead of waiting on.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_nothing_is_given_up() {
    let mut fixture = TestEngine::start().await;
    // The queue of a socket that nobody accepts from, filled up.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(fixture.net.address(), 0)).unwrap();
    let socket = socket.listen(0).unwrap();
    let to = socket.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = timeout(Duration::from_secs(1), TcpStream::connect(to)).await {
        queued.push(stream.unwrap());
    }
    let mut spec =
        load_balancer(fixture.net.address(), pool([member_at(Uuid::new_v4().into(), to)]));
    spec.listeners[0].timeout_connect = Duration::from_millis(200);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 503);
    drop((socket, queued));
    fixture.finish().await;
}
