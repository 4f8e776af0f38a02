//! Several session cookies in one request: other hosts of the domain can set some.

use crate::{
    common::{PASSWORD, TestServer, send},
    session::{PROJECTS, SESSION, ask, cookie, session, sign_in},
};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_planted_cookie_locks_nobody_out_and_a_token_takes_precedence() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    let cookie = cookie(&sign_in(&client, "admin", None).await);
    let same = ("sec-fetch-site", "same-origin");
    for (cookies, status) in [
        (format!("theme=dark; {cookie}"), StatusCode::OK),
        (format!("lb_portal_session=planted; {cookie}"), StatusCode::OK),
        (format!("{cookie}; lb_portal_session=planted"), StatusCode::OK),
        (format!("{cookie}; lb_portal_session="), StatusCode::OK),
        (format!("{cookie}; {cookie}"), StatusCode::OK),
        ("lb_portal_session=planted; lb_portal_session=too".to_owned(), StatusCode::UNAUTHORIZED),
        (cookie.replace("lb_portal_session", "xlb_portal_session"), StatusCode::UNAUTHORIZED),
        (cookie.replace("lb_portal_session", "LB_PORTAL_SESSION"), StatusCode::UNAUTHORIZED),
        ("lb_portal_session=".to_owned(), StatusCode::UNAUTHORIZED),
    ] {
        let answer = ask(&client, Method::GET, PROJECTS, &[("cookie", &cookies), same]).await;
        assert_eq!(answer.status, status, "{cookies}");
    }
    let headers = [("cookie", cookie.as_str()), same, ("x-auth-token", "nonsense")];
    let answer = ask(&client, Method::GET, PROJECTS, &headers).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

/// Somebody who can plant a valid session of their own can't make a page use it that expects another one.
#[tokio::test]
async fn of_two_valid_sessions_the_one_counts_that_the_page_expects() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    let client = server.anonymous();
    let (ours, expected) = session(&client, "admin", "default").await;
    let (planted, other) = session(&client, "mia", "second").await;
    let same = ("sec-fetch-site", "same-origin");
    for cookies in [format!("{ours}; {planted}"), format!("{planted}; {ours}")] {
        let with = |expected| ("x-portal-session", expected);
        for (headers, user) in [
            (vec![with(expected.as_str())], Some("admin")),
            (vec![with(other.as_str())], Some("mia")),
            (vec![], None),
        ] {
            let headers = [headers, vec![("cookie", cookies.as_str()), same]].concat();
            let answer = ask(&client, Method::GET, SESSION, &headers).await;
            assert_eq!(answer.body["user"]["name"].as_str(), user, "{}", answer.body);
        }
        let headers = [with("nobody/nothing"), ("cookie", &cookies), same];
        let answer = ask(&client, Method::GET, SESSION, &headers).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    }
}

/// A browser takes a cookie of this name over https from this host only.
#[tokio::test]
async fn over_https_no_other_host_can_set_the_cookie() {
    let server = TestServer::with_config("[proxy]\ntrusted = [\"127.0.0.1/32\"]").await;
    let client = server.anonymous();
    let https = ("x-forwarded-proto", "https");
    let same = ("sec-fetch-site", "same-origin");
    let body = json!({"user": "admin", "password": PASSWORD}).to_string();
    let request = client.request(Method::POST, SESSION).body(body);
    let request = request.header("content-type", "application/json").header(https.0, https.1);
    let answer = send(request).await;
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-lb_portal_session="), "{set}");
    for attribute in ["; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!set.to_lowercase().contains("domain"), "{set}");
    let own = cookie(&answer);
    let plain = own.replace("__Host-", "");
    for (cookies, status) in [
        (own.clone(), StatusCode::OK),
        (format!("lb_portal_session=planted; {own}"), StatusCode::OK),
        (plain.clone(), StatusCode::UNAUTHORIZED),
    ] {
        let headers = [("cookie", cookies.as_str()), same, https];
        let answer = ask(&client, Method::GET, PROJECTS, &headers).await;
        assert_eq!(answer.status, status, "{cookies}");
    }
    let headers = [("cookie", own.as_str()), same, https];
    let answer = ask(&client, Method::DELETE, SESSION, &headers).await;
    let removed = answer.headers["set-cookie"].to_str().unwrap();
    assert!(removed.starts_with("__Host-lb_portal_session=; ") && removed.contains("Secure"));
}
