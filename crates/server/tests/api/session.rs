//! The session of the page, and cross-site requests that try to use it.

use crate::common::{Answer, Client, PASSWORD, TestServer, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub const SESSION: &str = "/portal/session";
pub const PROJECTS: &str = "/identity/v3/auth/projects";

pub async fn sign_in(client: &Client, user: &str, project: Option<&str>) -> Answer {
    let mut body = json!({"user": user, "password": PASSWORD});
    if let Some(project) = project {
        body["project"] = project.into();
    }
    client.post(SESSION, body).await
}

/// `lb_portal_session=TOKEN`, as the browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

pub async fn ask(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(client.request(method, path), |request, (name, value)| request.header(*name, *value));
    send(request).await
}

#[tokio::test]
async fn a_session_signs_in_switches_project_and_signs_out() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    let client = server.anonymous();

    let answer = sign_in(&client, "admin", None).await;
    assert_eq!(answer.status, StatusCode::OK);
    let set = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "the browser would not send it over plain http");
    let token = cookie(&answer).split_once('=').unwrap().1.to_owned();
    assert!(!answer.body.to_string().contains(&token), "the token is only in the cookie");
    assert_eq!(answer.body["user"]["name"], "admin");
    assert_eq!(answer.body["project"]["name"], "default");
    assert_eq!(answer.body["roles"], json!(["reader", "member", "manager", "admin"]));

    let first = cookie(&answer);
    let page = |method, path, cookie: &str| {
        let headers = [("cookie", cookie.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
        let client = client.clone();
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            ask(&client, method, path, &headers).await
        }
    };
    let shown = page(Method::GET, SESSION, &first).await;
    assert_eq!((shown.status, &shown.body), (StatusCode::OK, &answer.body));

    let admin_in_second = server.app.store.write(|tx| {
        tx.execute(
            "INSERT INTO role_assignment SELECT u.id, p.id, r.id FROM user u, project p, role r
             WHERE u.name = 'admin' AND p.name = 'second' AND r.name = 'member'",
            [],
        )
    });
    admin_in_second.await.unwrap();
    let put = |project: &str| {
        let request = client
            .request(Method::PUT, SESSION)
            .header("cookie", &first)
            .header("sec-fetch-site", "same-origin")
            .json(&json!({ "project": project }));
        send(request)
    };
    let answer = put("second").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["project"]["name"], "second");
    assert_eq!(answer.body["roles"], json!(["reader", "member"]));
    assert_eq!(answer.body["projects"].as_array().unwrap().len(), 2);
    let second = cookie(&answer);
    assert_ne!(first, second);
    let id = answer.body["project"]["id"].as_str().unwrap();
    assert_eq!(put(id).await.body["project"]["name"], "second", "by id");
    assert_eq!(put("missing").await.status, StatusCode::FORBIDDEN);

    let answer = page(Method::DELETE, SESSION, &second).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    for cookie in [&first, &second] {
        let answer = page(Method::GET, SESSION, cookie).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "signing out revokes both tokens");
    }
    let answer = page(Method::DELETE, SESSION, &second).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "signing out twice is no error");

    let answer = sign_in(&client, "mia", None).await;
    assert_eq!(answer.body["project"]["name"], "second", "her first project");
    assert_eq!(sign_in(&client, "mia", Some("second")).await.status, StatusCode::OK);
    for (user, project) in [("mia", Some("default")), ("unknown", None)] {
        let answer = sign_in(&client, user, project).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.body["error"]["code"], 401);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn the_cookie_is_only_accepted_from_the_same_origin() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    let cookie = cookie(&sign_in(&client, "admin", None).await);
    let here = server.url.as_str();
    let https = here.replace("http:", "https:");
    let other_port = "http://127.0.0.1:1";
    let same = ("sec-fetch-site", "same-origin");
    let origin = |value| ("origin", value);
    let (good, bad) = (StatusCode::OK, StatusCode::UNAUTHORIZED);

    for (headers, reading, writing) in [
        (vec![same], good, good),
        (vec![same, origin(here)], good, good),
        (vec![origin(here)], good, good),
        (vec![], good, bad),
        (vec![("sec-fetch-site", "cross-site")], bad, bad),
        (vec![("sec-fetch-site", "cross-site"), origin(here)], bad, bad),
        (vec![("sec-fetch-site", "same-site"), origin(other_port)], bad, bad),
        (vec![("sec-fetch-site", "none")], bad, bad),
        (vec![same, same], bad, bad),
        (vec![("sec-fetch-site", "same-origin, cross-site")], bad, bad),
        (vec![origin("null")], bad, bad),
        (vec![origin(other_port)], bad, bad),
        (vec![origin(&https)], bad, bad),
        (vec![origin("https://evil.example.com")], bad, bad),
        (vec![origin(here), origin("https://evil.example.com")], bad, bad),
    ] {
        let with_cookie: Vec<_> =
            headers.iter().copied().chain([("cookie", cookie.as_str())]).collect();
        let answer = ask(&client, Method::GET, PROJECTS, &with_cookie).await;
        assert_eq!(answer.status, reading, "reading with {headers:?}");
        let answer = ask(&client, Method::GET, "/networking/v2.0/networks", &with_cookie).await;
        assert_eq!(answer.status, reading, "reading with {headers:?}");
        let writes = headers.iter().fold(
            client.request(Method::PUT, SESSION).json(&json!({"project": "default"})),
            |request, (name, value)| request.header(*name, *value),
        );
        let answer = send(writes.header("cookie", &cookie)).await;
        assert_eq!(answer.status, writing, "writing with {headers:?}");
    }
}

