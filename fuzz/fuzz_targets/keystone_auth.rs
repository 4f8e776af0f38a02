//! The body checks of Keystone's authentication.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lb_portal_server::fuzzing::keystone_auth(data));
