//! Who a request is from: the session of its cookie, and nothing else. A token in a header is refused, so that the
//! portal is nobody's way to the cloud but the page's.

use super::{
    error::CloudError,
    session::{CloudSession, SignedIn},
    state::Cloud,
};
use crate::{
    middleware::session_cookie::{SingleValue, expected_session_of, is_same_origin, single_cookie},
    public_url::PublicUrl,
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use openstack_types::portal::expected_session;
use std::{convert::Infallible, sync::Arc};

/// The names of the cookie. A browser accepts the first one over https only, from this host only, for all paths.
const SECURE_COOKIE: &str = "__Host-lb_portal_session";
const PLAIN_COOKIE: &str = "lb_portal_session";

pub(super) fn cookie_name(url: &PublicUrl) -> &'static str {
    if url.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The session of the browser's cookie, whatever the page expects.
fn of_cookie(parts: &Parts, cloud: &Cloud) -> Option<SignedIn> {
    let url = PublicUrl::of(parts, &cloud.config);
    if !is_same_origin(parts, &url) {
        return None;
    }
    let id = single_cookie(&parts.headers, cookie_name(&url))?;
    let (id, session) = cloud.sessions.find(id)?;
    Some(SignedIn { id, session })
}

impl FromRequestParts<Arc<Cloud>> for SignedIn {
    type Rejection = CloudError;

    async fn from_request_parts(parts: &mut Parts, cloud: &Arc<Cloud>) -> Result<Self, CloudError> {
        let signed_in = of_cookie(parts, cloud).ok_or(CloudError::Unauthorized)?;
        let CloudSession { user, project, .. } = &*signed_in.session;
        match expected_session_of(parts) {
            SingleValue::Absent => Ok(signed_in),
            SingleValue::Present(expected)
                if expected == expected_session(&user.id, &project.id) =>
            {
                Ok(signed_in)
            }
            SingleValue::Present(_) | SingleValue::Invalid => Err(CloudError::OtherSession),
        }
    }
}

impl OptionalFromRequestParts<Arc<Cloud>> for SignedIn {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        cloud: &Arc<Cloud>,
    ) -> Result<Option<Self>, Infallible> {
        Ok(of_cookie(parts, cloud))
    }
}
