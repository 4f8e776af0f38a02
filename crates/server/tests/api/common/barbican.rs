//! Secrets for tests.

use super::{Answer, Client};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Where they are.
pub const SECRETS: &str = "/key-manager/v1/secrets";

/// A body that stores bytes.
pub fn bundle(name: &str, payload: &[u8]) -> Value {
    json!({
        "name": name,
        "payload": BASE64_STANDARD.encode(payload),
        "payload_content_type": "application/octet-stream",
        "payload_content_encoding": "base64",
    })
}

/// The id in an answer's `secret_ref`.
pub fn id_of(answer: &Answer) -> String {
    let secret_ref = answer.body["secret_ref"].as_str().unwrap_or_else(|| panic!("{answer:?}"));
    secret_ref.rsplit('/').next().unwrap().to_owned()
}

impl Client {
    /// Stores bytes, and gives the id.
    pub async fn store(&self, name: &str, payload: &[u8]) -> String {
        let answer = self.post(SECRETS, bundle(name, payload)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        id_of(&answer)
    }

    /// A GET that asks for a type.
    pub async fn get_as(&self, path: &str, accept: &str) -> reqwest::Response {
        self.request(Method::GET, path).header("accept", accept).send().await.unwrap()
    }

    /// The names of a list, in its order.
    pub async fn names(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("{SECRETS}?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        let secrets = answer.body["secrets"].as_array().unwrap();
        secrets.iter().map(|secret| secret["name"].as_str().unwrap().to_owned()).collect()
    }
}
