//! Layers of the router that every request passes.

pub mod request_id;
pub mod request_permit;
pub mod security_headers;
pub mod session_cookie;
