//! Guessing of passwords, and honest users meanwhile.

use crate::common::{Answer, Client, PASSWORD, TestServer, send};
use lb_portal_server::{
    password::{self, Password},
    sign_in::{self, Scope, SignInError, UserRef},
    store::{projects, roles, tokens, users},
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::net::IpAddr;

/// A server behind a trusted proxy, so that a test can come from any address.
const PROXY: &str = "[proxy]\ntrusted = [\"127.0.0.1/32\"]\n";
const HOME: &str = "192.0.2.1";

async fn sign_in(client: &Client, user: &str, password: &str, from: &str) -> Answer {
    let body = json!({"user": user, "password": password});
    let request = client.request(Method::POST, "/portal/session");
    send(request.header("x-forwarded-for", from).json(&body)).await
}

#[tokio::test]
async fn wrong_passwords_elsewhere_do_not_lock_a_user_out() {
    let server = TestServer::with_config(PROXY).await;
    server.add_user("mia", "default", &["member"]).await;
    let client = server.anonymous();
    assert_eq!(sign_in(&client, "mia", PASSWORD, HOME).await.status, StatusCode::OK);
    let mut refused = 0;
    for n in 0..40 {
        let from = format!("198.51.100.{}", n % 3);
        let answer = sign_in(&client, "mia", "wrong", &from).await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 0, "the guesses are slowed down");
    assert_eq!(sign_in(&client, "mia", PASSWORD, HOME).await.status, StatusCode::OK);
    let elsewhere = sign_in(&client, "mia", PASSWORD, "203.0.113.7").await;
    assert_eq!(elsewhere.status, StatusCode::OK, "an address that the user has never used");
}

#[tokio::test]
async fn honest_sign_ins_wait_their_turn_during_an_attack() {
    let config = format!(
        "{PROXY}[limits]\npassword_checks = 1\nwaiting_sign_ins = 24\nwaiting_sign_ins_per_address = 8"
    );
    let server = TestServer::with_config(&config).await;
    server.add_user("mia", "default", &["member"]).await;
    let client = server.anonymous();
    assert_eq!(sign_in(&client, "mia", PASSWORD, HOME).await.status, StatusCode::OK);
    let mut attack = tokio::task::JoinSet::new();
    for n in 0..40 {
        let client = client.clone();
        attack.spawn(async move {
            for round in 0.. {
                let (user, from) = (format!("user-{n}-{round}"), format!("198.51.100.{}", n % 10));
                sign_in(&client, &user, "wrong", &from).await;
            }
        });
    }
    while server.app.password_verifier.waiting() < 8 {
        tokio::task::yield_now().await;
    }
    for _ in 0..5 {
        assert_eq!(sign_in(&client, "mia", PASSWORD, HOME).await.status, StatusCode::OK);
        let new = sign_in(&client, "mia", PASSWORD, "203.0.113.8").await;
        assert_eq!(new.status, StatusCode::OK, "{}", new.body);
        assert!(server.app.password_verifier.waiting() <= 24);
    }
    attack.shutdown().await;
}

#[tokio::test]
async fn many_users_of_one_address_sign_in_at_once() {
    let server = TestServer::start().await;
    let mut users = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = server.anonymous();
        users.spawn(async move {
            client.post("/portal/session", json!({"user": "admin", "password": PASSWORD})).await
        });
    }
    while let Some(answer) = users.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
}

/// Changes the password of `admin`, as the command line does.
async fn change_password(server: &TestServer) {
    let hash = password::hash(&Password::new("another")).unwrap();
    let change = server.app.store.write(move |tx| {
        let user = users::by_name(tx, "admin")?.unwrap();
        users::set_password(tx, &user.id, &hash)?;
        tokens::revoke_all(tx, &user.id)
    });
    change.await.unwrap();
}

#[tokio::test]
async fn no_token_is_issued_for_what_was_revoked_in_the_meantime() {
    let server = TestServer::start().await;
    let token = server.admin().await.token.unwrap();
    let app = &server.app;
    let by_token = || sign_in::authenticate_by_token(app, &token);
    let home: IpAddr = HOME.parse().unwrap();
    let name = || UserRef::Name("admin".to_owned());
    let by_password = || sign_in::verify_password(app, name(), Password::new(PASSWORD), home);

    // Both are verified before the change, and issue a token after it.
    let (from_token, from_password) =
        (by_token().await.unwrap().unwrap(), by_password().await.ok().unwrap());
    change_password(&server).await;
    for authenticated in [from_token, from_password] {
        let issued = sign_in::issue_token(app, authenticated, Scope::Unscoped).await;
        assert!(matches!(issued, Err(SignInError::ProofRevoked)));
    }
    let count = app.store.read(|db| db.query_row("SELECT count(*) FROM token", [], |r| r.get(0)));
    assert_eq!(count.await, Ok(0));
    assert!(by_token().await.unwrap().is_none());

    let another = || sign_in::verify_password(app, name(), Password::new("another"), home);
    let authenticated = another().await.ok().unwrap();
    app.store.write(|tx| tx.execute("UPDATE user SET enabled = 0", [])).await.unwrap();
    let issued = sign_in::issue_token(app, authenticated, Scope::Unscoped).await;
    assert!(matches!(issued, Err(SignInError::ProofRevoked)));
}

#[tokio::test]
async fn no_token_survives_a_change_of_the_password() {
    for _ in 0..4 {
        let server = TestServer::start().await;
        let stolen = server.admin().await.token.unwrap();
        let mut thieves = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (client, mut token) = (server.anonymous(), stolen.clone());
            thieves.spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let auth = json!({"auth": {
                        "identity": {"methods": ["token"], "token": {"id": token}},
                        "scope": {"project": {"name": "default", "domain": {"id": "default"}}},
                    }});
                    let answer = client.post("/identity/v3/auth/tokens", auth).await;
                    if answer.status != StatusCode::CREATED {
                        return taken;
                    }
                    token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
                    taken.push(token.clone());
                }
            });
        }
        change_password(&server).await;
        while let Some(taken) = thieves.join_next().await {
            for token in taken.unwrap() {
                let client = Client { token: Some(token), ..server.anonymous() };
                let answer = client.get("/identity/v3/auth/projects").await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            }
        }
    }
}

#[tokio::test]
async fn a_role_that_is_granted_later_revives_no_token() {
    let server = TestServer::start().await;
    let mia = server.add_user("mia", "default", &["member", "reader"]).await;
    let client = server.sign_in("mia", "default").await;
    let list = "/load-balancer/v2/lbaas/loadbalancers";
    for (role, status) in [("reader", StatusCode::OK), ("member", StatusCode::UNAUTHORIZED)] {
        let user = mia.clone();
        let revoke = server.app.store.write(move |tx| {
            let project = projects::by_name(tx, "default")?.unwrap();
            roles::revoke(tx, &user, &project.id, role)
        });
        assert!(revoke.await.unwrap());
        assert_eq!(client.get(list).await.status, status, "without {role}");
    }
    let grant = server.app.store.write(move |tx| {
        let project = projects::by_name(tx, "default")?.unwrap();
        roles::assign(tx, &mia, &project.id, "reader")
    });
    assert!(grant.await.unwrap());
    assert_eq!(client.get(list).await.status, StatusCode::UNAUTHORIZED);
    let again = server.sign_in("mia", "default").await;
    assert_eq!(again.get(list).await.status, StatusCode::OK);
    server.stop().await;
}
