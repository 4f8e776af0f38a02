//! The query strings of Octavia's lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lb_portal_server::fuzzing::octavia_list_query(data));
