//! The exported commands, run by the real client.

use crate::common::PASSWORD;
use std::path::PathBuf;
use tokio::process::Command;

/// The directory of the `openstack` command: that of `LB_PORTAL_OPENSTACK`, or where xtask installs it.
fn directory() -> PathBuf {
    let installed = || {
        let home = std::env::home_dir().unwrap_or_default();
        home.join(".cache/lb-portal/tools/openstack-client/bin/openstack")
    };
    let program = std::env::var_os("LB_PORTAL_OPENSTACK").map_or_else(installed, PathBuf::from);
    assert!(
        program.exists(),
        "{} is not there; `cargo xtask test --only unit` installs it",
        program.display()
    );
    program.parent().unwrap().to_owned()
}

/// Runs a script in a POSIX shell, against the server at `base`.
pub(super) async fn run(script: &str, base: &str) {
    let path = std::env::var("PATH").unwrap_or_default();
    let home = tempfile::tempdir().unwrap();
    let output = Command::new("/bin/sh")
        .args(["-eu", "-c", script])
        .env_clear()
        .env("PATH", format!("{}:{path}", directory().display()))
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .env("OS_AUTH_URL", format!("{base}/identity/v3"))
        .env("OS_USERNAME", "admin")
        .env("OS_PASSWORD", PASSWORD)
        .env("OS_PROJECT_NAME", "default")
        .env("OS_USER_DOMAIN_ID", "default")
        .env("OS_PROJECT_DOMAIN_ID", "default")
        .env("OS_IDENTITY_API_VERSION", "3")
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{script}");
}
