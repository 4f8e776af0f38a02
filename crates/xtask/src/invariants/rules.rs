//! The rules of ARCHITECTURE.md that a compiler does not check, as a test that reads the sources.
//!
//! Sources are read as tokens, so comments never count. Test modules are left out: a test may open a
//! file where its crate may not.

use super::tokens::after_item;
use crate::files::files_below;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{fs, path::Path};

/// What a rule looks for.
enum Never {
    /// A path such as `std::fs`, in a `use` (nested or not) or in place.
    Path(&'static [&'static str]),
    /// A text that holds one of these.
    Text(&'static [&'static str]),
}

/// Something that is deliberately absent.
struct Rule {
    why: &'static str,
    /// Where it holds.
    within: &'static [&'static str],
    /// Where it does not.
    except: &'static [&'static str],
    never: Never,
}

const RULES: [Rule; 10] = [
    Rule {
        why: "the pure crates do no IO, read no clock and roll no dice",
        within: &[
            "crates/certificate/src",
            "crates/l7/src",
            "crates/openstack-types/src",
            "crates/plan/src",
        ],
        except: &[],
        never: Never::Path(&[
            "std::env",
            "std::fs",
            "std::io",
            "std::net::TcpListener",
            "std::net::TcpStream",
            "std::net::ToSocketAddrs",
            "std::net::UdpSocket",
            "std::process",
            "std::thread",
            "std::time::Instant",
            "std::time::SystemTime",
            "gloo_net",
            "getrandom",
            "js_sys",
            "rand",
            "reqwest",
            "rusqlite",
            "tokio",
            "wasm_bindgen",
            "web_sys",
            "Uuid::new_v4",
        ]),
    },
    Rule {
        why: "only src/client/ fetches",
        within: &["src"],
        except: &["src/client"],
        never: Never::Path(&[
            "gloo_net",
            "reqwest",
            "web_sys::EventSource",
            "web_sys::Request",
            "web_sys::WebSocket",
            "web_sys::XmlHttpRequest",
            "leptos_use::use_event_source",
        ]),
    },
    Rule {
        why: "ui knows no router, no client, no store and no page",
        within: &["src/ui"],
        except: &[],
        never: Never::Path(&[
            "crate::client",
            "crate::pages",
            "crate::routes",
            "crate::store",
            "leptos_router",
        ]),
    },
    Rule {
        why: "pages -> store -> client, one way",
        within: &["src/store", "src/client"],
        except: &[],
        never: Never::Path(&["crate::pages", "crate::ui"]),
    },
    Rule {
        why: "the client knows nobody above it",
        within: &["src/client"],
        except: &[],
        never: Never::Path(&["crate::store"]),
    },
    Rule {
        why: "pages build no URLs: routes.rs does",
        within: &["src/pages"],
        except: &[],
        never: Never::Text(&[
            "/load-balancers",
            "/ssl-certificates",
            "/login",
            "/portal/",
            "/identity",
            "/load-balancer/",
            "/networking",
        ]),
    },
    Rule {
        why: "only store/ of the server has SQL",
        within: &["crates/server/src"],
        except: &["crates/server/src/store"],
        never: Never::Text(&[
            "SELECT ",
            "INSERT INTO",
            "DELETE FROM",
            "UPDATE ",
            "CREATE TABLE",
            "PRAGMA ",
            " WHERE ",
        ]),
    },
    Rule {
        why: "only engine/ knows HAProxy: its configuration",
        within: &["src", "crates"],
        // The import reads the configuration of other HAProxies.
        except: &[
            "crates/engine",
            "crates/plan/src/import/haproxy",
            "crates/xtask",
            "crates/bench",
        ],
        // The word alone is a provider's name in Octavia's API.
        never: Never::Text(&[
            "/haproxy",
            "default_backend",
            "show stat",
            "show info",
            "bind fd@",
            "server-state-file",
        ]),
    },
    Rule {
        why: "only the server runs the engine",
        within: &["src", "crates"],
        except: &["crates/engine", "crates/server"],
        never: Never::Path(&["engine"]),
    },
    Rule {
        why: "the page is no server",
        within: &["src"],
        except: &[],
        never: Never::Path(&["axum", "rusqlite", "tokio"]),
    },
];

/// Every path and every text of a source, in one line each.
#[derive(Default)]
struct Found {
    paths: Vec<String>,
    texts: Vec<String>,
}

impl Found {
    fn read(source: &str) -> Result<Self, String> {
        let tokens: TokenStream = source.parse().map_err(|e| format!("{e}"))?;
        let mut found = Self::default();
        found.walk(tokens);
        Ok(found)
    }

