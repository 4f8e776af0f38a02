//! A client of server-sent events.

use super::Client;
use openstack_types::portal::Event;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

pub const EVENTS: &str = "/portal/events";

pub struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    pub fn of(response: Response) -> Self {
        Self { response, text: String::new() }
    }

    /// Opens a stream and reads its `hello`.
    pub async fn open(client: &Client) -> Self {
        let response = client.request(Method::GET, EVENTS).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        let mut stream = Self::of(response);
        assert_eq!(stream.next().await.unwrap(), ("hello".to_owned(), json!({})));
        stream
    }

    /// Name and data of the next event, without comments; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<(String, serde_json::Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                if let (Some(name), Some(data)) = (field("event: "), field("data: ")) {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            // Fails instead of hanging.
            let chunk = tokio::time::timeout(Duration::from_secs(60), self.response.chunk());
            match chunk.await.expect("no event within a minute").unwrap_or(None) {
                Some(chunk) => self.text.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => return None,
            }
        }
    }

    /// The id of the object of the next change.
    pub async fn next_id(&mut self) -> Uuid {
        let (name, data) = self.next().await.unwrap();
        assert_eq!(name, "change");
        serde_json::from_value::<Event>(data).unwrap().id
    }
}
