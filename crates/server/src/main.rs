//! The one binary: page, OpenStack APIs, engine.

fn main() -> std::process::ExitCode {
    lb_portal_server::cli::main()
}
