//! Loopback addresses that only one test uses.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

/// A /24 of 127.21.0.0/16 that no other test uses, in this process or another.
pub struct TestNetwork {
    third: u8,
    next: AtomicU16,
    _lock: TcpListener,
}

impl TestNetwork {
    pub fn claim() -> Self {
        let (third, lock) = (1..=254)
            .find_map(|third| {
                TcpListener::bind((Ipv4Addr::new(127, 21, third, 254), 10_001))
                    .ok()
                    .map(|lock| (third, lock))
            })
            .expect("a free /24");
        Self { third, next: AtomicU16::new(1), _lock: lock }
    }

    pub fn address(&self) -> IpAddr {
        let last = self.next.fetch_add(1, Ordering::Relaxed);
        Ipv4Addr::new(127, 21, self.third, u8::try_from(last).unwrap()).into()
    }
}
