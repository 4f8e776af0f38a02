//! One entry of a stick table, as HAProxy prints and reads it.

use crate::{render::BackendName, server_ids::ServerIds};
use openstack_types::MemberId;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The address of a client, or the value of a cookie: any bytes but those that end a line.
    pub(super) key: Vec<u8>,
    /// Milliseconds left.
    pub(super) expires: u64,
    pub(super) server_id: u32,
}

impl Entry {
    /// Parses a line such as `0x55d0: key=192.0.2.1 use=0 exp=3599 server_id=1 server_key=…`.
    ///
    /// `server_key` is the name of the server, which HAProxy prefers to the id. It is `-` in an entry that was
    /// imported and not used since.
    pub(super) fn parse(line: &str, ids: &ServerIds) -> Option<Self> {
        let (key, rest) = take_key(line.split_once(": key=")?.1)?;
        let field = |name: &str| {
            rest.split(' ')
                .find_map(|word| word.strip_prefix(name).and_then(|word| word.strip_prefix('=')))
        };
        let by_name = field("server_key").and_then(|name| name.parse::<MemberId>().ok());
        let server_id = match by_name {
            Some(member) => ids.get(member)?,
            None => field("server_id")?.parse().ok()?,
        };
        Some(Self { key, expires: field("exp")?.parse().ok()?, server_id })
    }

    /// The admin command that creates the entry.
    pub(super) fn import_command(&self, table: BackendName) -> Vec<u8> {
        let mut command = format!("set table {table} key ").into_bytes();
        for byte in &self.key {
            // What would end the key or the command.
            if b" \t;\\".contains(byte) {
                command.push(b'\\');
            }
            command.push(*byte);
        }
        command.extend_from_slice(format!(" data.server_id {}", self.server_id).as_bytes());
        command
    }
}

/// The key in front of the first space that is not escaped, and what follows. `None` for an empty key and for one
/// that no command can contain.
fn take_key(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut key = Vec::new();
    let mut bytes = text.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b' ' if key.is_empty() => return None,
            b' ' => return Some((key, &text[index + 1..])),
            b'\\' => key.push(match bytes.next()?.1 {
                b't' => b'\t',
                b'e' => 0x1b,
                b'x' => {
                    let digits = [bytes.next()?.1, bytes.next()?.1];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16)
                        .ok()
                        .filter(|byte| *byte != 0)?
                }
                // `\n` and `\r` would end the command.
                b'n' | b'r' => return None,
                other => other,
            }),
            _ => key.push(byte),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn table() -> BackendName {
        BackendName { pool: Uuid::nil().into(), listener: Uuid::nil().into() }
    }

    fn command(printed_key: &str) -> Option<String> {
        let line = format!("0x1: key={printed_key} use=0 exp=1 server_id=9 server_key=-");
        let entry = Entry::parse(&line, &ServerIds::default())?;
        let command = String::from_utf8_lossy(&entry.import_command(table())).into_owned();
        let key = command.strip_prefix(&format!("set table {} key ", table())).unwrap();
        Some(key.strip_suffix(" data.server_id 9").unwrap().to_owned())
    }

    #[test]
    fn entries_are_parsed_and_the_heading_is_skipped() {
        let line =
            "0x556d2ce39570: key=::ffff:127.0.0.1 use=0 exp=3596992 server_id=2 server_key=-";
        let key = b"::ffff:127.0.0.1".to_vec();
        let entry = Entry { key, expires: 3_596_992, server_id: 2 };
        assert_eq!(Entry::parse(line, &ServerIds::default()), Some(entry));
        let heading = "# table: b1, type: ipv6, size:102400, used:1";
        assert_eq!(Entry::parse(heading, &ServerIds::default()), None);
    }

    #[test]
    fn the_name_of_a_server_counts_more_than_its_id() {
        let line = |name: Uuid| format!("0x1: key=a use=0 exp=1 server_id=77 server_key={name}");
        let (known, removed) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut ids = ServerIds::default();
        ids.assign_member(known.into());
        let entry = Entry::parse(&line(known), &ids).unwrap();
        assert_eq!(Some(entry.server_id), ids.get(known.into()));
        assert_eq!(Entry::parse(&line(removed), &ids), None);
    }

    #[test]
    fn keys_with_special_characters_are_carried_over() {
        assert_eq!(command("plain%20+/~").as_deref(), Some("plain%20+/~"));
        assert_eq!(command("a\\=b\\=\\=").as_deref(), Some("a=b=="));
        assert_eq!(command(r#"{"k":1}"#).as_deref(), Some(r#"{"k":1}"#));
        assert_eq!(command(r"sp\ ace").as_deref(), Some(r"sp\ ace"));
        assert_eq!(command(r"a\\").as_deref(), Some(r"a\\"));
        assert_eq!(command(r"\x01\e").as_deref(), Some("\u{1}\u{1b}"));
    }

    #[test]
    fn a_cookie_cannot_inject_a_command() {
        assert_eq!(command(r"a;shutdown").as_deref(), Some(r"a\;shutdown"));
        assert_eq!(command(r"a\\;b").as_deref(), Some(r"a\\\;b"));
        for key in ["", r"a\nshutdown", r"a\rb", r"a\x00b", r"a\xzz"] {
            assert_eq!(command(key), None, "{key}");
        }
    }
}
