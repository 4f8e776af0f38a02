//! HAProxy checks rendered configurations with `haproxy -c`.

use super::strategies::load_balancer;
use crate::{
    program::Program,
    render::{InheritedFiles, ProcessOptions, fd, render},
    server_ids::ServerIds,
    spec::{CertificatePem, ListenerMode, LoadBalancerSpec, PeerVerification, PublicPem},
};
use openstack_types::{field::check_regex, tls::TlsCiphers};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use std::{path::Path, time::Duration};
use uuid::Uuid;

#[test]
fn haproxy_accepts_every_configuration_without_a_warning() {
    let mut runner = TestRunner::deterministic();
    let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    let authority = PublicPem::new(&made.cert.pem());
    let pem = made.signing_key.serialize_pem() + &made.cert.pem();
    let real = CertificatePem::new(pem.into_bytes().into());
    for _ in 0..40 {
        let mut spec = load_balancer().new_tree(&mut runner).unwrap().current();
        if spec.listeners.is_empty() {
            continue;
        }
        remove_what_the_api_rejects(&mut spec);
        let scratch = std::env::temp_dir().join(format!("lb-render-{}", Uuid::new_v4()));
        std::fs::create_dir(&scratch).unwrap();
        for listener in &mut spec.listeners {
            if let ListenerMode::TerminatedHttps(tls) | ListenerMode::Prometheus(Some(tls)) =
                &mut listener.mode
            {
                tls.default_certificate = real.clone();
                tls.sni_certificates.fill(real.clone());
                // HAProxy requires a cipher for each enabled version.
                tls.ciphers = TlsCiphers::default();
                let clients = tls.client_authentication.as_mut();
                make_real(clients.map(|clients| &mut clients.verification), &authority);
            }
        }
        for tls in spec.pools.iter_mut().filter_map(|pool| pool.tls.as_mut()) {
            tls.client_certificate = tls.client_certificate.as_ref().map(|_| real.clone());
            tls.ciphers = TlsCiphers::default();
            make_real(tls.verification.as_mut(), &authority);
        }
        let config = config_for_check(&spec, &scratch);
        let file = scratch.join("haproxy.cfg");
        std::fs::write(&file, &config).unwrap();
        let path = Program::find(None, None, false).unwrap().path;
        let output =
            std::process::Command::new(path).arg("-c").arg("-f").arg(&file).output().unwrap();
        std::fs::remove_dir_all(&scratch).unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !stderr.contains("[ALERT]") && !stderr.contains("[WARNING]"),
            "{stderr}\n{config}"
        );
    }
}

#[test]
fn haproxy_compiles_every_expression_that_the_check_accepts() {
    const PARTS: &[&str] = &[
        "a",
        "b",
        "-",
        "]",
        "}",
        ",",
        ":",
        "=",
        "!",
        "<",
        ">",
        "#",
        " ",
        "\"",
        "'",
        "%",
        "é",
        "0",
        "9",
        "x",
        "^",
        "$",
        ".",
        "*",
        "+",
        "?",
        "|",
        "(",
        ")",
        "(",
        ")",
        "[",
        "[^",
        "]",
        "{2}",
        "{2,}",
        "{1,300}",
        "{",
        "{,",
        "(?:",
        "(?i)",
        "(?i:",
        "(?-s)",
        "(?=",
        "(?!",
        "(?<=",
        "(?<!",
        "(?>",
        "(?P<n>",
        "(?P=n)",
        "(?<m>",
        "(?#",
        "(?P=m)",
        "\\d",
        "\\W",
        "\\b",
        "\\A",
        "\\Z",
        "\\R",
        "\\h",
        "\\n",
        "\\x4",
        "\\x41",
        "\\.",
        "\\\\",
        "\\",
        "[:alpha:]",
        "[:^digit:]",
        "a-z",
        "z-a",
        "\\1",
        "(*",
        "(?R)",
        "(?|",
        "&&",
        "[.",
        "[=",
    ];
    let words = proptest::collection::vec(proptest::sample::select(PARTS), 1..12);
    let mut runner = TestRunner::deterministic();
    let mut config = "defaults\n mode http\nfrontend f\n bind 127.21.0.4:20000\n".to_owned();
    let mut expressions = Vec::new();
    while expressions.len() < 3000 {
        let expression = words.new_tree(&mut runner).unwrap().current().concat();
        if check_regex(&expression).is_ok() {
            let quoted: String = expression.bytes().map(|c| format!("\\x{c:02x}")).collect();
            config += &format!(" acl r{} path -m reg -- {quoted}\n", expressions.len());
            config += &format!(" acl t{} path -m reg -- ^(?:{quoted})\n", expressions.len());
            expressions.push(expression);
        }
    }
    let file = std::env::temp_dir().join(format!("lb-regex-{}", Uuid::new_v4()));
    std::fs::write(&file, &config).unwrap();
    let path = Program::find(None, None, false).unwrap().path;
    let output = std::process::Command::new(path).arg("-c").arg("-f").arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let refused = stderr.lines().find(|line| line.contains("ALERT")).unwrap_or_default();
    let line = refused.split(':').nth(1).and_then(|line| line.parse::<usize>().ok());
    let expression = line.and_then(|line| expressions.get(line.saturating_sub(5) / 2));
    assert_eq!(refused, "", "{expression:?}");
}

fn make_real(verification: Option<&mut PeerVerification>, authority: &PublicPem) {
    if let Some(verification) = verification {
        *verification = PeerVerification { authorities: authority.clone(), revocation_lists: None };
    }
}

fn remove_what_the_api_rejects(spec: &mut LoadBalancerSpec) {
    // HAProxy warns about policies without rules and about zero timeouts.
    for listener in &mut spec.listeners {
        listener.policies.retain(|policy| !policy.rules.is_empty());
        for timeout in [
            &mut listener.timeout_client,
            &mut listener.timeout_connect,
            &mut listener.timeout_server,
        ] {
            *timeout = (*timeout).max(Duration::from_millis(1));
        }
        if listener.mode == ListenerMode::Tcp
            && let Some(pool) = spec.pools.iter_mut().find(|p| Some(p.id) == listener.default_pool)
        {
            pool.persistence = None;
        }
    }
}

/// Renders the configuration and writes its secret files, with paths and addresses in place of the descriptors
/// that only the engine passes.
fn config_for_check(spec: &LoadBalancerSpec, scratch: &Path) -> String {
    let first = fd::FIRST_LISTENER as usize + spec.listeners.len() * spec.vips().count();
    let here = format!("{}/", scratch.display());
    for (n, content) in InheritedFiles::of(spec).into_contents().iter().enumerate() {
        let content = String::from_utf8_lossy(content).replace("/proc/self/fd/", &here);
        std::fs::write(scratch.join((first + n).to_string()), content).unwrap();
    }
    let process = ProcessOptions { open_files: 20_000, has_state: false };
    let config = render(spec, &ServerIds::of(spec), process);
    // Without the engine, the descriptors do not exist.
    let config = config.replace("/proc/self/fd/", &here);
    let config = config.replace("sockpair@4 level", "/tmp/never.sock level");
    config
        .lines()
        .map(|line| match line.trim_start().strip_prefix("bind fd@") {
            Some(rest) => {
                let (fd, tls) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
                format!("    bind 127.21.0.3:{}{tls}\n", 20_000 + fd.parse::<u16>().unwrap())
            }
            None => format!("{line}\n"),
        })
        .collect()
}
