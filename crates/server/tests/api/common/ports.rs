//! Ports for listeners.

use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;

/// Below the ports that Linux gives to outgoing connections and to `bind` with port 0, and above the fixed ports of
/// tests.
const FIRST: u32 = 21_000;
const COUNT: u32 = 11_000;

/// A port that nobody listens on, on any address, and that no other test gets: all tests share the VIPs of one
/// network. Test programs that run at the same time begin apart.
pub async fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(97);
    loop {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed);
        assert!(given < COUNT, "every port is in use");
        let port = (FIRST + start.wrapping_add(given) % COUNT) as u16;
        if TcpListener::bind(("0.0.0.0", port)).await.is_ok() {
            return port;
        }
    }
}
