//! One HTTP request: fetch, abort, timeout, and one error type for the error formats of all
//! services.

use super::objects;
use gloo_net::http::{Method, Request, RequestBuilder};
use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use js_sys::Reflect;
use openstack_types::{error::ApiError, portal::EXPECTED_SESSION_HEADER};
use serde::{Serialize, de::DeserializeOwned};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{AbortController, RequestInit};

/// The timeout of reads, in milliseconds. The list of a large cloud takes seconds.
const READ_TIMEOUT: u32 = 30_000;
/// The timeout of writes, in milliseconds.
const WRITE_TIMEOUT: u32 = 60_000;
/// How often a read is retried after 429 or 503.
const MAX_RETRIES: u32 = 3;
/// The longest delay before such a retry, in seconds.
const MAX_RETRY_DELAY: u32 = 20;

/// The answer of a service, or why there is none.
pub type Result<T> = std::result::Result<T, ApiError>;

type OnSessionProblem = Rc<dyn Fn(SessionProblem)>;

thread_local! {
    static ON_SESSION_PROBLEM: RefCell<Option<OnSessionProblem>> = const { RefCell::new(None) };
    static EXPECTED_SESSION: RefCell<String> = const { RefCell::new(String::new()) };
    static OUTLIVES_PAGE: Cell<bool> = const { Cell::new(false) };
}

/// Why a service rejected the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionProblem {
    /// It has ended (401).
    Ended,
    /// The cookie is of another project or user (412). The request had no effect.
    Elsewhere,
}

/// Calls `then` when a service rejects the session.
pub fn on_session_problem(then: impl Fn(SessionProblem) + 'static) {
    ON_SESSION_PROBLEM.with(|slot| *slot.borrow_mut() = Some(Rc::new(then)));
}

/// Sets the session that every request from now on expects
/// ([`expected_session`](openstack_types::portal::expected_session)); empty: none.
pub fn set_expected_session(session: String) {
    EXPECTED_SESSION.with(|slot| *slot.borrow_mut() = session);
}

/// Whether requests from now on are carried out after the page is closed.
pub fn outlive_page(outlive: bool) {
    OUTLIVES_PAGE.set(outlive);
}

/// The session that the page expects; empty: none.
pub(super) fn expected_session() -> String {
    EXPECTED_SESSION.with(|slot| slot.borrow().clone())
}

/// `GET`, reading JSON.
pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T> {
    read(&send(Method::GET, path, None).await?)
}

/// A request with a JSON body, reading JSON.
pub(super) async fn write<B: Serialize, T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &B,
) -> Result<T> {
    read(&send(method, path, Some(json(body)?)).await?)
}

/// Serializes a body.
pub(super) fn json<B: Serialize>(body: &B) -> Result<String> {
    serde_json::to_string(body).map_err(|e| ApiError::no_response(e.to_string()))
}

/// As [`write()`], with an `Idempotency-Key`: sent again, it changes nothing more.
pub(super) async fn write_once<B: Serialize, T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &B,
    key: &str,
) -> Result<T> {
    let body = Some(json(body)?);
    let answer = exchange_as(expected_session(), method, path, body, Some(key)).await?;
    report_session_problem(&answer);
    read(&answer.ok()?)
}

/// `DELETE`, without a body.
pub(super) async fn delete(path: &str) -> Result<()> {
    send(Method::DELETE, path, None).await.map(drop)
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    objects::from_str(text).map_err(|e| ApiError {
        status: 200,
        message: e.to_string(),
        field: None,
    })
}

/// Aborts a request when its future is dropped.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An answer of any status.
pub(super) struct Answer {
    pub(super) status: u16,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u32>,
    pub(super) text: String,
}

impl Answer {
    /// Seconds until a retry (RFC 6585 section 4, RFC 9110 section 10.2.3); doubled each time where
    /// the server does not say.
    fn wait(&self, tries: u32) -> Option<u32> {
        let wanted = self.retry_after.map(|seconds| seconds.clamp(1, MAX_RETRY_DELAY));
        match self.status {
            429 => wanted.or(Some(1 << tries)),
            503 => wanted,
            _ => None,
        }
    }

