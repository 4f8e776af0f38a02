//! Keystone v3, as far as the page asks it itself; signing in goes through [`super::session`].

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

/// The name of a user; many may ask for their own only (403).
pub async fn user_name(id: &UserId) -> Result<String> {
    get::<Answer>(&format!("/identity/v3/users/{id}")).await.map(|answer| answer.user.name)
}
