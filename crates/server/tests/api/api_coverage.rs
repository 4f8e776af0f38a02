//! `docs/api-coverage.md` against the server: the paths and fields come from the routers and the tables
//! of the resources, the methods from a running server.
//!
//! After a change, `UPDATE=1 cargo test -p lb-portal-server --test api api_coverage` writes the document.

use crate::common::{Client, TestServer};
use lb_portal_server::{
    model::{
        FieldSpec, HEALTH_MONITOR, Kind, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, POOL,
        Presence, QUOTA, RelationKind, Resource, Shown, resource,
    },
    octavia,
};
use reqwest::Method;
use std::{fmt::Write, fs, path::PathBuf};

const INTRODUCTION: &str = "\
# API coverage

The calls and fields of the OpenStack APIs that the embedded server serves. What is not listed here is
answered with 404, 405 or 400, as OpenStack does for what it does not know.

This page is generated: `UPDATE=1 cargo test -p lb-portal-server --test api api_coverage` writes it, and the
same test fails if it is out of date.
";

const DIFFERENCES: &str = "
## Differences from OpenStack

On purpose, and not visible in the tables below:

- What can't work is refused with 400, though Octavia takes it: members at multicast, broadcast and unspecified
  addresses, TLS versions, ciphers and ALPN protocols of listeners without TLS, cipher strings that select nothing or
  have a word that OpenSSL doesn't know, TLS before 1.2, revocation lists without their authority, status codes beyond
  599 and ranges that run backwards, a fragment in the path of a health check, and a nested object that is incomplete.
  Where Octavia names a regular expression, the error says what is valid.
- A regular expression of an L7 rule has the syntax of PCRE2, which HAProxy uses, without recursion, verbs such as
  `(*UTF)` and references by number (`\\1`; a name can be referred to). HAProxy compares bytes, so that a character
  beyond ASCII is allowed in a group and not in `[]`. An expression that needs more than 30,000 steps for a value doesn't
  match: HAProxy's own limits let one request stop the load balancer for seconds. On COOKIE it compares the value up to a
  comma, on FILE_TYPE the text after the last dot, as the other comparisons do.
- The name of a cookie has no comma, at which HAProxy ends it. Octavia takes such a name, and persistence then never
  works.
- Two members of a pool can't have one address and port in two spellings (409).
- A value of an L7 rule in double quotes means the text between them, which is how Octavia writes spaces. All other
  characters mean themselves.
- A `redirect_url` or `redirect_prefix` is any URL of RFC 3986 without a user name; the query must be escaped as it says.
- A create with the header `Idempotency-Key` (1 to 255 visible ASCII characters) is done once: the same request with the
  same key, of the same user and project, is answered with 201 and the object as it is now. Another request with the key
  is refused with 422, and 409 says that the object is deleted. A key is known for 24 hours, and a user has 1,000.
- Additional VIPs can be in subnets of other networks, since a network has one subnet here. PROMETHEUS listeners serve
  HAProxy's own exporter at `/metrics`, with its names (`haproxy_…`).
- What Octavia's provider would have and this one has not (flavors, availability zones, QoS, security groups, UDP, SCTP,
  SOURCE_IP_PORT) is refused with 501 and the name of the option.
- Bodies that make Octavia answer 500 are answered with 400. A pool or listener may be created with nested objects.
- Repeated tags are dropped.
- A certificate that clients don't accept as that of a server is refused at a listener: without serverAuth in its
  extended key usage, or with a key usage that doesn't allow TLS.
- Consumers, metadata, and the users in an ACL of a secret have a limit (403).
- Filters compare upper and lower case. A filter may be repeated, `fields` may be a list with commas, and the links to
  other pages repeat the filters.
- A listener that authenticates clients, or inserts a header about their certificates, removes such headers of the
  client first, also in the spelling with `_`. A pool with authorities always verifies its members, and a revocation list
  counts for health monitors of type HTTPS too. A TCP listener negotiates no ALPN protocol with members if the pool has
  several.
