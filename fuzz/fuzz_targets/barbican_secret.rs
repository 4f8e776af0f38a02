//! The body checks of Barbican's secrets.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lb_portal_server::fuzzing::barbican_secret(data));
