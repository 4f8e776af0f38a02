//! Persistent clients and open connections while the configuration changes.

use crate::support::*;
use engine::spec::*;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

const CLIENTS: usize = 8;
/// A client starts another session after this many requests.
const SESSION_LENGTH: usize = 40;

/// What the clients of a test share.
#[derive(Clone, Default)]
struct Progress {
    stop: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
    /// Requests that another server answered than the first one of the session.
    moved: Arc<AtomicUsize>,
}

/// One session after the other, each from its own address and with its own cookie.
async fn persistent_client(number: usize, to: SocketAddr, cookie: &'static str, all: Progress) {
    for session in 0usize.. {
        let [high, low] = u16::try_from(session).unwrap().to_be_bytes();
        let from = IpAddr::from(Ipv4Addr::new(127, 100 + number as u8, high, low.max(1)));
        let id = format!("{number}-{session}");
        let first = {
            let mut client = Client::connect_from(Some(from), to).await.unwrap();
            let path = if cookie == "SRV" { "/".to_owned() } else { format!("/login/{id}") };
            client.get(&path, "Connection: close\r\n").await.unwrap()
        };
        let value = match first.header("set-cookie") {
            Some(set) if set.starts_with(cookie) => {
                set.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
            }
            _ => id,
        };
        let mut sent = 0;
        while sent < SESSION_LENGTH {
            // Half of the clients send several requests on a connection.
            let mut client = Client::connect_from(Some(from), to).await.unwrap();
            let kept = if number.is_multiple_of(2) { 1 } else { 5 };
            for n in 1..=kept {
                let close = if n == kept { "Connection: close\r\n" } else { "" };
                let headers = format!("{close}Cookie: {cookie}={value}\r\n");
                let response = client.get("/", &headers).await.unwrap();
                assert_eq!(response.status, 200, "{response:?}");
                sent += 1;
                all.requests.fetch_add(1, Ordering::Relaxed);
                if response.member() != first.member() {
                    all.moved.fetch_add(1, Ordering::Relaxed);
                }
                if response.header("connection") == Some("close") {
                    break;
                }
            }
            if all.stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Changes that need a new process while clients send `requests` requests. Returns how many of them reached
/// another server than the one of their session.
async fn moved_requests(persistence: Persistence, requests: usize, changes: usize) -> usize {
    let cookie = match persistence {
        Persistence::HttpCookie => "SRV",
        _ => "APPSESSION",
    };
    let mut fixture = TestEngine::start().await;
    let members = fixture.members(["a", "b", "c"]).await;
    let spare = fixture.members(["d"]).await;
    let mut pool = pool(members.iter().map(Member::spec));
    pool.persistence = Some(persistence);
    let mut spec = load_balancer(fixture.net.address(), pool);
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();

    let progress = Progress::default();
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let to = SocketAddr::new(spec.vip, 8000 + (number as u16 / 2) % 2);
        clients.spawn(persistent_client(number, to, cookie, progress.clone()));
    }
    for change in 1..=changes {
        let due = requests * change / (changes + 1);
        eventually("requests continue", || progress.requests.load(Ordering::Relaxed) >= due).await;
        match change % 3 {
            0 => spec.listeners.swap(0, 1),
            1 => spec.listeners[0].timeout_client += Duration::from_secs(1),
            // Before the others, so that they would get other numbers.
            _ => match spec.pools[0].members.len() {
                3 => {
                    let mut member = spare[0].spec();
                    member.backup = true;
                    spec.pools[0].members.insert(0, member);
                }
                _ => drop(spec.pools[0].members.remove(0)),
            },
        }
        fixture.apply(&spec).await.unwrap();
    }
    eventually("requests continue", || progress.requests.load(Ordering::Relaxed) >= requests).await;
    progress.stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    fixture.finish().await;
    progress.moved.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_stay_on_their_server_by_address_while_processes_change() {
    assert_eq!(moved_requests(Persistence::SourceIp, 10_000, 10).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_stay_on_their_server_by_a_cookie_of_haproxy_while_processes_change() {
    assert_eq!(moved_requests(Persistence::HttpCookie, 10_000, 10).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_stay_on_their_server_by_a_cookie_of_theirs_while_processes_change() {
    let persistence = Persistence::AppCookie("APPSESSION".parse().unwrap());
    assert_eq!(moved_requests(persistence, 10_000, 10).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_requests_by_address() {
    assert_eq!(moved_requests(Persistence::SourceIp, 100_000, 50).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_requests_by_a_cookie_of_haproxy() {
    assert_eq!(moved_requests(Persistence::HttpCookie, 100_000, 50).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_requests_by_a_cookie_of_theirs() {
    let persistence = Persistence::AppCookie("APPSESSION".parse().unwrap());
    assert_eq!(moved_requests(persistence, 100_000, 50).await, 0);
}

/// A server with an endless download and an upgraded connection that echoes.
async fn serve_long_connections(listener: tokio::net::TcpListener, end: Arc<AtomicBool>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    while let Ok((mut stream, _)) = listener.accept().await {
        let end = end.clone();
        tokio::spawn(async move {
            let mut buffer = vec![0; 4096];
            let count = stream.read(&mut buffer).await.unwrap_or(0);
            if buffer[..count].starts_with(b"GET /download ") {
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
                stream.write_all(head.as_bytes()).await.unwrap();
                for number in 0u64.. {
                    // Not sooner, however fast the changes are.
                    if number > 100 && end.load(Ordering::Relaxed) {
                        stream.write_all(format!("end {number}\n").as_bytes()).await.unwrap();
                        return;
                    }
                    stream.write_all(format!("{number}\n").as_bytes()).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\
                        Connection: Upgrade\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                stream.write_all(&buffer[..count]).await.unwrap();
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_and_an_upgraded_connection_survive_a_hundred_changes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut fixture = TestEngine::start().await;
    let at = SocketAddr::new(fixture.net.address(), 9001);
    let server = tokio::net::TcpListener::bind(at).await.unwrap();
    let end = Arc::new(AtomicBool::new(false));
    let server = tokio::spawn(serve_long_connections(server, end.clone()));
    let mut spec =
        load_balancer(fixture.net.address(), pool([member_at(uuid::Uuid::new_v4().into(), at)]));
    fixture.apply(&spec).await.unwrap();
    let connect = async |request: &str| {
        let mut stream = tokio::net::TcpStream::connect((spec.vip, 8000)).await.unwrap();
        stream.write_all(format!("{request}\r\nHost: a\r\n").as_bytes()).await.unwrap();
        stream
    };
    let mut download = connect("GET /download HTTP/1.1").await;
    download.write_all(b"\r\n").await.unwrap();
    let download = tokio::spawn(async move {
        let mut received = String::new();
        download.read_to_string(&mut received).await.map(|_| received)
    });
    let mut upgraded = connect("GET /socket HTTP/1.1").await;
    upgraded.write_all(b"Connection: Upgrade\r\nUpgrade: echo\r\n\r\n").await.unwrap();
    let mut buffer = [0; 1024];
    let count = upgraded.read(&mut buffer).await.unwrap();
    assert!(buffer[..count].starts_with(b"HTTP/1.1 101 "));

    let other = member_at(uuid::Uuid::new_v4().into(), SocketAddr::new(at.ip(), 9002));
    for change in 1..=100u16 {
        match change % 5 {
            0 => spec.listeners[0].timeout_client += Duration::from_secs(1),
            1 => spec.pools[0].members[0].weight = 1 + change % 100,
            2 => spec.pools[0].members.push(MemberSpec { enabled: false, ..other.clone() }),
            3 => spec.listeners[0].connection_limit = Some(2000 - u32::from(change)),
            _ => drop(spec.pools[0].members.pop()),
        }
        fixture.apply(&spec).await.unwrap();
        let message = format!("message {change}");
        upgraded.write_all(message.as_bytes()).await.unwrap();
        let count = upgraded.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], message.as_bytes());
    }
    assert!(!download.is_finished());
    end.store(true, Ordering::Relaxed);
    let received = download.await.unwrap().unwrap();
    let body = received.split_once("\r\n\r\n").unwrap().1;
    let mut lines = body.lines();
    let last = lines.next_back().unwrap().strip_prefix("end ").unwrap().parse::<u64>().unwrap();
    assert!(last > 100, "{last}");
    assert!(lines.map(|line| line.parse::<u64>().unwrap()).eq(0..last));
    drop(upgraded);
    server.abort();
    fixture.finish().await;
}
