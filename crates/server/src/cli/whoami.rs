//! A tiny server to balance to.

use super::{Said, say, stop_signal};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use clap::Args;
use std::{fmt::Write, sync::Arc};
use tokio::net::TcpListener;

/// The header that the name comes in.
const NAME: HeaderName = HeaderName::from_static("x-whoami");

#[derive(Args)]
pub(super) struct Whoami {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: String,
    /// What it calls itself, in the first line and in the header X-Whoami.
    #[arg(long, value_parser = name)]
    name: String,
}

fn name(text: &str) -> Result<String, &'static str> {
    HeaderValue::from_str(text)
        .map(|_| text.to_owned())
        .map_err(|_| "only visible ASCII characters, please")
}

impl Whoami {
    pub(super) async fn run(self) -> Result<(), Said> {
        let stop = stop_signal()?;
        let cannot = |why: std::io::Error| format!("cannot listen on {}: {why}", self.listen);
        let listener = TcpListener::bind(&self.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let router = Router::new().fallback(answer).with_state(Arc::from(self.name));
        say(&format!("listening on http://{address}"));
        let serving = axum::serve(listener, router);
        tokio::select! {
            result = serving => result.map_err(|why| format!("serving failed: {why}")),
            () = stop => Ok(()),
        }
    }
}

async fn answer(State(name): State<Arc<str>>, request: Request) -> Response {
    let mut text = String::with_capacity(512);
    let (method, uri, version) = (request.method(), request.uri(), request.version());
    let _ = write!(text, "{name}\n{method} {uri} {version:?}\n");
    for (header, value) in request.headers() {
        let _ = writeln!(text, "{header}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    let mut response =
        ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(NAME, name);
    }
    response
}
