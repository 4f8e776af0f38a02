//! `lb-portal whoami`: a small HTTP server to try load balancers with.

use super::{output::print_line, signals::stop_signal};
use anyhow::Context;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use clap::Args;
use std::{fmt::Write, io, sync::Arc};
use tokio::net::TcpListener;

const NAME: HeaderName = HeaderName::from_static("x-whoami");

#[derive(Args)]
pub(super) struct Whoami {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: String,
    /// Name in the first line of the response and in the header X-Whoami.
    #[arg(long, value_parser = name)]
    name: String,
}

fn name(text: &str) -> Result<String, &'static str> {
    HeaderValue::from_str(text)
        .map(|_| text.to_owned())
        .map_err(|_| "only visible ASCII characters, please")
}

impl Whoami {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let stop = stop_signal()?;
        let bind = async || -> io::Result<_> {
            let listener = TcpListener::bind(&self.listen).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) =
            bind().await.with_context(|| format!("cannot listen on {}", self.listen))?;
        let router = Router::new().fallback(respond).with_state(Arc::from(self.name));
        print_line(&format!("listening on http://{address}"));
        tokio::select! {
            result = axum::serve(listener, router) => result.context("serving failed"),
            () = stop => Ok(()),
        }
    }
}

/// Responds with the name, the request line and the request headers.
async fn respond(State(name): State<Arc<str>>, request: Request) -> Response {
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
