//! Servers out of pasted text.

use openstack_types::field::{self, FieldError};

/// A server read from a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedServer {
    /// IPv4 or IPv6, checked.
    pub address: String,
    /// 1 to 65535, checked.
    pub port: String,
    /// 0 to 256, checked, where the line had one.
    pub weight: Option<String>,
}

/// A line that is no server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub error: FieldError,
}

/// What a pasted text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The servers, in order.
    pub servers: Vec<PastedServer>,
    /// The lines that are none.
    pub errors: Vec<BadLine>,
}

/// Reads servers, one a line: `192.0.2.10:80`, `[2001:db8::1]:80`, `192.0.2.10 80`,
/// `2001:db8::1 80`, each perhaps with a weight after it. Commas, semicolons and tabs are spaces;
/// empty lines, and what follows a `#`, are passed over.
pub fn servers(text: &str) -> Pasted {
    let mut pasted = Pasted::default();
    for (index, line) in text.lines().enumerate() {
        let meant = line.split('#').next().unwrap_or_default();
        let mut words = meant
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|w| !w.is_empty());
        let Some(first) = words.next() else { continue };
        match server(first, words) {
            Ok(server) => pasted.servers.push(server),
            Err(error) => pasted.errors.push(BadLine {
                line: index + 1,
                text: meant.trim().to_owned(),
                error,
            }),
        }
    }
    pasted
}

fn server<'a>(
    first: &'a str,
    mut words: impl Iterator<Item = &'a str>,
) -> Result<PastedServer, FieldError> {
    let (address, port) = split_port(first);
    let address = field::server_address(address)?.to_string();
    let port = port.or_else(|| words.next()).ok_or(FieldError::Required)?;
    let port = field::port(port)?.to_string();
    let weight = words.next().map(|w| field::integer(w, 0, 256)).transpose()?;
    if words.next().is_some() {
        return Err(FieldError::NotAnAddress);
    }
    Ok(PastedServer { address, port, weight: weight.map(|w| w.to_string()) })
}

/// `192.0.2.10:80` and `[2001:db8::1]:80` hold their port; a bare IPv6 address does not.
fn split_port(text: &str) -> (&str, Option<&str>) {
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

    fn one(text: &str) -> Option<(String, String, Option<String>)> {
        let pasted = servers(text);
        let server = pasted.servers.into_iter().next().filter(|_| pasted.errors.is_empty())?;
        Some((server.address, server.port, server.weight))
    }

    #[test]
    fn every_way_of_writing_a_server() {
        let v4 = |w: Option<&str>| Some(("192.0.2.10".into(), "80".into(), w.map(Into::into)));
        let v6 = Some(("2001:db8::1".into(), "80".into(), None));
        assert_eq!(one("192.0.2.10:80"), v4(None));
        assert_eq!(one("  192.0.2.10 80 "), v4(None));
        assert_eq!(one("192.0.2.10\t80\t5"), v4(Some("5")));
        assert_eq!(one("192.0.2.10, 80, 5"), v4(Some("5")));
        assert_eq!(one("192.0.2.10:80 # web 1"), v4(None));
        assert_eq!(one("[2001:db8::1]:80"), v6);
        assert_eq!(one("[2001:db8::1] 80"), v6);
        assert_eq!(one("2001:db8::1 80"), v6);
    }

    #[test]
    fn a_bad_line_is_named_and_the_others_are_taken() {
        let pasted = servers("192.0.2.1:80\n\nten.1:80\n192.0.2.2\n192.0.2.3:0\r\n192.0.2.4:80\n");
        assert_eq!(pasted.servers.len(), 2);
        let errors: Vec<_> = pasted.errors.iter().map(|e| (e.line, e.error.clone())).collect();
        assert_eq!(
            errors,
            [
                (3, FieldError::NotAnAddress),
                (4, FieldError::Required),
                (5, FieldError::NotInRange { min: 1, max: 65535 }),
            ]
        );
        assert_eq!(servers("192.0.2.1 80 1 what").errors.len(), 1);
        assert_eq!(servers("# nothing\n\n"), Pasted::default());
    }

    proptest! {
        #[test]
        fn any_address_and_port_is_read_back(ip: std::net::IpAddr, port in 1_u16..) {
            prop_assume!(field::server_address(&ip.to_string()).is_ok());
            let text = std::net::SocketAddr::new(ip, port).to_string();
            prop_assert_eq!(one(&text), Some((ip.to_string(), port.to_string(), None)));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,60}|[0-9.:\\[\\] \n,#]{0,60}") {
            let pasted = servers(&text);
            prop_assert!(pasted.servers.len() + pasted.errors.len() <= text.lines().count());
        }
    }
}
