//! What every request passes on its way, one file a concern.

pub mod request_id;
pub mod security_headers;
pub mod session_cookie;
