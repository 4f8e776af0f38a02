//! The certificate reader with the bytes of a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::assert_opens_or_fails_cleanly(data));
