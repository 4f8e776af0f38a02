//! Pages of other origins: those that the operator allows, and the others.

use crate::common::{Answer, TestServer, send};
use reqwest::{Method, StatusCode};

const ALLOWED: &str = "https://dashboard.example.com";
const PATHS: [&str; 4] = [
    "/identity/v3/auth/tokens",
    "/load-balancer/v2/lbaas/loadbalancers",
    "/key-manager/v1/secrets",
    "/networking/v2.0/subnets",
];

async fn preflight(server: &TestServer, path: &str, origin: &str) -> Answer {
    let request = server.anonymous().request(Method::OPTIONS, path);
    let request = request
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-auth-token,content-type");
    send(request).await
}

#[tokio::test]
async fn pages_of_allowed_origins_call_the_apis() {
    let config = format!("[cors]\nallowed_origins = [\"{ALLOWED}\"]\n");
    let server = TestServer::with_config(&config).await;
    for path in PATHS {
        let answer = preflight(&server, path, ALLOWED).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], ALLOWED, "{path}");
        assert_eq!(answer.headers["access-control-allow-methods"], "POST");
        assert_eq!(answer.headers["access-control-allow-headers"], "x-auth-token,content-type");
        assert_eq!(answer.headers["access-control-max-age"], "3600");
        // The session cookie is not for them.
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        let other = preflight(&server, path, "https://evil.example").await;
        assert!(!other.headers.contains_key("access-control-allow-origin"), "{path}");
    }
    let client = server.admin().await;
    let request = client.request(Method::GET, PATHS[1]).header("origin", ALLOWED);
    let answer = send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["access-control-allow-origin"], ALLOWED);
    let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("x-openstack-request-id"), "{exposed}");
    let refused = server.anonymous().request(Method::GET, PATHS[1]).header("origin", ALLOWED);
    let refused = send(refused).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers["access-control-allow-origin"], ALLOWED);
    let portal = preflight(&server, "/portal/session", ALLOWED).await;
    assert!(!portal.headers.contains_key("access-control-allow-origin"));
    server.stop().await;
}

#[tokio::test]
async fn without_a_setting_no_other_origin_is_allowed() {
    let server = TestServer::start().await;
    for path in PATHS {
        let answer = preflight(&server, path, ALLOWED).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    server.stop().await;
}
