//! The lines that a rendered configuration may contain.

use ipnet::IpNet;
use openstack_types::{
    field::{HeaderName, RedirectUrl, UrlPath},
    octavia::DnField,
    tls::TlsCiphers,
};
use std::net::{IpAddr, SocketAddr};
use uuid::Uuid;

/// Every line that a configuration may contain, word by word. `<…>` stands for a kind of value.
const GRAMMAR: &[&str] = &[
    "global",
    "stats socket sockpair@4 level admin",
    "stats timeout 1h",
    "server-state-file /proc/self/fd/5",
    "maxconn <n>",
    "nbthread 1",
    "noreuseport",
    "max-spread-checks 1000",
    "tune.ssl.cachesize 1000",
    "ssl-load-extra-files none",
    "defaults",
    "retries 3",
    "option redispatch 1",
    "frontend <id>",
    "mode http",
    "mode tcp",
    "option idle-close-on-response",
    "timeout http-request <ms>",
    "timeout http-keep-alive <ms>",
    "timeout client <ms>",
    "backlog <n>",
    "bind <fd>",
    "acl allowed src <cidr>",
    "tcp-request connection reject unless allowed",
    "option forwardfor",
    "tcp-request inspect-delay <ms>",
    "http-request deny deny_status 404 unless { path /metrics }",
    "http-request use-service prometheus-exporter",
    "http-request set-header X-Forwarded-Port <n>",
    "http-request set-header X-Forwarded-Proto http",
    "http-request set-header X-Forwarded-Proto https",
    "acl upgrades req.hdr(connection) -m str -i upgrade",
    "http-request set-header Connection Upgrade if upgrades",
    "http-request del-header Connection unless upgrades",
    "http-request del-header <forged-headers> -m reg",
    "http-request set-header X-SSL-Client-Verify %[ssl_c_verify]",
    "http-request set-header X-SSL-Client-Has-Cert %[ssl_c_used]",
    "http-request set-header X-SSL-Client-DN %[ssl_c_s_dn]",
    "http-request set-header X-SSL-Client-CN %[ssl_c_s_dn(cn)]",
    "http-request set-header X-SSL-Issuer %[ssl_c_i_dn]",
    "http-request set-header X-SSL-Client-SHA1 %[ssl_c_sha1,hex]",
    "http-request set-header X-SSL-Client-Not-Before %[ssl_c_notbefore]",
    "http-request set-header X-SSL-Client-Not-After %[ssl_c_notafter]",
    "http-response set-header Strict-Transport-Security <hsts>",
    "acl <id> req.fhdr(host),host_only -i -m <how> -- <value>",
    "acl <id> path -m <how> -- <value>",
    "acl <id> path,word(-1,.) -m <how> -- <value>",
    "acl <id> <req-header> -m <how> -- <value>",
    "acl <id> ssl_c_used",
    "acl <id> ssl_c_verify eq <n>",
    "acl <id> <dn-field> -m <how> -- <value>",
    "acl <id> req.fhdr(cookie) -m reg -- <value>",
    "acl <id> <req-cookie> -m reg -- <value>",
    "default_backend <backend>",
    "backend <backend>",
    "balance roundrobin",
    "balance leastconn",
    "balance source",
    "option allbackups",
    "timeout connect <ms>",
    "timeout server <ms>",
    "timeout check <ms>",
    "load-server-state-from-file global",
    "stick-table type ipv6 size 100k expire 60m",
    "stick-table type string len 64 size 100k expire 60m",
    "stick on src",
    "stick on src table <backend>",
    "stick store-response <res-cookie>",
    "stick store-response <res-cookie> table <backend>",
    "stick match <req-cookie>",
    "stick match <req-cookie> table <backend>",
    "cookie SRV insert indirect nocache httponly",
    "option httpchk",
    "http-check send meth <word> uri <path> ver HTTP/1.1 hdr Host <host>",
    "http-check send meth <word> uri <path> ver HTTP/1.1 hdr Host %[bc_dst]:%[bc_dst_port]",
    "http-check send meth <word> uri <path> ver HTTP/1.1 hdr Host [%[bc_dst]]:%[bc_dst_port]",
    "http-check send meth <word> uri <path> ver HTTP/1.1 hdr Host %[srv_name]",
    "http-check send meth <word> uri <path> ver HTTP/1.0",
    "http-check expect status <codes>",
];