- A secret is readable by its creator only, and access lists grant nothing ([secure.md](secure.md)).
- Networks, users, projects and roles are read-only in the APIs. Ports can be created for load balancers
  (`vip_port_id`), with one address and without a device, security groups and a MAC address. There are no routers,
  floating IPs and security groups: their paths are unknown, as in a Neutron without these extensions.
- There are no application credentials: the list is empty, and POST is answered with 501.
- A list has at most 1000 objects on a page, the default of Octavia's `pagination_max_limit`.
- Errors of unknown paths are JSON, not HTML. An invalid token in a sign-in is a 401.
";

/// The other services, with the sources of their routers.
const OTHER_SERVICES: [(&str, &str, &str); 3] = [
    ("Keystone v3", "/identity/v3", include_str!("../../src/keystone.rs")),
    ("Barbican v1", "/key-manager/v1", include_str!("../../src/barbican.rs")),
    ("Neutron v2.0", "/networking", include_str!("../../src/neutron.rs")),
];

const RESOURCES: [&Resource; 8] =
    [&LOAD_BALANCER, &LISTENER, &POOL, &MEMBER, &HEALTH_MONITOR, &L7POLICY, &L7RULE, &QUOTA];

#[tokio::test]
async fn the_document_of_the_api_coverage_is_up_to_date() {
    let server = TestServer::start().await;
    let generated = document(&server.admin().await).await;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/api-coverage.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &generated).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == generated,
        "docs/api-coverage.md is out of date:\n{}\n\
         Run: UPDATE=1 cargo test -p lb-portal-server --test api api_coverage",
        differences(&written, &generated)
    );
}

/// The lines that only one of two texts has.
fn differences(written: &str, generated: &str) -> String {
    let only_in = |text: &str, other: &str, sign: char| {
        let lines = text.lines().filter(|line| !other.lines().any(|theirs| theirs == *line));
        lines.map(|line| format!("{sign}{line}")).collect::<Vec<_>>()
    };
    let mut lines = only_in(written, generated, '-');
    lines.extend(only_in(generated, written, '+'));
    lines.join("\n")
}

async fn document(client: &Client) -> String {
    let mut text = format!("{INTRODUCTION}{DIFFERENCES}");
    text.push_str("\n## Octavia v2\n\nBelow `/load-balancer/v2` and `/load-balancer/v2.0`.\n\n");
    text.push_str(&calls(client, "/load-balancer/v2", octavia::paths()).await);
    for resource in RESOURCES {
        text.push_str(&fields(resource));
    }
    for (name, base, source) in OTHER_SERVICES {
        write!(text, "\n## {name}\n\nBelow `{base}`.\n\n").unwrap();
        text.push_str(&calls(client, base, router_paths(source)).await);
    }
    text
}

/// The paths in the source of a router, which calls `.route("/path", …)`.
fn router_paths(source: &str) -> Vec<&str> {
    let paths = source.split(".route(").skip(1).map(|call| {
        let start = call.find('"').unwrap() + 1;
        let end = start + call[start..].find('"').unwrap();
        &call[start..end]
    });
    let mut paths: Vec<_> = paths.filter(|path| *path != "/").collect();
    paths.dedup();
    paths
}

/// The table of the methods that each path has.
async fn calls(client: &Client, base: &str, paths: Vec<&str>) -> String {
    let mut table = "| Path | Methods |\n|---|---|\n".to_owned();
    for path in paths {
        writeln!(table, "| `{path}` | {} |", methods(client, &format!("{base}{path}")).await)
            .unwrap();
    }
    table
}

/// The methods of a path, from the `Allow` header of the answer to a method that no path has.
async fn methods(client: &Client, path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    let path = segments.collect::<Vec<_>>().join("/");
    let response = client.request(Method::TRACE, &path).send().await.unwrap();
    let allow = response.headers().get("allow");
    let allow = allow.unwrap_or_else(|| panic!("{path} answers {}", response.status()));
    let methods = allow.to_str().unwrap().split(',').filter(|method| *method != "HEAD");
    methods.collect::<Vec<_>>().join(", ")
}

