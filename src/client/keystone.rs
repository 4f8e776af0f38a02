//! Keystone v3. Signing in goes through [`super::session`].

use super::{Result, request::get};
use openstack_types::UserId;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    user: User,
}

#[derive(Deserialize)]
struct User {
    name: String,
}

/// The name of a user. Most users may only read their own (403).
pub async fn user_name(id: &UserId) -> Result<String> {
    get::<Answer>(&format!("/identity/v3/users/{id}")).await.map(|answer| answer.user.name)
}
