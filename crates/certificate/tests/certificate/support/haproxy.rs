//! What HAProxy says about certificates, with the OpenSSL settings of the system.

use std::{fs, path::Path, process::Command};

/// The errors of HAProxy when it loads every PEM file of a directory. Empty if it loads them all.
pub fn refusal(directory: &Path) -> String {
    let config = directory.with_extension("cfg");
    let text = format!(
        "defaults\n    mode http\n    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n\
         frontend f\n    bind 127.0.0.1:1 ssl crt {}/\n",
        directory.display()
    );
    fs::write(&config, text).unwrap();
    let output = Command::new("haproxy")
        .args(["-c", "-f"])
        .arg(&config)
        .output()
        .expect("the haproxy command is needed by these tests");
    if output.status.success() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("unable to load"), "another error: {text}");
    text
}
