//! `/portal/session`: signs in to the cloud and out of it. The cookie is a random id; no token leaves the server.

use crate::{
    cloud::{
        error::CloudError,
        forward::is_json,
        session::{CloudSession, SignedIn},
        sign_in,
        state::Cloud,
    },
    middleware::session_cookie::{is_cross_origin, set_cookie},
    public_url::PublicUrl,
    sign_in::ClientAddress,
    token::{PlainToken, TokenHash},
};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, Query, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use openstack_types::portal::SignIn;
use serde::{Deserialize, de::DeserializeOwned};
use std::{net::IpAddr, sync::Arc};

/// Rejects requests of other origins and bodies that are not JSON. An HTML form on another site can send
/// neither.
pub(super) struct SameOriginJson {
    client: IpAddr,
    url: PublicUrl,
}

impl FromRequestParts<Arc<Cloud>> for SameOriginJson {
    type Rejection = CloudError;

    async fn from_request_parts(parts: &mut Parts, cloud: &Arc<Cloud>) -> Result<Self, CloudError> {
        let url = PublicUrl::of(parts, &cloud.config);
        if is_cross_origin(parts, &url) {
            return Err(CloudError::CrossOrigin);
        }
        if !is_json(&parts.headers) {
            return Err(CloudError::NotJson);
        }
        let ClientAddress(client) = ClientAddress::of(parts, &cloud.config.proxy);
        Ok(Self { client, url })
    }
}

/// `POST /portal/session`: also ends the former session of the same browser.
pub(super) async fn sign_in(
    State(cloud): State<Arc<Cloud>>,
    request: SameOriginJson,
    former: Option<SignedIn>,
    body: Bytes,
) -> Result<Response, CloudError> {
    let form: SignIn = json(&body)?;
    let session = sign_in::sign_in(&cloud, form, request.client).await?;
    let response = begin(&cloud, session, former.as_ref().map(|former| former.id), &request.url)?;
    if let Some(former) = former {
        revoke(cloud, &former.session).await;
    }
    Ok(response)
}

/// Body of `PUT /portal/session`.
#[derive(Deserialize)]
struct SwitchProject {
    project: String,
}

/// `PUT /portal/session`: continues in another project, as another session. Revokes nothing: newer versions of
/// Keystone would revoke the tokens of the new session too.
pub(super) async fn switch_project(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
    request: SameOriginJson,
    body: Bytes,
) -> Result<Response, CloudError> {
    let SwitchProject { project } = json(&body)?;
    let session = sign_in::switch_project(&cloud, &signed_in.session, &project).await?;
    begin(&cloud, session, Some(signed_in.id), &request.url)
}

/// The query of `GET /portal/session`.
#[derive(Deserialize)]
pub(super) struct ShowQuery {
    /// Without a session, the answer is 204 and no error: browsers log errors to their console.
    #[serde(default)]
    optional: bool,
}

/// `GET /portal/session`
pub(super) async fn show(
    State(cloud): State<Arc<Cloud>>,
    Query(ShowQuery { optional }): Query<ShowQuery>,
    signed_in: Option<SignedIn>,
) -> Result<Response, CloudError> {
    match signed_in {
        Some(signed_in) => Ok(Json(signed_in.session.view(&cloud.config)).into_response()),
        None if optional => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Err(CloudError::Unauthorized),
    }
}

/// `DELETE /portal/session`: revokes the tokens.
pub(super) async fn sign_out(
    State(cloud): State<Arc<Cloud>>,
    signed_in: Option<SignedIn>,
    parts: Parts,
) -> Response {
    if let Some(SignedIn { id, session }) = signed_in {
        cloud.sessions.remove(&id);
        revoke(cloud.clone(), &session).await;
    }
    let url = PublicUrl::of(&parts, &cloud.config);
    let expired_cookie = set_cookie("", 0, &url);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, expired_cookie)]).into_response()
}

async fn revoke(cloud: Arc<Cloud>, session: &CloudSession) {
    // The scoped one first: revoking the unscoped one may revoke both.
    cloud.keystone.revoke(&cloud.upstream, &session.token).await;
    cloud.keystone.revoke(&cloud.upstream, &session.unscoped).await;
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, CloudError> {
    // The error text of serde could repeat a value, which may be a password.
    serde_json::from_slice(body)
        .map_err(|_| CloudError::BadRequest("The body is not what this path takes."))
}

fn begin(
    cloud: &Cloud,
    session: CloudSession,
    former: Option<TokenHash>,
    url: &PublicUrl,
) -> Result<Response, CloudError> {
    let id = PlainToken::generate()?;
    let session = cloud.sessions.insert(&id, session, former);
    let max_age = session.expires_at.as_second().saturating_sub(Timestamp::now().as_second());
    let cookie = set_cookie(id.reveal(), max_age, url);
    Ok(([(header::SET_COOKIE, cookie)], Json(session.view(&cloud.config))).into_response())
}
