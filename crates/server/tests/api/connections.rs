//! Limits and deadlines of connections, over real sockets.

use crate::common::{TestServer, send, stream::Stream};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// Enough for a busy machine. A test that waits that long fails.
const PATIENCE: Duration = Duration::from_secs(30);
const GET: &[u8] = b"GET /portal/info HTTP/1.1\r\nHost: x\r\n\r\n";

/// Connects from an address of this machine.
async fn connect(server: &TestServer, from: &str) -> TcpStream {
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

/// What the server sends until it closes the connection.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    // A reset is an end too.
    let _ = read.expect("the server keeps the connection open");
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads the head of a response.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = async {
        while !text.windows(4).any(|end| end == b"\r\n\r\n") {
            if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
                break;
            }
        }
    };
    timeout(PATIENCE, read).await.expect("no response");
    String::from_utf8_lossy(&text).into_owned()
}

/// A proxy in front could take such a request for another host than the portal does.
#[tokio::test]
async fn a_request_has_one_host() {
    let server = TestServer::start().await;
    for (head, status) in [
        ("GET /portal/info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET /portal/info HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "400"),
        ("GET /portal/info HTTP/1.1\r\n\r\n", "400"),
        ("GET /portal/info HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET /portal/info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"),
        ("GET /portal/info HTTP/1.0\r\n\r\n", "200"),
    ] {
        let mut stream = connect(&server, "127.0.0.1").await;
        stream.write_all(head.as_bytes()).await.unwrap();
        // Nothing else is read of a connection that was refused.
        let answer = read_to_end(&mut stream).await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{head}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn idle_connections_of_one_address_do_not_shut_out_others() {
    let config = "[limits]\nconnections = 12\nconnections_per_address = 8";
    let server = TestServer::with_config(config).await;
    let mut first = connect(&server, "127.0.0.2").await;
    let mut many = Vec::new();
    for n in 0..30 {
        let mut stream = connect(&server, "127.0.0.2").await;
        if n % 2 == 0 {
            stream.write_all(b"GET / HT").await.unwrap();
        }
        many.push(stream);
    }
    assert_eq!(read_to_end(&mut first).await, "", "the oldest connection gave way");
    let admin = server.admin().await;
    assert_eq!(admin.get("/portal/session").await.status, StatusCode::OK);
    let mut newest = many.pop().unwrap();
    newest.write_all(GET).await.unwrap();
    assert!(read_head(&mut newest).await.starts_with("HTTP/1.1 200"), "it has one of 8 places");
}

#[tokio::test]
async fn idle_connections_of_many_addresses_do_not_shut_out_others() {
    let server = TestServer::with_config("[limits]\nconnections = 10").await;
    let mut held = Vec::new();
    for n in 0..60 {
        let stream = connect(&server, &format!("127.0.{}.2", n % 20)).await;
        held.push(stream);
        if n % 10 == 0 {
            let answer = server.anonymous().get("/portal/info").await;
            assert_eq!(answer.status, StatusCode::OK);
        }
    }
    server.admin().await;
}

#[tokio::test]
async fn bodies_that_never_end_do_not_shut_out_others() {
    let server = TestServer::with_config("[limits]\nconnections = 6").await;
    let mut held = Vec::new();
    for n in 0..20 {
        let mut stream = connect(&server, &format!("127.0.1.{}", n + 1)).await;
        let head =
            b"POST /identity/v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{";
        stream.write_all(head).await.unwrap();
        held.push(stream);
    }
    server.admin().await;
}

#[tokio::test]
async fn a_trusted_proxy_has_no_limit_of_its_own() {
    let config = "[limits]\nconnections_per_address = 2\n[proxy]\ntrusted = [\"127.0.0.3/32\"]";
    let server = TestServer::with_config(config).await;
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(connect(&server, "127.0.0.3").await);
    }
    for stream in &mut held {
        stream.write_all(GET).await.unwrap();
        assert!(read_head(stream).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_head_and_a_body_have_deadlines_however_slowly_they_arrive() {
    let server = TestServer::with_config("[limits]\nhead_seconds = 1\nbody_seconds = 1").await;
    let body = "POST /identity/v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n";
    for (begin, expected) in [("GET / HTTP/1.1\r\n", ""), (body, "HTTP/1.1 408")] {
        let stream = connect(&server, "127.0.0.1").await;
        let (mut reader, mut writer) = stream.into_split();
        writer.write_all(begin.as_bytes()).await.unwrap();
        // One byte after another, until the server closes the connection.
        let drip = tokio::spawn(async move {
            while writer.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let mut text = Vec::new();
        let read = timeout(PATIENCE, reader.read_to_end(&mut text)).await;
        let _ = read.expect("the server keeps the connection open");
        drip.abort();
        let text = String::from_utf8_lossy(&text);
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(text.is_empty(), expected.is_empty(), "{text}");
        if !text.is_empty() {
            assert!(text.to_ascii_lowercase().contains("connection: close"), "{text}");
        }
    }
}

#[tokio::test]
async fn an_idle_connection_has_a_deadline() {
    let server = TestServer::with_config("[limits]\nhead_seconds = 1\nidle_seconds = 1").await;
    let mut stream = connect(&server, "127.0.0.1").await;
    stream.write_all(GET).await.unwrap();
    let text = read_to_end(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

#[tokio::test]
async fn a_client_that_reads_nothing_has_a_deadline() {
    let server = TestServer::with_config("[limits]\nwrite_seconds = 1").await;
    let mut stream = connect(&server, "127.0.0.1").await;
    // Requests without reading the responses, until the server stops reading and closes.
    let flood = async { while stream.write_all(&GET.repeat(64)).await.is_ok() {} };
    timeout(PATIENCE, flood).await.expect("the server keeps the connection open");
}

#[tokio::test]
async fn a_refusal_before_the_body_says_that_the_connection_closes() {
    let server = TestServer::start().await;
    let path = "POST /load-balancer/v2/lbaas/loadbalancers HTTP/1.1\r\nHost: x\r\n";
    // A short body has arrived: the connection serves the next request.
    let mut stream = connect(&server, "127.0.0.1").await;
    let request = format!("{path}Content-Length: 2\r\n\r\n{{}}");
    for _ in 0..2 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 401"), "{head}");
        assert!(!head.to_ascii_lowercase().contains("connection: close"), "{head}");
        assert!(head.contains("requires authentication"), "the body comes along: {head}");
    }
    // The rest of a long one does not.
    for extra in ["Content-Length: 900000\r\n\r\n{", "Content-Length: 90000000\r\n\r\n{"] {
        let mut stream = connect(&server, "127.0.0.1").await;
        stream.write_all(format!("{path}{extra}").as_bytes()).await.unwrap();
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 4"), "{head}");
        assert!(head.to_ascii_lowercase().contains("connection: close"), "{head}");
    }
    // A client that is still sending receives the response, and no reset.
    let mut stream = connect(&server, "127.0.0.1").await;
    stream.write_all(format!("{path}Content-Length: 900000\r\n\r\n").as_bytes()).await.unwrap();
    stream.write_all(&[b' '; 500_000]).await.unwrap();
    let text = read_to_end(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 401"), "{text}");
}

#[tokio::test]
async fn one_user_cannot_take_all_event_streams() {
    let config = "[limits]\nevent_streams = 3\nevent_streams_per_user = 2";
    let server = TestServer::with_config(config).await;
    for name in ["rita", "mia", "tom"] {
        server.add_user(name, "default", &["reader"]).await;
    }
    let rita = server.sign_in("rita", "default").await;
    let mia = server.sign_in("mia", "default").await;
    let _first = Stream::open(&rita).await;
    let second = Stream::open(&rita).await;
    let refused = rita.get("/portal/events").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers.contains_key("retry-after"));
    let _third = Stream::open(&mia).await;
    let refused = server.sign_in("tom", "default").await.get("/portal/events").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers.contains_key("retry-after"));
    drop(second);
    let free = async {
        while server.app.event_streams.open() > 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, free).await.expect("the server notices that the stream is closed");
    Stream::open(&rita).await;
}

#[tokio::test]
async fn event_streams_are_not_counted_as_connections() {
    let server = TestServer::with_config("[limits]\nconnections_per_address = 2").await;
    let admin = server.admin().await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(Stream::open(&admin).await);
    }
    assert_eq!(admin.get("/portal/session").await.status, StatusCode::OK);
    let sign_out = admin
        .request(Method::DELETE, "/identity/v3/auth/tokens")
        .header("X-Subject-Token", admin.token.clone().unwrap());
    assert_eq!(send(sign_out).await.status, StatusCode::NO_CONTENT);
    for stream in &mut streams {
        assert_eq!(stream.next().await, None);
    }
}

#[tokio::test]
async fn one_user_has_a_limit_of_requests_in_progress() {
    let server = TestServer::with_config("[limits]\nrequests_per_user = 2").await;
    server.add_user("mia", "default", &["member"]).await;
    let mia = server.sign_in("mia", "default").await;
    let token = mia.token.clone().unwrap();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&server, "127.0.0.1").await;
        let head = format!(
            "POST /load-balancer/v2/lbaas/loadbalancers HTTP/1.1\r\nHost: x\r\n\
             X-Auth-Token: {token}\r\nContent-Length: 900\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        held.push(stream);
    }
    let all = async {
        while server.app.requests.open() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, all).await.expect("both requests are in progress");
    let refused = mia.get("/load-balancer/v2/lbaas/loadbalancers").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));
    let admin = server.admin().await;
    assert_eq!(admin.get("/load-balancer/v2/lbaas/loadbalancers").await.status, StatusCode::OK);
    drop(held);
    let served = async {
        while mia.post("/load-balancer/v2/lbaas/pools", json!({})).await.status
            == StatusCode::TOO_MANY_REQUESTS
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, served).await.expect("the permits come back");
}

#[tokio::test]
async fn what_a_stranger_sends_takes_little_memory() {
    let server = TestServer::start().await;
    let mut stream = connect(&server, "127.0.0.1").await;
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(100_000));
    let _ = stream.write_all(head.as_bytes()).await;
    let text = read_to_end(&mut stream).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431"), "{text}");
    for path in ["/portal/session", "/identity/v3/auth/tokens"] {
        let request = server.anonymous().request(Method::POST, path);
        let request = request.header("content-type", "application/json");
        let answer = send(request.body(" ".repeat(40_000))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}