    fn walk(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                // `#[…]` and `#![…]`: documentation is an attribute too.
                TokenTree::Punct(p) if p.as_char() == '#' => {
                    let bang = matches!(trees.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    let body = at + 1 + usize::from(bang);
                    match trees.get(body) {
                        Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Bracket => {
                            let text: String = g.stream().to_string().split_whitespace().collect();
                            at = body + 1;
                            if text.starts_with("cfg(test)") || text.starts_with("cfg(all(test,") {
                                at = after_item(&trees, at);
                            }
                        }
                        _ => at += 1,
                    }
                }
                TokenTree::Ident(_) => at = self.path(&trees, at, ""),
                TokenTree::Group(group) => {
                    self.walk(group.stream());
                    at += 1;
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.contains('"') {
                        self.texts.push(text);
                    }
                    at += 1;
                }
                TokenTree::Punct(_) => at += 1,
            }
        }
    }

    /// Reads `a::b::c` and `a::{b, c::d}` from an identifier on; gives where it ends.
    fn path(&mut self, trees: &[TokenTree], mut at: usize, before: &str) -> usize {
        let mut path = before.to_owned();
        loop {
            match trees.get(at) {
                Some(TokenTree::Ident(ident)) => {
                    path.push_str(&ident.to_string());
                    at += 1;
                }
                Some(TokenTree::Group(group)) if path.ends_with("::") => {
                    if group.delimiter() == Delimiter::Brace {
                        self.branches(group.stream(), &path);
                    } else {
                        self.walk(group.stream());
                    }
                    return at + 1;
                }
                _ => break,
            }
            let colons =
                |i: usize| matches!(trees.get(i), Some(TokenTree::Punct(p)) if p.as_char() == ':');
            if !(colons(at) && colons(at + 1)) {
                break;
            }
            path.push_str("::");
            at += 2;
        }
        self.paths.push(path);
        at
    }

    fn branches(&mut self, tokens: TokenStream, before: &str) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Ident(_) => at = self.path(&trees, at, before),
                _ => at += 1,
            }
        }
    }

    fn breaks(&self, never: &Never) -> Option<String> {
        match never {
            // A single word is a name of its own, not a path.
            Never::Path(paths) => {
                self.paths.iter().filter(|p| p.contains("::")).find_map(|found| {
                    let whole = format!("{found}::");
                    paths.iter().find(|p| whole.starts_with(&format!("{p}::")))?;
                    Some(found.clone())
                })
            }
            Never::Text(texts) => {
                self.texts.iter().find(|found| texts.iter().any(|t| found.contains(t))).cloned()
            }
        }
    }
}

/// A line for every rule that a source breaks.
fn broken(path: &str, source: &str) -> Vec<String> {
    let found = match Found::read(source) {
        Ok(found) => found,
        Err(error) => return vec![format!("{path}: {error}")],
    };
    let below = |directories: &[&str]| {
        directories.iter().any(|d| Path::new(path).starts_with(d) || path == format!("{d}.rs"))
    };
    RULES
        .iter()
        .filter(|rule| below(rule.within) && !below(rule.except) && !path.contains("/tests/"))
        .filter_map(|rule| {
            let what = found.breaks(&rule.never)?;
            Some(format!("{path}: {what}: {}", rule.why))
        })
        .collect()
}

#[test]
fn the_sources_keep_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lines = Vec::new();
    let mut read = 0;
    for top in ["src", "crates"] {
        for file in files_below(&root.join(top)).unwrap() {
            if file.extension().is_some_and(|e| e == "rs") {
                let path = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                lines.extend(broken(&path, &fs::read_to_string(&file).unwrap()));
                read += 1;
            }
        }
    }
    assert!(read > 10, "only {read} sources were found");
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn every_rule_can_break() {
    for (path, source) in [
        ("crates/plan/src/lib.rs", "use std::{fmt, fs::File};"),
        ("crates/openstack-types/src/id.rs", "fn f() { std::env::var(\"X\"); }"),
        ("crates/plan/src/lib.rs", "fn f() -> Uuid { Uuid::new_v4() }"),
        ("crates/certificate/src/time.rs", "use std::time::{Duration, SystemTime};"),
        ("src/pages/login/mod.rs", "use gloo_net::http::Request;"),
        ("src/store.rs", "let s = web_sys::EventSource::new(url);"),
        ("src/ui/table.rs", "use crate::{store::Session, ui::Button};"),
        ("src/ui/link.rs", "view! { <leptos_router::components::A href=\"x\" /> }"),
        ("src/store/session.rs", "use crate::pages::login;"),
        ("src/client/keystone.rs", "use crate::store::Session;"),
        ("src/pages/list.rs", "view! { <a href=\"/load-balancers/create\">x</a> }"),
        ("src/pages/list.rs", "let u = format!(\"/ssl-certificates/{id}\");"),
        ("crates/server/src/octavia/list.rs", "c.prepare(\"SELECT id FROM member\");"),
        ("crates/server/src/main.rs", "Command::new(\"/usr/sbin/haproxy\")"),
        ("src/app.rs", "use engine::Engine;"),
        ("src/main.rs", "use tokio::time;"),
    ] {
        assert_eq!(broken(path, source).len(), 1, "{path}: {source}");
    }
}

#[test]
fn what_is_allowed_passes() {
    for (path, source) in [
        ("crates/plan/src/lib.rs", "//! std::fs\n/// tokio::spawn\nuse std::{fmt, net::IpAddr};"),
        ("crates/plan/src/lib.rs", "#[cfg(test)] mod tests { use std::fs; }\nfn f() {}"),
        ("crates/plan/tests/golden.rs", "use std::fs;"),
        ("src/client/http.rs", "use gloo_net::http::Request;"),
        ("src/ui/table.rs", "use crate::ui::Button; // crate::store"),
        ("src/routes.rs", "const LOGIN: &str = \"/login\";"),
        ("crates/server/src/store/members.rs", "c.prepare(\"SELECT id FROM member\");"),
        ("crates/server/src/store.rs", "c.prepare(\"SELECT id FROM member\");"),
        ("crates/server/src/main.rs", "use engine::Engine; \"HAProxy is missing\";"),
        ("src/pages/list.rs", "let engine = 1; engine.tokio"),
    ] {
        assert_eq!(broken(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}
