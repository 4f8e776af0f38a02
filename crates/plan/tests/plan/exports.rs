//! Quoting in exports: each is parsed by a parser of its language.

use crate::support::{minimal_draft, valid_draft};
use openstack_types::{
    octavia::{CreateLoadBalancer, ListenerProtocol},
    tls::{AlpnProtocol, CipherPreset},
};
use plan::{export, to_request};
use proptest::prelude::*;
use std::process::Command;

/// Runs commands in a shell with an `openstack` that prints its arguments, and an id for each created
/// object.
fn run_in_shell(script: &str) -> Vec<Vec<String>> {
    let recorder = r#"
openstack() {
    printf '%s\0' "$#" "$@" >&3
    printf 'id-of-%s\n' "$2"
}
exec 3>&1 1>/dev/null
"#;
    let output = Command::new("/bin/sh")
        .args(["-eu", "-c", &format!("{recorder}{script}")])
        .env_clear()
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut words = stdout.split_terminator('\0').map(str::to_owned);
    let mut calls = Vec::new();
    while let Some(count) = words.next() {
        calls.push(words.by_ref().take(count.parse().unwrap()).collect());
    }
    calls
}

/// The value of an option, written with a space or an equals sign.
fn option<'a>(call: &'a [String], name: &str) -> Option<&'a str> {
    let joined = format!("{name}=");
    call.iter().enumerate().find_map(|(index, word)| {
        word.strip_prefix(&joined)
            .or_else(|| (word == name).then(|| call.get(index + 1).map(String::as_str)).flatten())
    })
}

