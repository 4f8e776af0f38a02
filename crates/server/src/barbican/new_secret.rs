//! The body of a store: what it must be, and the payload in it.

use super::{
    error::BarbicanError,
    schema::{Fields, TEXT, list},
};
use crate::{store::barbican::ContentType, time};
use axum::http::StatusCode;
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use jiff::{Timestamp, civil, tz::TimeZone};
use openstack_types::barbican::SecretType;
use serde_json::Value;
use zeroize::Zeroizing;

const SCHEMA: &str = "Secret";
/// Barbican keeps lengths in a small integer.
const LONGEST_KEY: u16 = 32_767;
/// The spellings of content types that an error lists.
const CONTENT_TYPES: [&str; 5] = [
    "text/plain",
    "text/plain;charset=utf-8",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    "application/pkcs8",
];

/// A secret to be stored. Deliberately not `Debug`: it may hold a private key.
pub struct NewSecret {
    /// What people call it.
    pub name: Option<String>,
    /// What it holds.
    pub secret_type: SecretType,
    /// Of a key: what it is for.
    pub algorithm: Option<String>,
    /// Of a key: how long it is.
    pub bit_length: Option<u16>,
    /// Of a key: how it is used.
    pub mode: Option<String>,
    /// When it ends.
    pub expiration: Option<String>,
    /// The payload, unless it comes later.
    pub payload: Option<(ContentType, Zeroizing<Vec<u8>>)>,
}

impl NewSecret {
    /// Reads a body, all texts in it trimmed. `most` bytes may the payload have, as it is sent.
    pub fn read(mut body: Value, most: u64, now: Timestamp) -> Result<Self, BarbicanError> {
        // Out of the body at once: what is left may be shown in errors.
        let payload = match body.get_mut("payload").map(Value::take) {
            Some(Value::String(text)) => Some(Zeroizing::new(text)),
            Some(_) => {
                let why = "payload is not of type 'string'";
                return Err(BarbicanError::schema(SCHEMA, why, Some("payload")));
            }
            None => None,
        };
        let fields = Fields::of(SCHEMA, &body)?;
        let name = fields.text_or_null("name", TEXT)?;
        let algorithm = fields.text("algorithm", TEXT)?;
        let mode = fields.text("mode", TEXT)?;
        let bit_length = fields.number("bit_length", LONGEST_KEY)?;
        let types: Vec<_> = SecretType::KNOWN.iter().map(SecretType::as_str).collect();
        let secret_type = fields.word("secret_type", &types)?;
        let content_type = fields.text_or_null("payload_content_type", TEXT)?;
        let encoding = fields.word("payload_content_encoding", &["base64"])?;
        if fields.text("transport_key_id", usize::MAX)?.is_some() {
            return Err(BarbicanError::bad("Provided transport key was not found."));
        }
        let expiration = expiration(&fields, now)?;
        let payload = match payload {
            Some(payload) => {
                let kind = kind(&fields, content_type, encoding)?;
                Some((kind, decoded(&fields, &payload, encoding.is_some(), most)?))
            }
            None if fields.has("payload_content_type") => {
                return Err(fields.wrong(
                    "payload",
                    "payload must be provided when payload_content_type is specified",
                ));
            }
            None => None,
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Self {
            name: owned(name),
            secret_type: secret_type.map_or(SecretType::Opaque, SecretType::from_wire),
            algorithm: owned(algorithm),
            bit_length,
            mode: owned(mode),
            expiration,
            payload,
        })
    }
}

fn expiration(fields: &Fields<'_>, now: Timestamp) -> Result<Option<String>, BarbicanError> {
    let Some(text) = fields.text("expiration", TEXT)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let time =
        moment(text).ok_or_else(|| fields.wrong("expiration", "Invalid date for 'expiration'"))?;
    if time <= now {
        return Err(fields.wrong("expiration", "'expiration' is before current time"));
    }
    Ok(Some(time::barbican(time)))
}

/// A time of ISO 8601; without a zone it is UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let civil: civil::DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn kind(
    fields: &Fields<'_>,
    content_type: Option<&str>,
    encoding: Option<&str>,
) -> Result<ContentType, BarbicanError> {
    let wrong = |why: &str| fields.wrong("payload_content_type", why);
    let content_type = content_type.ok_or_else(|| {
        wrong("If 'payload' is supplied, 'payload_content_type' must also be supplied.")
    })?;
    let kind = ContentType::parse(content_type).ok_or_else(|| {
        wrong(&format!("payload_content_type is not one of {}", list(&CONTENT_TYPES)))
    })?;
    let may = match kind {
        ContentType::Text if encoding.is_some() => "None",
        ContentType::OctetStream | ContentType::Pkcs8 if encoding.is_none() => {
            "['base64', 'binary']"
        }
        _ => return Ok(kind),
    };
    let why = format!("payload_content_encoding is not one of {may}");
    Err(fields.wrong("payload_content_encoding", why))
}

fn decoded(
    fields: &Fields<'_>,
    payload: &str,
    base64: bool,
    most: u64,
) -> Result<Zeroizing<Vec<u8>>, BarbicanError> {
    if u64::try_from(payload.len()).is_ok_and(|bytes| bytes > most) {
        return Err(BarbicanError::new(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE));
    }
    if payload.is_empty() {
        return Err(fields.wrong("payload", "If 'payload' specified, must be non empty"));
    }
    if !base64 {
        return Ok(Zeroizing::new(payload.as_bytes().to_vec()));
    }
    from_base64(payload.as_bytes())
        .ok_or_else(|| fields.wrong("payload", "Invalid payload for payload_content_encoding"))
}

