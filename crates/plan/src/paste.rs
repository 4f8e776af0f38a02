//! Servers in pasted text.

use crate::ServerField;
use openstack_types::field::{self, FieldError};
use std::{collections::HashSet, net::IpAddr};

/// A valid server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedServer {
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub port: String,
    /// 0 to 256.
    pub weight: Option<String>,
}

/// A line that is not a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    pub text: String,
    /// The part that is wrong; `None` if the line has too many parts.
    pub field: Option<ServerField>,
    pub error: FieldError,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    pub servers: Vec<PastedServer>,
    pub errors: Vec<BadLine>,
}

impl Pasted {
    /// Removes servers that repeat an earlier line or one of the `existing` addresses and ports, and
    /// returns how many.
    pub fn remove_repeats<'a>(
        &mut self,
        existing: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> usize {
        let parsed = |(address, port): (&str, &str)| {
            let address: IpAddr = address.trim().parse().ok()?;
            Some((address, port.trim().parse::<u16>().ok()?))
        };
        let mut seen: HashSet<_> = existing.into_iter().filter_map(parsed).collect();
        let before = self.servers.len();
        self.servers.retain(|server| {
            parsed((&server.address, &server.port)).is_none_or(|endpoint| seen.insert(endpoint))
        });
        before - self.servers.len()
    }
}

/// Parses one server a line: `192.0.2.10:80`, `[2001:db8::1]:80`, `192.0.2.10 80` or `2001:db8::1 80`,
/// optionally followed by a weight. Commas, semicolons and tabs count as spaces. Empty lines and
/// comments (`#`) are skipped.
pub fn parse_servers(text: &str) -> Pasted {
    let mut pasted = Pasted::default();
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or_default();
        let mut words = content
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|w| !w.is_empty());
        let Some(first) = words.next() else { continue };
        match parse_server(first, words) {
            Ok(server) => pasted.servers.push(server),
            Err((field, error)) => pasted.errors.push(BadLine {
                line: index + 1,
                text: content.trim().to_owned(),
                field,
                error,
            }),
        }
    }
    pasted
}

fn parse_server<'a>(
    first: &'a str,
    mut words: impl Iterator<Item = &'a str>,
) -> Result<PastedServer, (Option<ServerField>, FieldError)> {
    let at = |field| move |error| (Some(field), error);
    let (address, port) = split_port(first);
    let address = field::server_address(address).map_err(at(ServerField::Address))?.to_string();
    let port = port.or_else(|| words.next()).unwrap_or_default();
    let port = field::port(port).map_err(at(ServerField::Port))?.to_string();
    let weight = words.next().map(|word| field::integer(word, 0, 256)).transpose();
    let weight = weight.map_err(at(ServerField::Weight))?;
    if words.next().is_some() {
        return Err((None, FieldError::NotAnAddress));
    }
    Ok(PastedServer { address, port, weight: weight.map(|w| w.to_string()) })
}

/// Splits `192.0.2.10:80` and `[2001:db8::1]:80`; a bare IPv6 address has no port.
pub(crate) fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some((address, after)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        return (address, after.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => (address, Some(port)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse_one(text: &str) -> Option<(String, String, Option<String>)> {
        let pasted = parse_servers(text);
        let server = pasted.servers.into_iter().next().filter(|_| pasted.errors.is_empty())?;
        Some((server.address, server.port, server.weight))
    }

    #[test]
    fn servers_are_parsed_in_every_notation() {
        let v4 = |w: Option<&str>| Some(("192.0.2.10".into(), "80".into(), w.map(Into::into)));
        let v6 = Some(("2001:db8::1".into(), "80".into(), None));
        assert_eq!(parse_one("192.0.2.10:80"), v4(None));
        assert_eq!(parse_one("  192.0.2.10 80 "), v4(None));
        assert_eq!(parse_one("192.0.2.10\t80\t5"), v4(Some("5")));
        assert_eq!(parse_one("192.0.2.10, 80, 5"), v4(Some("5")));
        assert_eq!(parse_one("192.0.2.10:80 # web 1"), v4(None));
        assert_eq!(parse_one("[2001:db8::1]:80"), v6);
        assert_eq!(parse_one("[2001:db8::1] 80"), v6);
        assert_eq!(parse_one("2001:db8::1 80"), v6);
    }

    #[test]
    fn invalid_lines_are_reported_and_the_others_are_parsed() {
        let pasted =
            parse_servers("192.0.2.1:80\n\nten.1:80\n192.0.2.2\n192.0.2.3:0\r\n192.0.2.4:80\n");
        assert_eq!(pasted.servers.len(), 2);
        let errors: Vec<_> =
            pasted.errors.iter().map(|e| (e.line, e.field, e.error.clone())).collect();
        assert_eq!(
            errors,
            [
                (3, Some(ServerField::Address), FieldError::NotAnAddress),
                (4, Some(ServerField::Port), FieldError::Required),
                (5, Some(ServerField::Port), FieldError::NotInRange { min: 1, max: 65535 }),
            ]
        );
        let weight = &parse_servers("192.0.2.1:80 300").errors[0];
        assert_eq!(weight.field, Some(ServerField::Weight));
        assert_eq!(parse_servers("192.0.2.1 80 1 what").errors.len(), 1);
        assert_eq!(parse_servers("# nothing\n\n"), Pasted::default());
    }

    #[test]
    fn repeats_are_removed_and_counted() {
        let mut pasted = parse_servers(
            "192.0.2.1:80\n192.0.2.1:80\n192.0.2.1:81\n2001:db8::1 80\n[2001:db8:0::1]:80\n",
        );
        assert_eq!(pasted.remove_repeats([(" 192.0.2.1", "81 "), ("", "")]), 3);
        assert_eq!(pasted.servers.len(), 2);
    }

    proptest! {
        #[test]
        fn every_address_and_port_is_parsed(ip: std::net::IpAddr, port in 1_u16..) {
            prop_assume!(field::server_address(&ip.to_string()).is_ok());
            let text = std::net::SocketAddr::new(ip, port).to_string();
            prop_assert_eq!(parse_one(&text), Some((ip.to_string(), port.to_string(), None)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}|[0-9.:\\[\\] \n,#]{0,60}") {
            let pasted = parse_servers(&text);
            prop_assert!(pasted.servers.len() + pasted.errors.len() <= text.lines().count());
        }
    }
}
