//! The files of the page, embedded in the binary.

use crate::random;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::LazyLock};

struct Asset {
    /// Relative, without a leading `/`.
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

static PAGE: LazyLock<Page> = LazyLock::new(|| Page::new(ASSETS));

/// The files of the page, by path.
struct Page(HashMap<&'static str, &'static Asset>);

/// What the build writes, and trunk by default.
const NONCE_PLACEHOLDER: &str = "{{__TRUNK NONCE__}}";

const INDEX: &str = "index.html";

/// The script of the worker that opens certificates.
const WORKER_PATH: &str = "certificate_worker_loader.js";
/// A worker has its own policy. This one runs the program that the page sends and has no network access.
const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'";

/// The fallback for paths of no API: a file of the page, or `index.html`, which routes the path.
pub async fn serve(request: Request) -> Response {
    PAGE.respond(request.method(), request.uri().path(), request.headers())
}

impl Page {
    fn new(assets: &'static [Asset]) -> Self {
        Self(assets.iter().map(|asset| (asset.path, asset)).collect())
    }

    fn respond(&self, method: &Method, path: &str, asked: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
            return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
        }
        let path = path.trim_start_matches('/');
        match self.0.get(path) {
            Some(asset) if path != INDEX => file(asset, asked),
            // A file of an earlier version. `index.html` would not be what the browser expects.
            None if is_file_name(path) => (StatusCode::NOT_FOUND, "no such file\n").into_response(),
            _ => self.index(),
        }
    }

    fn index(&self) -> Response {
        let Ok(nonce) = random::text::<16>() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let text = self.0.get(INDEX).and_then(|asset| std::str::from_utf8(asset.plain).ok());
        let Some(text) = text else {
            let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, content_type);
            return (headers, PAGE_MISSING).into_response();
        };
        let content_type = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, content_type);
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        (headers, text.replace(NONCE_PLACEHOLDER, &nonce)).into_response()
    }
}

fn is_file_name(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.rsplit_once('.').is_some_and(|(_, ending)| content_type(ending).is_some())
}

fn content_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether the path contains a content hash, of xtask or of trunk: `-` and 64 bits in hexadecimal without leading
/// zeros.
fn is_hashed(path: &str) -> bool {
    path.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        (12..=16).contains(&digits)
    })
}

fn file(asset: &Asset, asked: &HeaderMap) -> Response {
    let ending = asset.path.rsplit('.').next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    let value = content_type(ending).unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if asset.path == WORKER_PATH {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    }
    if is_hashed(asset.path) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
    } else {
        let digest = Sha256::digest(asset.plain);
        let tag = format!("\"{}\"", BASE64_STANDARD.encode(&digest[..16]));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            if asked.get(header::IF_NONE_MATCH) == Some(&tag) {
                return (StatusCode::NOT_MODIFIED, headers).into_response();
            }
            headers.insert(header::ETAG, tag);
        }
    }
    let (encoding, bytes) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts(asked, "br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts(asked, "gzip") => (Some("gzip"), bytes),
        _ => (None, asset.plain),
    };
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, Body::from(bytes)).into_response()
}

fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
            let refused = quality
                .trim()
                .strip_prefix("q=")
                .is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
            name.trim().eq_ignore_ascii_case(encoding) && !refused
        })
}

const PAGE_MISSING: &str = "This lb-portal was built without its page; the APIs work.\n\
    `cargo xtask start` builds everything and starts it.\n";

fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::to_bytes, http::HeaderName};

    static SAMPLE: &[Asset] = &[
        Asset {
            path: "index.html",
            plain: b"<script type=module nonce=\"{{__TRUNK NONCE__}}\">1</script>",
            brotli: None,
            gzip: None,
        },
        Asset {
            path: "page-1a2b3c4d5e6f7a8b.js",
            plain: b"plain",
            brotli: Some(b"brotli"),
            gzip: Some(b"gzip"),
        },
        Asset {
            path: "certificate_worker_loader.js",
            plain: b"onmessage",
            brotli: None,
            gzip: None,
        },
        Asset { path: "favicon.svg", plain: b"<svg/>", brotli: None, gzip: None },
    ];

    fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        Page::new(SAMPLE).respond(&Method::GET, path, &headers)
    }

    async fn text(response: Response) -> String {
        let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_response_with_the_index_has_a_new_nonce() {
        let mut nonces = Vec::new();
        for path in ["/", "/index.html", "/load-balancers/create", "/a.b/c"] {
            let response = get(path, &[]);
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
            assert!(!policy.contains("unsafe-inline"));
            let nonce = nonce.to_owned();
            assert!(text(response).await.contains(&format!("nonce=\"{nonce}\"")));
            assert!(!nonces.contains(&nonce));
            nonces.push(nonce);
        }
    }

    #[tokio::test]
    async fn files_are_sent_in_an_accepted_encoding() {
        let path = "/page-1a2b3c4d5e6f7a8b.js";
        for (offer, encoding, body) in [
            ("gzip, deflate, br", Some("br"), "brotli"),
            ("gzip", Some("gzip"), "gzip"),
            ("br;q=0", None, "plain"),
            ("identity", None, "plain"),
        ] {
            let response = get(path, &[(header::ACCEPT_ENCODING, offer)]);
            let headers = response.headers();
            assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
            assert_eq!(headers[header::VARY], "Accept-Encoding");
            let got = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(got, encoding);
            assert_eq!(text(response).await, body, "{offer}");
        }
        assert_eq!(get("/page-0000000000000000.js", &[]).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn files_without_a_hash_are_revalidated() {
        let response = get("/favicon.svg", &[]);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        let tag = response.headers()[header::ETAG].to_str().unwrap();
        let again = get("/favicon.svg", &[(header::IF_NONE_MATCH, tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn the_certificate_worker_has_no_network_access() {
        let response = get("/certificate_worker_loader.js", &[]);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"));
        assert!(!policy.contains("connect-src") && !policy.contains("unsafe-inline"));
        let other = get("/page-1a2b3c4d5e6f7a8b.js", &[]);
        assert_eq!(other.headers().get(header::CONTENT_SECURITY_POLICY), None);
    }

    #[test]
    fn other_methods_are_rejected() {
        let answer = Page::new(SAMPLE).respond(&Method::POST, "/", &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn without_a_page_the_index_says_how_to_build_it() {
        let answer = Page::new(&[]).respond(&Method::GET, "/", &HeaderMap::new());
        assert!(text(answer).await.contains("cargo xtask start"));
    }

    #[test]
    fn content_hashes_are_detected() {
        for hashed in [
            "page-1a2b3c4d5e6f7a8b.js",
            "page-1a2b3c4d5e6f7a8b_bg.wasm",
            "certificate_worker-1a2b3c4d5e6f7a8b.js",
            "certificate_worker-1a2b3c4d5e6f7a8b_bg.wasm",
            "snippets/leptos-use-1a2b3c4d5e6f7a8b/inline0.js",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "favicon.svg",
            "certificate_worker_loader.js",
            "robots.txt",
            "load-balancer.svg",
            "page-dead.js",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn only_known_extensions_are_files() {
        for page in ["", "load-balancers", "load-balancers/create", "a.b/c", "v1.2"] {
            assert!(!is_file_name(page), "{page}");
        }
        for file in ["old-1a2b3c4d5e6f7a8b.js", "x/y.css", "favicon.ico"] {
            assert!(is_file_name(file), "{file}");
        }
    }

    #[test]
    fn accept_encoding_is_parsed() {
        let asked = |text: &str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap())])
        };
        assert!(accepts(&asked("gzip, deflate, br"), "br"));
        assert!(accepts(&asked("BR;q=0.5"), "br"));
        assert!(!accepts(&asked("br;q=0, gzip"), "br"));
        assert!(!accepts(&asked("brotli"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }
}
