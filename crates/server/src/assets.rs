//! The page itself, from inside the binary.

use crate::password::random_bytes;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::LazyLock};

/// A file of the page.
struct Asset {
    /// Below the root, without the leading `/`.
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

static BY_PATH: LazyLock<HashMap<&str, &Asset>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| (asset.path, asset)).collect());

/// What trunk writes where a nonce belongs (its default `nonce_placeholder`).
const NONCE: &str = "{{__TRUNK NONCE__}}";

const ENTRY: &str = "index.html";

/// Answers every path that is no API's: a file of the page, or its entry page, which reads the path
/// itself.
pub async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = request.uri().path().trim_start_matches('/');
    match BY_PATH.get(path) {
        Some(asset) if path != ENTRY => file(asset, request.headers()),
        // A file of an earlier version: the entry page would be mistaken for it.
        None if is_file_name(path) => (StatusCode::NOT_FOUND, "no such file\n").into_response(),
        _ => entry(),
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

/// Whether a part of the path carries a hash of the content, as trunk writes it: `-` and sixteen
/// hexadecimal digits.
fn is_hashed(path: &str) -> bool {
    path.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits == 16 || digits == 15
    })
}

fn file(asset: &Asset, asked: &HeaderMap) -> Response {
    let ending = asset.path.rsplit('.').next().unwrap_or_default();
    let mut headers = HeaderMap::new();
    let kind = content_type(ending).unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
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

fn entry() -> Response {
    let Ok(nonce) = random_bytes::<16>().map(|bytes| BASE64_STANDARD.encode(bytes)) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let text = BY_PATH.get(ENTRY).and_then(|asset| std::str::from_utf8(asset.plain).ok());
    let Some(text) = text else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        return (headers, MISSING).into_response();
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    (headers, text.replace(NONCE, &nonce)).into_response()
}

const MISSING: &str = "This lb-portal was built without its page; the APIs work.\n\
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

    #[test]
    fn hashes_are_known() {
        for hashed in [
            "page-1a2b3c4d5e6f7a8b.js",
            "page-1a2b3c4d5e6f7a8b_bg.wasm",
            "snippets/leptos-use-1a2b3c4d5e6f7a8b/inline0.js",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["favicon.svg", "robots.txt", "load-balancer.svg", "page-dead.js"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn a_page_of_the_page_is_no_file() {
        for page in ["", "load-balancers", "load-balancers/create", "a.b/c", "v1.2"] {
            assert!(!is_file_name(page), "{page}");
        }
        for file in ["old-1a2b3c4d5e6f7a8b.js", "x/y.css", "favicon.ico"] {
            assert!(is_file_name(file), "{file}");
        }
    }

    #[test]
    fn encodings_are_as_the_client_says() {
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