/// The options after `bind <fd> ssl crt-list <file>`, each at most once and in this order.
const BIND_OPTIONS: &[&str] = &[
    "verify <verify>",
    "ca-file <file>",
    "crl-file <file>",
    "ssl-min-ver <tls>",
    "ssl-max-ver <tls>",
    "ciphers <ciphers>",
    "ciphersuites <ciphers>",
    "alpn <alpn>",
];

/// The part of a policy before ` if ` and its rules.
const POLICY_ACTIONS: &[&str] = &[
    "http-request deny deny_status 403",
    "http-request redirect location <url> code <code>",
    "http-request redirect prefix <url> code <code>",
    "use_backend <backend>",
];

/// The options of a server line, each at most once and in this order.
const SERVER_OPTIONS: &[&str] = &[
    "cookie <id>",
    "send-proxy",
    "send-proxy-v2",
    "send-proxy-v2-ssl-cn",
    "backup",
    "disabled",
    "ssl",
    "crt <file>",
    "verify required",
    "ca-file <file>",
    "crl-file <file>",
    "verify none",
    "sni ssl_fc_sni",
    "ssl-min-ver <tls>",
    "ssl-max-ver <tls>",
    "ciphers <ciphers>",
    "ciphersuites <ciphers>",
    "alpn <alpn>",
    "track <tracked>",
    "check inter <ms> fall <n> rise <n>",
    "addr <check-address>",
    "port <n>",
    "check-ssl verify none",
    "check-ssl",
    "check-sni <host>",
];

fn is(kind: &str, word: &str) -> bool {
    let all = |ok: fn(char) -> bool| !word.is_empty() && word.chars().all(ok);
    let id = |text: &str| {
        Uuid::parse_str(text).is_ok_and(|uuid| uuid.as_hyphenated().to_string() == text)
    };
    let backend =
        |text: &str| text.split_once(':').is_some_and(|(pool, listener)| id(pool) && id(listener));
    let cookie = |text: &str, before: &str| {
        text.strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(unescaped)
            .is_some_and(|name| {
                let quoted = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let name = quoted.unwrap_or(&name);
                name.parse::<HeaderName>().is_ok() && (quoted.is_some() || is("<word>", name))
            })
    };
    match kind {
        "<n>" => word.parse::<u64>().is_ok(),
        "<ms>" => word.strip_suffix("ms").is_some_and(|n| n.parse::<i32>().is_ok()),
        "<fd>" => word.strip_prefix("fd@").is_some_and(|n| n.parse::<u16>().is_ok()),
        "<id>" => id(word),
        "<backend>" => backend(word),
        "<tracked>" => word.split_once('/').is_some_and(|(be, srv)| backend(be) && id(srv)),
        "<cidr>" => word.parse::<IpNet>().is_ok(),
        "<socket>" => word.parse::<SocketAddr>().is_ok(),
        "<check-address>" => {
            word.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
        }
        "<word>" => all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)),
        "<host>" => all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)),
        "<codes>" => all(|c| c.is_ascii_digit() || ",-".contains(c)),
        "<path>" => unescaped(word).is_some_and(|path| path.parse::<UrlPath>().is_ok()),
        "<tls>" => ["TLSv1.2", "TLSv1.3"].contains(&word),
        "<ciphers>" => word.split(':').all(|name| {
            let ciphers = name.parse::<TlsCiphers>();
            ciphers.is_ok_and(|it| {
                it.tls12() == [name] || (it.tls12().is_empty() && it.tls13() == [name])
            })
        }),
        "<verify>" => ["optional", "required"].contains(&word),
        "<forged-headers>" => word.starts_with("^x[-_]ssl[-_](") && word.ends_with(")$"),
        "<alpn>" => word.split(',').all(|name| ["h2", "http/1.1", "http/1.0"].contains(&name)),
        "<hsts>" => {
            let mut parts = word.split(';');
            parts
                .next()
                .and_then(|part| part.strip_prefix("max-age="))
                .is_some_and(|age| age.parse::<u32>().is_ok())
                && parts.all(|part| ["includeSubDomains", "preload"].contains(&part))
        }
        "<file>" => word.strip_prefix("/proc/self/fd/").is_some_and(|n| n.parse::<u16>().is_ok()),
        "<how>" => ["str", "beg", "end", "sub", "reg"].contains(&word),
        "<code>" => ["301", "302", "303", "307", "308"].contains(&word),
        "<value>" => unescaped(word).is_some_and(|value| !value.is_empty()),
        // As HAProxy reads it: `%%` is a literal `%`, and no other `%` is allowed.
        "<url>" => {
            let plain = unescaped(word).unwrap_or_default().replace("%%", "\0");
            !plain.contains('%')
                && plain.replace('\0', "%").parse::<RedirectUrl>().is_ok()
                && ["https://", "http://"].iter().any(|scheme| {
                    word.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                })
        }
        "<req-header>" => cookie(word, "req.fhdr("),
        "<dn-field>" => word
            .strip_prefix("ssl_c_s_dn(")
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|field| field.parse::<DnField>().is_ok()),
        "<req-cookie>" => cookie(word, "req.cook("),
        "<res-cookie>" => cookie(word, "res.cook("),
        literal => literal == word,
    }
}