/// What is said of a payload that is.
pub const TOO_LARGE: &str = "Provided information too large to process";

/// Decodes as Barbican does: what is not of the alphabet is passed over, so that `%%%` is nothing
/// at all, and a `=` where the text may end ends it. `None`: cut off.
pub fn from_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut pads = 0;
    for byte in text {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                letters.push(*byte);
                pads = 0;
            }
            b'=' => {
                pads += 1;
                let open = letters.len() % 4;
                if open >= 2 && open + pads >= 4 {
                    break;
                }
            }
            _ => {}
        }
    }
    match letters.len() % 4 {
        0 => {}
        open if open >= 2 && open + pads >= 4 => {}
        _ => return None,
    }
    let mut bytes = Zeroizing::new(vec![0; letters.len().div_ceil(4) * 3]);
    let length = ENGINE.decode_slice(&letters, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(body: Value) -> Result<NewSecret, String> {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        NewSecret::read(body, 100, now).map_err(|error| match error {
            BarbicanError::Said(status, text) => format!("{} {text}", status.as_u16()),
            BarbicanError::Internal => unreachable!(),
        })
    }

    #[test]
    fn what_is_not_right_is_named() {
        let base64 = |payload: &str| {
            json!({"payload": payload, "payload_content_type": "application/octet-stream",
                "payload_content_encoding": "base64"})
        };
        for (body, says) in [
            (json!([]), "a list is not of type 'object'. Invalid property: 'None'"),
            (json!({"name": 1}), "a number is not of type 'string'. Invalid property: 'name'"),
            (json!({"name": "x".repeat(256)}), "is too long. Invalid property: 'name'"),
            (
                json!({"secret_type": "rsa"}),
                "'rsa' is not one of ['symmetric', 'passphrase', 'private', 'public', 'certificate', 'opaque']",
            ),
            (json!({"bit_length": 0}), "0 is less than the minimum of 1"),
            (json!({"bit_length": 40_000}), "40000 is greater than the maximum of 32767"),
            (json!({"payload": "x"}), "'payload_content_type' must also be supplied"),
            (json!({"payload": 7}), "payload is not of type 'string'"),
            (json!({"payload": null}), "payload is not of type 'string'"),
            (
                json!({"payload": "x", "payload_content_type": "image/png"}),
                "payload_content_type is not one of ['text/plain', 'text/plain;charset=utf-8', 'text/plain; charset=utf-8', 'application/octet-stream', 'application/pkcs8']",
            ),
            (
                json!({"payload": "x", "payload_content_type": "text/plain", "payload_content_encoding": "base64"}),
                "payload_content_encoding is not one of None",
            ),
            (
                json!({"payload": "x", "payload_content_type": "application/pkcs8"}),
                "payload_content_encoding is not one of ['base64', 'binary']",
            ),
            (json!({"payload_content_type": "text/plain"}), "payload must be provided"),
            (json!({"payload": "", "payload_content_type": "text/plain"}), "must be non empty"),
            (base64("abc"), "Invalid payload for payload_content_encoding"),
            (base64(&"A".repeat(101)), "413 Provided information too large to process"),
            (json!({"expiration": "soon"}), "Invalid date"),
            (json!({"expiration": "2026-11-25T11:59:59"}), "before current time"),
            (json!({"transport_key_id": "x"}), "transport key was not found"),
        ] {
            let said = read(body.clone()).err().unwrap_or_default();
            assert!(said.contains(says), "{body}: {said}");
            assert!(said.starts_with("400 Provided") || !said.contains("schema"), "{said}");
        }
    }

    #[test]
    fn an_error_never_shows_a_payload() {
        for body in [
            json!({"payload": "hush", "name": 1}),
            json!({"payload": ["hush"]}),
            json!({"payload": {"hush": 1}}),
            json!({"payload": "hush", "payload_content_type": "nonsense"}),
            json!({"payload": "hush", "payload_content_type": "text/plain", "expiration": "x"}),
        ] {
            let said = read(body).err().unwrap();
            assert!(!said.contains("hush"), "{said}");
        }
    }

    #[test]
    fn a_time_has_a_zone_or_is_utc() {
        for (text, is) in [
            ("2030-01-01T00:00:00", "2030-01-01T00:00:00"),
            ("2030-01-01", "2030-01-01T00:00:00"),
            ("2030-01-01T01:00:00.5+01:00", "2030-01-01T00:00:00"),
            ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00"),
        ] {
            let read = read(json!({ "expiration": text })).ok().unwrap();
            assert_eq!(read.expiration.as_deref(), Some(is), "{text}");
        }
    }

    #[test]
    fn base64_is_read_as_python_reads_it() {
        for (text, is) in [
            ("%%%", Some(&b""[..])),
            ("aGVsbG8=", Some(b"hello")),
            ("aGVs\nbG8=\n", Some(b"hello")),
            ("aGVsbG8", None),
            ("aGVsbG", None),
            ("aGVsb", None),
            ("aGVsbG8=aGVs", Some(b"hello")),
            ("aGVsbA==", Some(b"hell")),
            ("aGVsbA=", None),
            ("=aGVs", Some(b"hel")),
        ] {
            assert_eq!(from_base64(text.as_bytes()).as_deref().map(Vec::as_slice), is, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(bytes: Vec<u8>, width in 1usize..80) {
            let text = base64::prelude::BASE64_STANDARD.encode(&bytes);
            let lines: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            let read = from_base64(lines.join("\r\n").as_bytes()).unwrap();
            prop_assert_eq!(read.as_slice(), bytes.as_slice());
        }
    }
}
