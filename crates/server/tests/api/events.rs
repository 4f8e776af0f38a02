//! Server-sent events over real HTTP.

use crate::common::{
    Client, TestServer,
    stream::{EVENTS, Stream},
};
use lb_portal_server::change::Change;
use openstack_types::{
    ProjectId, ProvisioningStatus, UserId,
    portal::{Event, EventAction, EventKind},
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Commits a change of a load balancer. Returns its id.
async fn change(server: &TestServer, project: &ProjectId, owner: Option<&UserId>) -> Uuid {
    let id = Uuid::new_v4();
    let event = Event {
        kind: EventKind::LoadBalancer,
        action: EventAction::Status,
        id,
        loadbalancer_id: Some(id.into()),
        project_id: project.clone(),
        provisioning_status: Some(ProvisioningStatus::Active),
        operating_status: None,
        updated_at: None,
        reason: None,
        since: None,
    };
    let change = Change { event, owner: owner.cloned() };
    server
        .app
        .store
        .write(move |tx| {
            tx.emit(change);
            Ok::<_, rusqlite::Error>(())
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_subscriber_receives_only_visible_changes() {
    let server = TestServer::start().await;
    let ours = server.add_project("ours").await;
    let theirs = server.add_project("theirs").await;
    let mia = server.add_user("mia", "ours", &["member"]).await;
    let tom = server.add_user("tom", "ours", &["manager"]).await;
    server.add_user("rita", "ours", &["reader"]).await;
    let mut admin_stream = Stream::open(&server.admin().await).await;
    let mut mia_stream = Stream::open(&server.sign_in("mia", "ours").await).await;
    let mut tom_stream = Stream::open(&server.sign_in("tom", "ours").await).await;
    let mut rita_stream = Stream::open(&server.sign_in("rita", "ours").await).await;

    let other_project = change(&server, &theirs, Some(&mia)).await;
    let without_owner = change(&server, &ours, None).await;
    let of_tom = change(&server, &ours, Some(&tom)).await;
    let of_mia = change(&server, &ours, Some(&mia)).await;

    for wanted in [other_project, without_owner, of_tom, of_mia] {
        assert_eq!(admin_stream.next_id().await, wanted);
    }
    for wanted in [without_owner, of_tom, of_mia] {
        assert_eq!(tom_stream.next_id().await, wanted);
        assert_eq!(rita_stream.next_id().await, wanted);
    }
    assert_eq!(mia_stream.next_id().await, of_mia, "earlier changes are not visible to a member");
}

#[tokio::test]
async fn a_rolled_back_change_is_not_published() {
    let server = TestServer::start().await;
    let project = server.add_project("ours").await;
    let mut stream = Stream::open(&server.admin().await).await;
    let rolled_back = Change {
        event: Event {
            kind: EventKind::Pool,
            action: EventAction::Created,
            id: Uuid::new_v4(),
            loadbalancer_id: None,
            project_id: project.clone(),
            provisioning_status: None,
            operating_status: None,
            updated_at: None,
            reason: None,
            since: None,
        },
        owner: None,
    };
    let failed = server.app.store.write(move |tx| {
        tx.emit(rolled_back);
        Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(failed.await.is_err());
    let committed = change(&server, &project, None).await;
    assert_eq!(stream.next_id().await, committed);
}

#[tokio::test]
async fn a_caller_without_a_role_cannot_subscribe() {
    let server = TestServer::start().await;
    let anonymous = server.anonymous();
    assert_eq!(anonymous.get(EVENTS).await.status, StatusCode::UNAUTHORIZED);
    let scope = Some(json!("unscoped"));
    let answer = anonymous.authenticate("admin", crate::common::PASSWORD, scope).await;
    let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    let unscoped = Client { token: Some(token), ..anonymous };
    assert_eq!(unscoped.get(EVENTS).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_site_cannot_subscribe_with_the_cookie() {
    let server = TestServer::start().await;
    let token = server.admin().await.token.unwrap();
    for (site, status) in [
        ("same-origin", StatusCode::OK),
        ("same-site", StatusCode::UNAUTHORIZED),
        ("cross-site", StatusCode::UNAUTHORIZED),
        ("none", StatusCode::UNAUTHORIZED),
    ] {
        let response = server
            .anonymous()
            .request(Method::GET, EVENTS)
            .header("cookie", format!("lb_portal_session={token}"))
            .header("sec-fetch-site", site)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{site}");
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_or_expires() {
    let server = TestServer::start().await;
    let project = server.add_project("ours").await;
    let (revoked, kept) = (server.admin().await, server.admin().await);
    let (mut ends, mut stays) = (Stream::open(&revoked).await, Stream::open(&kept).await);
    let request = revoked
        .request(Method::DELETE, "/identity/v3/auth/tokens")
        .header("X-Subject-Token", revoked.token.clone().unwrap());
    assert_eq!(crate::common::send(request).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ends.next().await, None);
    let id = change(&server, &project, None).await;
    assert_eq!(stays.next_id().await, id);

    let expiring = server.admin().await;
    let mut ends = Stream::open(&expiring).await;
    let token_hours = server.app.config.limits.token_hours;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(u64::from(token_hours) * 3600)).await;
    tokio::time::resume();
    while ends.next().await.is_some() {}
    let expire = "UPDATE token SET expires_at = unixepoch()";
    server.app.store.write(move |tx| tx.execute(expire, [])).await.unwrap();
    assert_eq!(expiring.get(EVENTS).await.status, StatusCode::UNAUTHORIZED);
}

/// What a stream sends until it ends.
async fn rest(response: reqwest::Response) -> String {
    tokio::time::timeout(Duration::from_secs(60), response.text()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_stream_ends_before_the_next_heartbeat_when_access_is_taken_away() {
    let server = TestServer::start().await;
    for (name, change) in [
        ("rita", "DELETE FROM role_assignment WHERE user_id = ?1"),
        ("mia", "UPDATE user SET enabled = 0 WHERE id = ?1"),
        ("tom", "DELETE FROM token WHERE user_id = ?1"),
        ("eve", "DELETE FROM user WHERE id = ?1"),
    ] {
        let id = server.add_user(name, "default", &["reader"]).await;
        let client = server.sign_in(name, "default").await;
        let response = client.request(Method::GET, EVENTS).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        // As the command line does, without this process.
        let path = server.data_dir.path().join("lb-portal.db");
        tokio::task::spawn_blocking(move || {
            let db = rusqlite::Connection::open(path).unwrap();
            db.busy_timeout(Duration::from_secs(30)).unwrap();
            db.pragma_update(None, "foreign_keys", true).unwrap();
            assert!(db.execute(change, [id.as_str()]).unwrap() > 0);
        })
        .await
        .unwrap();
        let text = rest(response).await;
        assert!(!text.contains("heartbeat"), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_slow_subscriber_receives_resync() {
    let server = TestServer::start().await;
    let project = server.add_project("ours").await;
    let mut slow = Stream::open(&server.admin().await).await;
    // More than the socket buffers and the channel hold together.
    let events = server.app.events.clone();
    let mut last = Uuid::nil();
    for _ in 0..100_000 {
        last = Uuid::new_v4();
        let event = Event {
            kind: EventKind::Member,
            action: EventAction::Status,
            id: last,
            loadbalancer_id: None,
            project_id: project.clone(),
            provisioning_status: None,
            operating_status: None,
            updated_at: None,
            reason: Some("x".repeat(200)),
            since: None,
        };
        events.publish(Change { event, owner: None });
    }
    let mut resyncs = 0;
    loop {
        let (name, data) = slow.next().await.unwrap();
        match name.as_str() {
            "resync" => resyncs += 1,
            "change" if data["id"] == last.to_string() => break,
            "change" => {}
            other => panic!("{other}"),
        }
    }
    assert!(resyncs > 0);
}

#[tokio::test]
async fn stopping_the_server_ends_the_streams() {
    let server = TestServer::start().await;
    let mut stream = Stream::open(&server.admin().await).await;
    server.stop().await;
    assert_eq!(stream.next().await, None);
}