/// Signs in. Returns the cookie and the expected session of the page.
pub async fn session(client: &Client, user: &str, project: &str) -> (String, String) {
    let answer = sign_in(client, user, Some(project)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let id = |of: &str| answer.body[of]["id"].as_str().unwrap().to_owned();
    (cookie(&answer), format!("{}/{}", id("user"), id("project")))
}

#[tokio::test]
async fn a_request_with_another_expected_session_has_no_effect() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    let client = server.anonymous();
    let (here, expected) = session(&client, "admin", "default").await;
    let (there, session_of_mia) = session(&client, "mia", "second").await;
    let same = ("sec-fetch-site", "same-origin");
    let expects = |what| ("x-portal-session", what);
    let projects_alone = |one: &str| one.split_once('/').unwrap().1.to_owned();
    let my_user_there =
        format!("{}/{}", expected.split_once('/').unwrap().0, projects_alone(&session_of_mia));

    let create = |cookie: String, headers: Vec<(&'static str, String)>| {
        let request = client
            .request(Method::POST, "/key-manager/v1/secrets")
            .json(&json!({"name": "of whom"}))
            .header("cookie", cookie)
            .header(same.0, same.1);
        send(
            headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)),
        )
    };
    let header = |headers: &str| ("x-portal-session", headers.to_owned());
    for (cookie, headers) in [
        (&there, vec![header(&expected)]),
        (&here, vec![header(&session_of_mia)]),
        (&here, vec![header(&my_user_there)]),
        (&here, vec![header("")]),
        (&here, vec![header("nonsense")]),
        (&here, vec![header(&expected), header(&expected)]),
    ] {
        let answer = create(cookie.clone(), headers.clone()).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{headers:?}");
        assert_eq!(answer.body["error"]["code"], 412);
    }
    for cookie in [&here, &there] {
        let headers = [("cookie", cookie.as_str()), same];
        let secrets = ask(&client, Method::GET, "/key-manager/v1/secrets", &headers).await;
        assert_eq!(secrets.body["total"], 0, "the request has no effect");
    }
    for headers in [vec![header(&expected)], vec![]] {
        let answer = create(here.clone(), headers.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{headers:?}");
    }

    // The same holds for switching the project.
    let switch = |headers: &str| {
        let request = client
            .request(Method::PUT, SESSION)
            .header("cookie", &there)
            .header(same.0, same.1)
            .header("x-portal-session", headers)
            .json(&json!({"project": "second"}));
        send(request)
    };
    let answer = switch(&expected).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    assert!(!answer.headers.contains_key("set-cookie"));
    assert_eq!(switch(&session_of_mia).await.status, StatusCode::OK);

    // Ignored with a token in the header, and without a valid session.
    let token = here.split_once('=').unwrap().1;
    let headers = [("x-auth-token", token), ("cookie", there.as_str()), same, expects("nonsense")];
    assert_eq!(ask(&client, Method::GET, PROJECTS, &headers).await.status, StatusCode::OK);
    for cookie in ["", "lb_portal_session=over"] {
        let headers = [("cookie", cookie), same, expects(expected.as_str())];
        let answer = ask(&client, Method::GET, PROJECTS, &headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn an_event_stream_requires_the_expected_session() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    let client = server.anonymous();
    let (here, expected) = session(&client, "admin", "default").await;
    let (_, session_of_mia) = session(&client, "mia", "second").await;
    for (query, status) in [
        (String::new(), StatusCode::OK),
        (format!("?session={expected}"), StatusCode::OK),
        (format!("?session={session_of_mia}"), StatusCode::PRECONDITION_FAILED),
        ("?session=".to_owned(), StatusCode::PRECONDITION_FAILED),
    ] {
        let stream = client
            .request(Method::GET, &format!("/portal/events{query}"))
            .header("cookie", &here)
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap();
        assert_eq!(stream.status(), status, "{query}");
    }
}

#[tokio::test]
async fn a_form_on_another_site_cannot_sign_in_or_out() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    let body = json!({"user": "admin", "password": PASSWORD}).to_string();
    let post = |headers: Vec<(&'static str, String)>| {
        let request = client.request(Method::POST, SESSION).body(body.clone());
        send(
            headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)),
        )
    };
    let json = || ("content-type", "application/json".to_owned());
    let site = |value: &str| ("sec-fetch-site", value.to_owned());
    let origin = |value: &str| ("origin", value.to_owned());
    for (headers, status) in [
        (vec![json()], StatusCode::OK),
        (vec![json(), site("same-origin")], StatusCode::OK),
        (vec![json(), origin(&server.url)], StatusCode::OK),
        (vec![json(), site("cross-site")], StatusCode::FORBIDDEN),
        (vec![json(), site("same-site")], StatusCode::FORBIDDEN),
        (vec![json(), origin("https://evil.example.com")], StatusCode::FORBIDDEN),
        (vec![json(), origin("null")], StatusCode::FORBIDDEN),
        (vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (vec![("content-type", "text/plain".to_owned())], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
    ] {
        let answer = post(headers.clone()).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(answer.headers.contains_key("set-cookie"), status == StatusCode::OK);
    }
    let cookie = cookie(&sign_in(&client, "admin", None).await);
    let cross = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    ask(&client, Method::DELETE, SESSION, &cross).await;
    let same = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(ask(&client, Method::GET, SESSION, &same).await.status, StatusCode::OK);
}

#[tokio::test]
async fn under_https_the_cookie_is_secure() {
    let server = TestServer::with_config("[proxy]\ntrusted = [\"127.0.0.0/8\"]").await;
    let request = server
        .anonymous()
        .request(Method::POST, SESSION)
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "lb.example.com")
        .header("origin", "https://lb.example.com")
        .json(&json!({"user": "admin", "password": PASSWORD}));
    let answer = send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_without_repeating_it() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    for body in [
        json!({}),
        json!({"user": "admin"}),
        json!({"user": "admin", "password": {"hunter2": 1}}),
        json!("hunter2"),
        Value::Null,
    ] {
        let answer = client.post(SESSION, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(!answer.body.to_string().contains("hunter2"));
    }
    let body = json!({"user": "admin", "password": PASSWORD, "domain": "elsewhere"});
    assert_eq!(client.post(SESSION, body).await.status, StatusCode::UNAUTHORIZED);
    let body = json!({"user": "admin", "password": PASSWORD, "domain": "Default"});
    assert_eq!(client.post(SESSION, body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn info_is_for_everybody() {
    let config = "[tls]\nversions = [\"TLSv1.2\", \"TLSv1.3\"]\n\
                  [members]\nallow = [\"169.254.10.0/24\"]";
    let server = TestServer::with_config(config).await;
    let answer = server.anonymous().get("/portal/info").await;
    assert_eq!(answer.status, StatusCode::OK);
    let info: openstack_types::portal::Info = serde_json::from_value(answer.body).unwrap();
    assert_eq!(info.mode, openstack_types::portal::Mode::Embedded);
    assert_eq!(info.tls_versions, ["TLSv1.2", "TLSv1.3"]);
    assert_eq!(info.secret_max_bytes, 20_000);
    // What the operator allows is for those who sign in.
    let text = server.anonymous().get("/portal/info").await.body.to_string();
    assert!(!text.contains("169.254"), "{text}");
    let signed_in = sign_in(&server.anonymous(), "admin", None).await;
    assert_eq!(signed_in.body["allowed_servers"], json!(["169.254.10.0/24"]));
    let answer = server.anonymous().get("/portal/nonsense").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.body["error"]["code"], 404);
}

#[tokio::test]
async fn signing_in_again_ends_the_former_session_of_the_browser() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    let client = server.anonymous();
    let first = cookie(&sign_in(&client, "admin", None).await);
    let other_browser = cookie(&sign_in(&client, "admin", None).await);
    let is_valid = async |cookie: &str| {
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
        ask(&client, Method::GET, SESSION, &headers).await.status == StatusCode::OK
    };
    let sign_in_with = |cookie: &str, password: &str, site: &'static str| {
        let request = client.request(Method::POST, SESSION).header("cookie", cookie);
        let body = json!({"user": "mia", "password": password});
        send(request.header("sec-fetch-site", site).json(&body))
    };
    assert_eq!(sign_in_with(&first, "wrong", "same-origin").await.status, StatusCode::UNAUTHORIZED);
    assert!(is_valid(&first).await, "a failure ends nothing");
    let answer = sign_in_with(&first, PASSWORD, "same-origin").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_valid(&first).await);
    assert!(is_valid(&other_browser).await && is_valid(&cookie(&answer)).await);
}