/// A word as HAProxy reads it, with `?` for a byte beyond ASCII; `None` if a character with a meaning is not escaped.
fn unescaped(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-._~!*+,;=:@?&%()[]^|".contains(c);
    let (first, rest) = word.split_once("\\x").map_or((word, None), |(a, b)| (a, Some(b)));
    let mut read = first.to_owned();
    for part in rest.into_iter().flat_map(|rest| rest.split("\\x")) {
        let code = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        let allowed = code == b'\t' || !code.is_ascii_control();
        read.push(if code.is_ascii() { char::from(code) } else { '?' });
        read.push_str(&part[2..]);
        if !allowed {
            return None;
        }
    }
    let plain = rest.into_iter().flat_map(|rest| rest.split("\\x")).map(|part| &part[2..]);
    plain.chain([first]).all(|part| part.chars().all(is_plain)).then_some(read)
}

fn matches(rule: &str, words: &[&str]) -> bool {
    let rule: Vec<&str> = rule.split(' ').collect();
    rule.len() == words.len() && rule.iter().zip(words).all(|(kind, word)| is(kind, word))
}

fn is_server(words: &[&str]) -> bool {
    words.len() >= 7
        && matches("server <id> <socket> id <n> weight <n>", &words[..7])
        && are_options(SERVER_OPTIONS, &words[7..])
}

/// Whether the words consist of some of `rules`, each at most once and in order.
fn are_options(rules: &[&str], words: &[&str]) -> bool {
    let mut rest = words;
    for rule in rules {
        let length = rule.split(' ').count();
        if rest.len() >= length && matches(rule, &rest[..length]) {
            rest = &rest[length..];
        }
    }
    rest.is_empty()
}

fn is_bind(words: &[&str]) -> bool {
    words.len() > 5
        && matches("bind <fd> ssl crt-list <file>", &words[..5])
        && are_options(BIND_OPTIONS, &words[5..])
}

fn is_policy(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| *word == "if") else { return false };
    let rules = &words[at + 1..];
    POLICY_ACTIONS.iter().any(|rule| matches(rule, &words[..at]))
        && !rules.is_empty()
        && rules.iter().all(|word| is("<id>", word.strip_prefix('!').unwrap_or(word)))
}

/// The first line that the grammar does not allow.
pub(super) fn disallowed_line(config: &str) -> Option<&str> {
    config.lines().find(|line| {
        let words: Vec<&str> = line.trim_start_matches("    ").split(' ').collect();
        let has_options = is_server(&words) || is_bind(&words) || is_policy(&words);
        !has_options && !GRAMMAR.iter().any(|rule| matches(rule, &words))
    })
}

#[test]
fn the_grammar_rejects_lines_that_no_configuration_may_contain() {
    let rule = "00000000-0000-0000-0000-000000000000";
    for bad in [
        "    bind *:80",
        "# a name",
        "    server x 127.0.0.1:80 weight 1",
        "    maxconn x",
        "    bind fd@6 ssl crt-list /etc/passwd ssl-min-ver TLSv1.2",
        "    bind fd@6 ssl crt-list /proc/self/fd/7 ciphers ALL",
        "    bind fd@6 ssl crt-list /proc/self/fd/7 alpn h2 crt /etc/passwd",
        "    http-request deny deny_status 403 if",
        "    http-request deny deny_status 403",
        &format!("    http-request redirect location https://a.example/%[src] code 302 if {rule}"),
        &format!("    http-request redirect location https://a.example/%20 code 302 if {rule}"),
        &format!("    http-request redirect location https://a.example/%%%20 code 302 if {rule}"),
        &format!("    acl {rule} path -m beg -f /etc/passwd"),
        &format!("    acl {rule} path -m beg /x"),
    ] {
        assert_eq!(disallowed_line(bad), Some(bad));
    }
    let good =
        format!("    http-request redirect prefix https://a.example/%%20 code 302 if !{rule}");
    assert_eq!(disallowed_line(&good), None);
}
