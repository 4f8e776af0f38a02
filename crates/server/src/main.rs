//! The binary `lb-portal`.

fn main() -> std::process::ExitCode {
    lb_portal_server::cli::main()
}
