//! Tests with certificates that OpenSSL makes, one module per subject. They are one program, since linking takes longer
//! than most of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

mod authorities;
mod hostile;
mod mutated;
mod other_programs;
mod pem;
mod pkcs12;
mod rejected;
mod security;
mod written;