    /// The body of a success, or the error.
    pub(super) fn ok(self) -> Result<String> {
        if (200..300).contains(&self.status) {
            Ok(self.text)
        } else {
            Err(ApiError::from_body(self.status, &self.text))
        }
    }
}

/// Sends a request in the expected session and returns the body of a success. Reads are retried
/// after 429 and 503.
pub(super) async fn send(method: Method, path: &str, body: Option<String>) -> Result<String> {
    let mut tries = 0;
    let answer = loop {
        let answer =
            exchange_as(expected_session(), method.clone(), path, body.clone(), None).await?;
        match answer.wait(tries).filter(|_| method == Method::GET && tries < MAX_RETRIES) {
            Some(seconds) => TimeoutFuture::new(seconds * 1_000).await,
            None => break answer,
        }
        tries += 1;
    };
    report_session_problem(&answer);
    answer.ok()
}

fn report_session_problem(answer: &Answer) {
    let problem = match answer.status {
        401 => Some(SessionProblem::Ended),
        412 => Some(SessionProblem::Elsewhere),
        _ => None,
    };
    if let Some(problem) = problem
        && let Some(then) = ON_SESSION_PROBLEM.with(|slot| slot.borrow().clone())
    {
        then(problem);
    }
}

/// Sends a request in whatever session the cookie is of, and returns any answer.
pub(super) fn exchange(
    method: Method,
    path: &str,
    body: Option<String>,
) -> impl Future<Output = Result<Answer>> {
    exchange_as(String::new(), method, path, body, None)
}

async fn exchange_as(
    session: String,
    method: Method,
    path: &str,
    body: Option<String>,
    idempotency_key: Option<&str>,
) -> Result<Answer> {
    let lost = |e: gloo_net::Error| ApiError::no_response(e.to_string());
    let controller =
        AbortController::new().map_err(|_| ApiError::no_response("no AbortController"))?;
    let guard = AbortOnDrop(controller.clone());
    let timed_out = Rc::new(Cell::new(false));
    let limit = if method == Method::GET { READ_TIMEOUT } else { WRITE_TIMEOUT };
    let timer = Timeout::new(limit, {
        let (controller, timed_out) = (controller.clone(), timed_out.clone());
        move || {
            timed_out.set(true);
            controller.abort();
        }
    });

    // The builder encodes the query.
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let request = RequestBuilder::new(path)
        .query(query)
        .method(method)
        .header("Accept", "application/json")
        .abort_signal(Some(&controller.signal()));
    let request = match session.as_str() {
        "" => request,
        session => request.header(EXPECTED_SESSION_HEADER, session),
    };
    let request = match idempotency_key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    };
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    }
    .map_err(lost)?;
    let request = if OUTLIVES_PAGE.get() { outliving(request) } else { request };

    let answer = async {
        let response = request.send().await?;
        Ok(Answer {
            status: response.status(),
            retry_after: response.headers().get("Retry-After").and_then(|s| s.parse().ok()),
            // Not `text()`: that would convert UTF-8 to a JavaScript string and back.
            text: String::from_utf8(response.binary().await?).unwrap_or_else(|not_utf8| {
                String::from_utf8_lossy(not_utf8.as_bytes()).into_owned()
            }),
        })
    }
    .await;
    drop(timer);
    drop(guard);
    answer.map_err(
        |e| if timed_out.get() { ApiError::no_response(ApiError::TIMEOUT) } else { lost(e) },
    )
}

/// The same request, carried out also when the page is closed meanwhile.
fn outliving(request: Request) -> Request {
    let request = web_sys::Request::from(request);
    let init = RequestInit::new();
    // Fails only for a frozen object.
    let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    web_sys::Request::new_with_request_and_init(&request, &init).unwrap_or(request).into()
}
