//! The body checks of Octavia's creates, updates and batches.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lb_portal_server::fuzzing::octavia_body(data));