fn fields(resource: &Resource) -> String {
    let mut table = format!(
        "\n### {} fields\n\n\
         | Field | Value | Create | Update | Answer | Filter and sort |\n|---|---|---|---|---|---|\n",
        resource.title
    );
    let related = |field: &FieldSpec| resource.relations.iter().any(|one| one.name == field.name);
    for field in resource.fields {
        let answer = match field.shown {
            Shown::Always => "yes",
            Shown::WhenSet => "when set",
            Shown::Never if related(field) => "as ids",
            Shown::Never => "",
        };
        let filter = match (field.stored, field.kind.is_json_document()) {
            (false, _)
                if matches!(field.kind, Kind::DefaultOnly) && field.shown != Shown::Never =>
            {
                "filter only"
            }
            (false, _) => "",
            (true, false) => "yes",
            (true, true) => "sort only",
        };
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {answer} | {filter} |",
            field.name,
            value(field),
            create(resource, field),
            if field.update { "yes" } else { "" },
        )
        .unwrap();
    }
    for relation in resource.relations {
        if resource.field(relation.name).is_some() {
            continue;
        }
        let value = match relation.kind {
            RelationKind::Parent { .. } => "the id of one object",
            RelationKind::Children { .. } => "ids",
            RelationKind::OnlyChild { .. } => "an id",
        };
        writeln!(table, "| `{}` | {value} | | | yes | |", relation.name).unwrap();
    }
    table
}

fn create(resource: &Resource, field: &FieldSpec) -> String {
    let word = |presence: Presence| match presence {
        Presence::Refused => "",
        Presence::Optional => "optional",
        Presence::Required => "required",
    };
    if *resource == LOAD_BALANCER {
        return word(field.create).to_owned();
    }
    match (field.create, field.create_nested) {
        (create, nested) if create == nested => word(create).to_owned(),
        (create, Presence::Refused) => format!("{}, not nested", word(create)),
        (Presence::Refused, nested) => format!("{}, only nested", word(nested)),
        (create, nested) => format!("{}, nested {}", word(create), word(nested)),
    }
}

fn value(field: &FieldSpec) -> String {
    let words = |words: &[&str]| {
        words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    };
    let value = match &field.kind {
        Kind::Text(max) => format!("text, at most {max} characters"),
        Kind::Bool => "boolean".to_owned(),
        Kind::Integer(min, max) => format!("integer, {min} to {max}"),
        Kind::Uuid => "UUID".to_owned(),
        Kind::IpAddress => "IPv4 or IPv6 address".to_owned(),
        Kind::OneOf(known) => {
            let is_supported = |word: &&&str| !field.unsupported.contains(word);
            let supported: Vec<_> = known.iter().filter(is_supported).copied().collect();
            format!("one of {}", words(&supported))
        }
        Kind::SubsetOf(known) => format!("some of {}", words(known)),
        Kind::TextList => "list of texts".to_owned(),
        Kind::Cidrs => "list of IPv4 or IPv6 ranges".to_owned(),
        Kind::Headers => "object, header name to text".to_owned(),
        Kind::UrlPath => "path".to_owned(),
        Kind::StatusCodes => "HTTP status codes".to_owned(),
        Kind::DomainName => "domain name".to_owned(),
        Kind::HttpVersion => "`1.0`, `1.1`".to_owned(),
        Kind::AdditionalVips => "list of `subnet_id`, `ip_address` and `port_id`".to_owned(),
        Kind::SessionPersistence => "object, `type` and `cookie_name`".to_owned(),
        Kind::Ciphers => "OpenSSL names of ciphers".to_owned(),
        Kind::RedirectUrl => "URL".to_owned(),
        Kind::RedirectCode => "`301`, `302`, `303`, `307`, `308`".to_owned(),
        Kind::DefaultOnly => format!("only `{}`", field.default.to_json()),
        Kind::Object(name) => format!("object, {}", resource(*name).title),
        Kind::List(name) => format!("list of objects, {}", resource(*name).title),
    };
    let value = match field.unsupported {
        [] => value,
        unsupported => format!("{value}; refused as unsupported: {}", words(unsupported)),
    };
    let is_default_only = matches!(field.kind, Kind::DefaultOnly);
    if field.nullable && !is_default_only { format!("{value}, or null") } else { value }
}
