//! The parts of a request that L7 rules compare.

/// A request as a listener receives it. A request for `*` (`OPTIONS *`) has no path and is not covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Starts with `/`; without the query.
    pub path: String,
    /// Without the question mark.
    pub query: Option<String>,
    /// All headers in the order of the request, including `Host` and `Cookie`.
    pub headers: Vec<(String, String)>,
    /// Names of headers that the listener adds with values that are not known.
    pub unknown_headers: Vec<String>,
    /// Whether the connection uses TLS.
    pub tls: bool,
    /// With TLS only.
    pub client_certificate: Option<ClientCertificate>,
}

/// The certificate that a client authenticates with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCertificate {
    /// OpenSSL's verification result; 0 for a valid certificate.
    pub verify_result: u32,
    /// The fields of the subject's distinguished name in order: `("CN", "client.example")`.
    pub subject: Vec<(String, String)>,
}

impl Request {
    /// The path with the query.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Replaces all headers of a name by one, as a listener does with those that it inserts.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// OpenSSL's verification result, which is 0 without a certificate; `None` without TLS.
    pub(crate) fn verify_result(&self) -> Option<u32> {
        let certificate = self.client_certificate.as_ref();
        self.tls.then(|| certificate.map_or(0, |certificate| certificate.verify_result))
    }

    /// A field of the client certificate's subject: the first with the name.
    pub(crate) fn subject_field<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let certificate = self.client_certificate.iter();
        let mut fields = certificate.flat_map(|certificate| &certificate.subject);
        let field = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.as_str()).into_iter()
    }

    /// The values of a header without surrounding white space. Empty ones don't count.
    pub(crate) fn header<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
            .filter(|value| !value.is_empty())
    }

    /// Whether the listener adds a header whose value is not known.
    pub(crate) fn has_unknown_header(&self, name: &str) -> bool {
        self.unknown_headers.iter().any(|header| header.eq_ignore_ascii_case(name))
    }

    /// The host name without the port.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.header("host").map(without_port)
    }

    /// The text after the last dot of the path, where dots at the end don't count. The whole path, if it has
    /// no dot.
    pub(crate) fn file_type(&self) -> &str {
        file_type(&self.path)
    }

    /// The text behind `name=` of each cookie with this name, up to the end of its header: other cookies may
    /// follow.
    pub(crate) fn cookies<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.header("cookie")
            .flat_map(starts_of_cookies)
            .filter_map(move |text| text.strip_prefix(name)?.strip_prefix('='))
    }

    /// The values of the cookies with this name, as HAProxy separates them: at commas, too, unless they are in
    /// double quotes.
    pub(crate) fn cookie_values<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let headers = self.header("cookie").flat_map(|header| split(header, ","));
        let headers = headers.map(|part| part.trim_matches([' ', '\t']));
        headers.flat_map(|part| values_of(part, name)).collect()
    }
}

/// The values of the cookies in a part of a Cookie header.
fn values_of<'a>(part: &'a str, name: &str) -> Vec<&'a str> {
    let blank = [' ', '\t'];
    let mut rest = part;
    let mut values = Vec::new();
    // A cookie at the end has a value of at least one byte.
    while rest.len() > name.len() + 1 {
        let start = rest.trim_start_matches(blank);
        let Some(equal) = start.find(['=', ';', ',']) else { break };
        if !start[equal..].starts_with('=') {
            rest = &start[equal + 1..];
            continue;
        }
        let value = start[equal + 1..].trim_start_matches(blank);
        let end = end_of(value, ",;");
        if !start.starts_with('$') && start[..equal].trim_end_matches(blank) == name {
            values.push(value[..end].trim_end_matches(blank));
        }
        rest = value.get(end + 1..).unwrap_or_default();
    }
    values
}

/// Splits a text where a separator is outside of double quotes.
fn split<'a>(text: &'a str, separators: &'static str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end_of(text, separators);
        rest = text.get(end + 1..);
        Some(&text[..end])
    })
}

/// The index of the first separator outside of double quotes, or the end.
fn end_of(text: &str, separators: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted {
            escaped = c == '\\';
            quoted = c != '"';
        } else if c == '"' {
            quoted = true;
        } else if separators.contains(c) {
            return at;
        }
    }
    text.len()
}

pub(crate) fn file_type(path: &str) -> &str {
    let path = path.trim_end_matches('.');
    path.rsplit('.').next().unwrap_or(path)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A Cookie header from the start of each cookie on.
fn starts_of_cookies(header: &str) -> impl Iterator<Item = &str> {
    let first = std::iter::once(header);
    let others =
        header.match_indices(';').map(|(at, _)| header[at + 1..].trim_start_matches(is_space));
    first.chain(others)
}

/// White space of a POSIX character class.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}
