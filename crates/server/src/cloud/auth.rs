//! Who a request is from: the session of its cookie, and nothing else. A token in a header is refused, so that the
//! portal is nobody's way to the cloud but the page's.

use super::{
    error::CloudError,
    session::{CloudSession, SignedIn},
    state::Cloud,
};
use crate::{
    middleware::session_cookie::{
        SingleValue, cookie_name, cookies, expected_session_of, is_same_origin,
    },
    public_url::PublicUrl,
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use openstack_types::portal::expected_session;
use std::{convert::Infallible, sync::Arc};

/// The session of the browser's cookie, whatever the page expects.
fn of_cookie(parts: &Parts, cloud: &Cloud) -> Option<SignedIn> {
    let url = PublicUrl::of(parts, &cloud.config);
    if !is_same_origin(parts, &url) {
        return None;
    }
    // Of several cookies it is the valid one: a cookie that another host has set locks nobody out.
    let ids = cookies(&parts.headers, cookie_name(&url)).into_iter();
    let mut valid = ids.filter_map(|id| cloud.sessions.find(id));
    let (id, session) = valid.next()?;
    valid.next().is_none().then_some(SignedIn { id, session })
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