/// Parses Terraform with an HCL parser.
fn read_terraform(text: &str) -> hcl::Body {
    hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn attribute(body: &hcl::Body, kind: &str, label: &str, name: &str) -> Option<String> {
    let block = body.blocks().find(|block| {
        let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
        labels == [kind, label]
    })?;
    let value = block.body().attributes().find(|attribute| attribute.key() == name)?.expr();
    match value {
        hcl::Expression::String(text) => Some(text.clone()),
        other => panic!("{name} is no plain text but {other:?}"),
    }
}

fn assert_exports_match(request: &CreateLoadBalancer) -> Result<(), TestCaseError> {
    let api = export::api_request(request);
    let body = api.split_once("\n\n").unwrap().1;
    let read: serde_json::Value = serde_json::from_str(body).unwrap();
    let read: CreateLoadBalancer = serde_json::from_value(read["loadbalancer"].clone()).unwrap();
    prop_assert_eq!(&read, request);
    assert_commands_match(request)?;
    assert_terraform_matches(request)
}

/// The number of health monitors, and of L7 policies with their rules.
fn count_parts(request: &CreateLoadBalancer) -> (usize, usize) {
    let monitors = request.pools.iter().filter(|pool| pool.healthmonitor.is_some()).count();
    let policies = request.listeners.iter().flat_map(|listener| &listener.l7policies);
    (monitors, policies.map(|policy| 1 + policy.rules.len()).sum())
}

fn assert_commands_match(request: &CreateLoadBalancer) -> Result<(), TestCaseError> {
    let calls = run_in_shell(&export::openstack_commands(request));
    let members: usize = request.pools.iter().map(|pool| pool.members.len()).sum();
    let (monitors, policies_and_rules) = count_parts(request);
    let listeners = request.listeners.len();
    // Policies with several rules are enabled when they have them all.
    let enabled_later = request
        .listeners
        .iter()
        .flat_map(|listener| &listener.l7policies)
        .filter(|policy| policy.rules.len() > 1 && policy.admin_state_up.is_none())
        .count();
    prop_assert_eq!(
        calls.len(),
        1 + request.pools.len()
            + members
            + monitors
            + listeners
            + policies_and_rules
            + enabled_later
    );
    prop_assert_eq!(option(&calls[0], "--name"), Some(request.name.as_str()));
    prop_assert_eq!(option(&calls[0], "--description"), request.description.as_deref());
    let of = |kind: &str| -> Vec<&Vec<String>> {
        calls.iter().filter(|call| call[1] == kind && call[2] == "create").collect()
    };
    for (call, pool) in of("pool").into_iter().zip(&request.pools) {
        prop_assert_eq!(option(call, "--name"), Some(pool.name.as_str()));
        prop_assert_eq!(option(call, "--description"), pool.description.as_deref());
        prop_assert_eq!(option(call, "--tag"), pool.tags.first().map(String::as_str));
        prop_assert_eq!(option(call, "--loadbalancer"), Some("id-of-create"));
    }
    let asked = request.pools.iter().filter_map(|pool| pool.healthmonitor.as_ref());
    for (call, monitor) in of("healthmonitor").into_iter().zip(asked) {
        prop_assert_eq!(option(call, "--name"), monitor.name.as_deref());
        prop_assert_eq!(option(call, "--tag"), monitor.tags.first().map(String::as_str));
    }
    let asked = request.pools.iter().flat_map(|pool| &pool.members);
    for (call, member) in of("member").into_iter().zip(asked) {
        prop_assert_eq!(option(call, "--name"), member.name.as_deref());
        prop_assert_eq!(option(call, "--address"), Some(member.address.as_str()));
        prop_assert_eq!(call.last().map(String::as_str), Some("id-of-pool"));
    }
    for (call, listener) in of("listener").into_iter().zip(&request.listeners) {
        prop_assert_eq!(option(call, "--name"), listener.name.as_deref());
        prop_assert_eq!(option(call, "--description"), listener.description.as_deref());
        prop_assert_eq!(option(call, "--tag"), listener.tags.first().map(String::as_str));
        let certificate = listener.default_tls_container_ref.as_deref();
        prop_assert_eq!(option(call, "--default-tls-container-ref"), certificate);
        let number = |name, expected: Option<u64>| {
            let expected = expected.map(|n| n.to_string());
            prop_assert_eq!(option(call, name), expected.as_deref());
            Ok(())
        };
        number("--timeout-tcp-inspect", listener.timeout_tcp_inspect)?;
        number("--hsts-max-age", listener.hsts_max_age.map(u64::from))?;
        let has = |flag: &str| Some(true).filter(|_| call.iter().any(|word| word == flag));
        prop_assert_eq!(has("--hsts-include-subdomains"), listener.hsts_include_subdomains);
        prop_assert_eq!(has("--hsts-preload"), listener.hsts_preload);
        let asked = listener.client_authentication.as_ref().map(|asked| asked.as_str());
        prop_assert_eq!(option(call, "--client-authentication"), asked);
        let issuers = listener.client_ca_tls_container_ref.as_deref();
        prop_assert_eq!(option(call, "--client-ca-tls-container-ref"), issuers);
        prop_assert_eq!(call.last().map(String::as_str), Some("id-of-create"));
    }
    let policies = request.listeners.iter().flat_map(|listener| &listener.l7policies);
    for (call, policy) in of("l7policy").into_iter().zip(policies) {
        let prefix = policy.redirect_prefix.as_ref().map(|prefix| prefix.as_str());
        prop_assert_eq!(option(call, "--redirect-prefix"), prefix);
        let code = policy.redirect_http_code.map(|code| code.to_string());
        prop_assert_eq!(option(call, "--redirect-http-code"), code.as_deref());
        prop_assert_eq!(option(call, "--description"), policy.description.as_deref());
        prop_assert_eq!(option(call, "--tag"), policy.tags.first().map(String::as_str));
        prop_assert_eq!(call.last().map(String::as_str), Some("id-of-listener"));
    }
    for call in of("l7rule") {
        prop_assert_eq!(call.last().map(String::as_str), Some("id-of-l7policy"));
    }
    Ok(())
}

fn assert_terraform_matches(request: &CreateLoadBalancer) -> Result<(), TestCaseError> {
    let body = read_terraform(&export::terraform(request));
    let lb = |name| attribute(&body, "openstack_lb_loadbalancer_v2", "lb", name);
    prop_assert_eq!(lb("name"), Some(request.name.clone()));
    prop_assert_eq!(lb("description"), request.description.clone());
    for (index, pool) in request.pools.iter().enumerate() {
        let label = format!("pool_{}", index + 1);
        let name = attribute(&body, "openstack_lb_pool_v2", &label, "name");
        prop_assert_eq!(name.as_deref(), Some(pool.name.as_str()));
        let described = attribute(&body, "openstack_lb_pool_v2", &label, "description");
        prop_assert_eq!(&described, &pool.description);
        if let Some(monitor) = &pool.healthmonitor {
            let name = attribute(&body, "openstack_lb_monitor_v2", &label, "name");
            prop_assert_eq!(&name, &monitor.name);
        }
    }
    for (index, listener) in request.listeners.iter().enumerate() {
        let label = format!("listener_{}", index + 1);
        let described = attribute(&body, "openstack_lb_listener_v2", &label, "description");
        prop_assert_eq!(&described, &listener.description);
        let asked = attribute(&body, "openstack_lb_listener_v2", &label, "client_authentication");
        prop_assert_eq!(asked, listener.client_authentication.as_ref().map(ToString::to_string));
    }
    let blocks = body.blocks().filter(|block| block.identifier() == "resource").count();
    let with_members = request.pools.iter().map(|pool| {
        // Members with tags have a resource each.
        let tagged = pool.members.iter().any(|member| !member.tags.is_empty());
        if tagged { pool.members.len() } else { pool.members.len().min(1) }
    });
    let with_members: usize = with_members.sum();
    let (monitors, policies_and_rules) = count_parts(request);
    let listeners = request.listeners.len();
    prop_assert_eq!(
        blocks,
        1 + request.pools.len() + with_members + monitors + listeners + policies_and_rules
    );
    Ok(())
}

proptest! {
    #[test]
    fn every_text_is_quoted_correctly(draft in valid_draft()) {
        assert_exports_match(&to_request(&draft).unwrap())?;
    }
}

#[test]
fn names_with_shell_and_template_syntax_are_quoted_correctly() {
    for name in [
        "'; touch /tmp/x; '",
        "$(id)",
        "`id`",
        "--wait",
        "-",
        "a\nb",
        "\\",
        "\\'",
        "${file(\"/etc/passwd\")}",
        "$${x}",
        "$$${x}",
        "%{ if true }",
        "\"}\nresource \"x\" \"y\" {",
        "\\${x}",
        "$",
        "%",
    ] {
        let mut draft = minimal_draft(name);
        draft.description = name.into();
        assert_exports_match(&to_request(&draft).unwrap()).unwrap();
    }
}

/// Pasted into a terminal, such a name could end the paste and run as a command, or hide what does.
#[test]
fn no_export_contains_what_a_terminal_obeys() {
    let exports = |name: &str| {
        let mut draft = minimal_draft(name);
        draft.description = name.into();
        let request = to_request(&draft).unwrap();
        assert_exports_match(&request).unwrap();
        [
            export::openstack_commands(&request),
            export::terraform(&request),
            export::api_request(&request),
        ]
    };
    for name in [
        "\u{1b}[201~\ntouch /tmp/x\n",
        "a\r\u{1b}[1A\u{1b}[2Kecho harmless",
        "a\u{9b}2J\u{7f}\u{8}b",
        "\u{202e}gnp.exe\u{2066}\u{200b}\u{2028}",
        "\u{e0041}\u{feff}\u{ad}",
        "x\n\n",
        "\"$u_a\"",
        "\t'\n",
    ] {
        for text in exports(name) {
            assert!(
                text.chars().all(|c| c == '\n' || c == ' ' || !c.is_control()),
                "{name:?} {text:?}"
            );
            for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{2028}', '\u{e0041}', '\u{feff}']
            {
                assert!(!text.contains(hidden), "{name:?} {text:?}");
            }
            // No line of the text is the name's.
            assert!(!text.lines().any(|line| line.trim().starts_with("touch")), "{text:?}");
        }
    }
}

/// A listener with TLS, and one that redirects to it.
fn with_https() -> CreateLoadBalancer {
    let mut draft = minimal_draft("web");
    let http = draft.listeners[0].key;
    draft.set_redirect(http, Some("https://www.example.com".into()));
    let mut request = to_request(&draft).unwrap();
    let mut secure = request.listeners[0].clone();
    secure.name = Some("https".to_owned());
    secure.protocol = ListenerProtocol::TerminatedHttps;
    secure.protocol_port = 443;
    secure.default_tls_container_ref = Some("https://cloud.example/v1/secrets/1".to_owned());
    secure.sni_container_refs =
        ["2", "3"].map(|id| format!("https://cloud.example/v1/secrets/{id}")).into();
    secure.tls_versions = Some(vec!["TLSv1.2".to_owned()]);
    secure.tls_ciphers = Some(CipherPreset::Modern.ciphers().to_string());
    secure.alpn_protocols = Some(vec![AlpnProtocol::H2, AlpnProtocol::Http11]);
    secure.hsts_max_age = Some(3600);
    secure.hsts_preload = Some(true);
    secure.l7policies.clear();
    request.listeners.push(secure);
    request
}

#[test]
fn certificates_and_redirects_are_exported() {
    let request = with_https();
    assert_exports_match(&request).unwrap();
    let commands = export::openstack_commands(&request).replace(" \\\n    ", " ");
    for expected in [
        "listener_1=$(openstack loadbalancer listener create --wait --name http-80 --protocol HTTP",
        "--format value --column id \"$lb\")\n",
        "l7policy_1=$(openstack loadbalancer l7policy create --wait --format value --column id --name redirect-to-https --action REDIRECT_PREFIX --redirect-prefix https://www.example.com \"$listener_1\")\n",
        "openstack loadbalancer l7rule create --wait --type PATH --compare-type STARTS_WITH --value / \"$l7policy_1\"\n",
        "--sni-container-refs https://cloud.example/v1/secrets/2 https://cloud.example/v1/secrets/3 --protocol TERMINATED_HTTPS",
        "--default-tls-container-ref https://cloud.example/v1/secrets/1 --tls-version TLSv1.2 --tls-ciphers TLS_AES_128_GCM_SHA256:",
        "--alpn-protocol h2 --alpn-protocol http/1.1 --hsts-max-age 3600 --hsts-preload \"$lb\"\n",
    ] {
        assert!(commands.contains(expected), "no {expected}\n{commands}");
    }
    let body = read_terraform(&export::terraform(&request));
    let policy = |name| attribute(&body, "openstack_lb_l7policy_v2", "listener_1_policy_1", name);
    assert_eq!(policy("redirect_prefix").as_deref(), Some("https://www.example.com"));
    let rule =
        |name| attribute(&body, "openstack_lb_l7rule_v2", "listener_1_policy_1_rule_1", name);
    assert_eq!(rule("value").as_deref(), Some("/"));
    let https = |name| attribute(&body, "openstack_lb_listener_v2", "listener_2", name);
    assert_eq!(
        https("default_tls_container_ref").as_deref(),
        Some("https://cloud.example/v1/secrets/1")
    );
    assert!(https("tls_ciphers").unwrap().starts_with("TLS_AES_128_GCM_SHA256:"));
}

/// Only the Terraform resource for a single server can have tags.
#[test]
fn tags_of_servers_are_exported_to_terraform() {
    let mut draft = minimal_draft("web");
    let group = draft.groups[0].key;
    for (n, tags) in [(1, vec!["rack 1".to_owned(), "new".to_owned()]), (2, Vec::new())] {
        let server = draft.add_server_at(group, format!("192.0.2.{n}"), "80".into(), None).unwrap();
        draft.server_mut(group, server).unwrap().tags = tags;
    }
    let text = export::terraform(&to_request(&draft).unwrap());
    let body = read_terraform(&text);
    for n in 1..=2 {
        let label = format!("pool_1_member_{n}");
        let address = attribute(&body, "openstack_lb_member_v2", &label, "address");
        assert_eq!(address, Some(format!("192.0.2.{n}")), "{text}");
    }
    assert!(text.contains(r#"= ["rack 1", "new"]"#), "{text}");
    assert!(!text.contains("openstack_lb_members_v2"), "{text}");
    draft.groups[0].servers.iter_mut().for_each(|server| server.tags.clear());
    let text = export::terraform(&to_request(&draft).unwrap());
    assert!(!text.contains("openstack_lb_member_v2"), "{text}");
}

#[test]
fn long_commands_are_wrapped() {
    let mut draft = minimal_draft("web");
    draft.groups[0].health.kind = None;
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
    let commands = export::openstack_commands(&to_request(&draft).unwrap());
    assert_eq!(
        commands,
        r#"lb=$(openstack loadbalancer create --wait \
    --format value --column id \
    --name web \
    --vip-network-id 66ca68d0-f8ab-4d09-980f-61633f72717f)
pool_1=$(openstack loadbalancer pool create --wait \
    --format value --column id \
    --name web-servers \
    --loadbalancer "$lb" \
    --protocol HTTP \
    --lb-algorithm ROUND_ROBIN)
openstack loadbalancer member create --wait --address 192.0.2.1 --protocol-port 80 --weight 1 "$pool_1"
openstack loadbalancer listener create --wait \
    --name http-80 \
    --protocol HTTP \
    --protocol-port 80 \
    --default-pool "$pool_1" \
    --insert-headers X-Forwarded-For=true,X-Forwarded-Port=true,X-Forwarded-Proto=true \
    "$lb"
"#
    );
}
