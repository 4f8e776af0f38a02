mod grammar;
mod haproxy;
mod snapshot;
mod strategies;

use super::*;
use crate::spec::{
    CertificatePem, CheckHost, HttpCheck, MonitorKind, MonitorSpec, PeerVerification, Persistence,
    PolicyAction, RedirectCode,
};
use grammar::disallowed_line;
use openstack_types::field::{CookieName, RedirectUrl, RuleValue};
use proptest::prelude::*;
use std::time::Duration;
use strategies::{checked, http_check_spec, load_balancer, redirect_url};

const PROCESS: ProcessOptions = ProcessOptions { open_files: 20_000, has_state: true };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_line_is_in_the_grammar(spec in load_balancer(), has_state: bool, open_files: u64) {
        let config = render(&spec, &ServerIds::of(&spec), ProcessOptions { open_files, has_state });
        prop_assert_eq!(disallowed_line(&config), None);
        let is_suspicious = |c: char| {
            (c.is_control() && c != '\n') || !c.is_ascii() || "\"'\\#${}`|<>".contains(c)
        };
        // What this module writes itself, and what it escapes.
        let own = [
            "{ path /metrics }",
            "[%[bc_dst]]:%[bc_dst_port]", "%[bc_dst]:%[bc_dst_port]", "%[srv_name]",
            "%[ssl_c_verify]", "%[ssl_c_used]", "%[ssl_c_s_dn]", "%[ssl_c_s_dn(cn)]",
            "%[ssl_c_i_dn]", "%[ssl_c_sha1,hex]", "%[ssl_c_notbefore]", "%[ssl_c_notafter]",
            "has[-_]cert|dn|cn|sha1|not[-_](before|after))|issuer)$",
            "^x[-_]ssl[-_](client[-_](verify|",
        ];
        let rest = own.iter().fold(config, |config, own| config.replace(own, ""));
        // The grammar checks what each escape stands for.
        let rest = rest.replace("\\x", "");
        prop_assert_eq!(rest.chars().find(|c| is_suspicious(*c)), None);
        // A rule compares with plain text, where this means nothing.
        let is_rule = |line: &&str| line.trim_start().starts_with("acl ");
        prop_assert!(!rest.lines().filter(|line| !is_rule(line)).any(|line| line.contains("%[")));
    }

    #[test]
    fn checked_strings_change_only_their_own_lines(
        spec in load_balancer(), check in http_check_spec(), cookie in checked::<CookieName>("S")
    ) {
        let with = |check: &HttpCheck, cookie: &CookieName| {
            let mut spec = spec.clone();
            for pool in &mut spec.pools {
                pool.persistence = Some(Persistence::AppCookie(CookieName::clone(cookie)));
                pool.monitor = Some(MonitorSpec {
                    kind: MonitorKind::Http(check.clone()),
                    delay: Duration::from_secs(5),
                    timeout: Duration::from_secs(2),
                    rise: 2,
                    fall: 2,
                });
            }
            render(&spec, &ServerIds::of(&spec), PROCESS)
        };
        let plain = HttpCheck {
            method: "GET".parse().unwrap(),
            path: "/".parse().unwrap(),
            expected: "200".parse().unwrap(),
            host: CheckHost::Absent,
        };
        let (one, two) = (with(&plain, &"SESSION".parse().unwrap()), with(&check, &cookie));
        prop_assert_eq!(one.lines().count(), two.lines().count());
        let changed = one.lines().zip(two.lines()).filter(|(a, b)| a != b);
        for (_, line) in changed {
            let line = line.trim_start();
            prop_assert!(
                ["http-check ", "stick store-response ", "stick match "]
                    .iter()
                    .any(|start| line.starts_with(start)),
                "{}", line
            );
        }
    }

    #[test]
    fn texts_of_a_policy_change_only_their_own_lines(
        spec in load_balancer(), url in redirect_url(), value in checked::<RuleValue>("-f")
    ) {
        let with = |url: &RedirectUrl, value: &RuleValue| {
            let mut spec = spec.clone();
            for policy in spec.listeners.iter_mut().flat_map(|l| &mut l.policies) {
                policy.action = PolicyAction::RedirectToUrl(url.clone(), RedirectCode::Found);
                for rule in &mut policy.rules {
                    rule.value = value.clone();
                }
            }
            render(&spec, &ServerIds::of(&spec), PROCESS)
        };
        let one = with(&"https://a.example".parse().unwrap(), &"x".parse().unwrap());
        let two = with(&url, &value);
        prop_assert_eq!(one.lines().count(), two.lines().count());
        for (_, line) in one.lines().zip(two.lines()).filter(|(a, b)| a != b) {
            let line = line.trim_start();
            prop_assert!(
                line.starts_with("acl ") || line.starts_with("http-request redirect location "),
                "{}", line
            );
        }
    }

    #[test]
    fn the_configuration_and_the_crt_lists_have_the_descriptors_of_their_files(spec in load_balancer()) {
        let files = InheritedFiles::of(&spec).into_contents();
        let first = fd::FIRST_LISTENER as usize + spec.listeners.len() * spec.vips().count();
        let file = |path: &str| {
            let fd: usize = path.strip_prefix("/proc/self/fd/").unwrap().parse().unwrap();
            files[fd - first].as_ref()
        };
        let file_of = |line: &str, option: &str| {
            let mut words = line.split(' ').skip_while(|word| *word != option);
            words.nth(1).map(|path| file(path).to_vec())
        };
        let verified_with = |line: &str, verification: Option<&PeerVerification>| {
            file_of(line, "ca-file") == verification.map(|it| it.authorities.expose().to_vec())
                && file_of(line, "crl-file")
                    == verification
                        .and_then(|it| it.revocation_lists.as_ref())
                        .map(|lists| lists.expose().to_vec())
        };
        let config = render(&spec, &ServerIds::of(&spec), PROCESS);
        let binds: Vec<&str> =
            config.lines().filter(|line| line.trim_start().starts_with("bind ")).collect();
        let vips = spec.vips().count();
        prop_assert_eq!(binds.len(), spec.listeners.len() * vips);
        for (index, bind) in binds.iter().enumerate() {
            let listener = &spec.listeners[index / vips];
            let list = file_of(bind, "crt-list");
            prop_assert_eq!(list.is_some(), listener.mode.tls().is_some());
            let (Some(list), Some(tls)) = (list, listener.mode.tls()) else { continue };
            let list = String::from_utf8(list).unwrap();
            let listed: Vec<&[u8]> = list.lines().map(file).collect();
            let expected: Vec<&[u8]> = std::iter::once(&tls.default_certificate)
                .chain(&tls.sni_certificates)
                .map(CertificatePem::expose)
                .collect();
            prop_assert_eq!(listed, expected);
            let clients = tls.client_authentication.as_ref();
            prop_assert!(verified_with(bind, clients.map(|clients| &clients.verification)));
        }
        let mut pool = None;
        for line in config.lines() {
            if let Some(name) = line.strip_prefix("backend ") {
                let name = BackendName::parse(name).unwrap();
                pool = spec.pools.iter().find(|pool| pool.id == name.pool);
            }
            let Some(pool) = pool.filter(|_| line.trim_start().starts_with("server ")) else {
                continue;
            };
            let tls = pool.tls.as_ref();
            let certificate = tls.and_then(|tls| tls.client_certificate.as_ref());
            prop_assert_eq!(file_of(line, "crt"), certificate.map(|it| it.expose().to_vec()));
            prop_assert!(verified_with(line, tls.and_then(|tls| tls.verification.as_ref())));
            prop_assert_eq!(tls.is_some(), line.contains(" ssl "));
        }
    }

    #[test]
    fn connections_fit_into_the_limit_of_open_files(spec in load_balancer(), open_files in 512u64..2_000_000) {
        prop_assert!(max_connections(&spec, open_files) * 2 + 100 < open_files);
    }
}
