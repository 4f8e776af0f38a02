//! The one binary: page, OpenStack APIs, engine.

fn main() {}
