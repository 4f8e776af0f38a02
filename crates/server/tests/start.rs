//! Starting and stopping.

mod common;

use common::TestServer;

#[tokio::test]
async fn a_server_starts_and_stops() {
    let server = TestServer::start().await;
    let dir = server.stop().await;
    assert!(dir.path().join("lb-portal.db").exists());
}
