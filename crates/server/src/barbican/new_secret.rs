//! The body of `POST /secrets`.

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
/// Barbican stores the length in a 16-bit integer.
const MAX_BIT_LENGTH: u16 = 32_767;
/// The spellings of content types that an error lists.
const CONTENT_TYPES: [&str; 5] = [
    "text/plain",
    "text/plain;charset=utf-8",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    "application/pkcs8",
];

/// Not `Debug`, because it may contain a private key.
pub(crate) struct NewSecret {
    pub name: Option<String>,
    pub secret_type: SecretType,
    pub algorithm: Option<String>,
    pub bit_length: Option<u16>,
    pub mode: Option<String>,
    pub expiration: Option<String>,
    /// `None`: sent later.
    pub payload: Option<(ContentType, Zeroizing<Vec<u8>>)>,
}

impl NewSecret {
    /// Parses a body whose strings are trimmed. `max_bytes` limits the payload as it is sent.
    pub(crate) fn read(
        mut body: Value,
        max_bytes: u64,
        now: Timestamp,
    ) -> Result<Self, BarbicanError> {
        // Removed first: error messages may repeat the rest of the body.
        let payload = match body.get_mut("payload").map(Value::take) {
            Some(Value::String(text)) => Some(Zeroizing::new(text)),
            Some(_) => {
                let why = "payload is not of type 'string'";
                return Err(BarbicanError::schema(SCHEMA, why, Some("payload")));
            }
            None => None,
        };
        let fields = Fields::from_body(SCHEMA, &body)?;
        let name = fields.text_or_null("name", TEXT)?;
        let algorithm = fields.text("algorithm", TEXT)?;
        let mode = fields.text("mode", TEXT)?;
        let bit_length = fields.number("bit_length", MAX_BIT_LENGTH)?;
        let types: Vec<_> = SecretType::KNOWN.iter().map(SecretType::as_str).collect();
        let secret_type = fields.one_of("secret_type", &types)?;
        let content_type = fields.text_or_null("payload_content_type", TEXT)?;
        let encoding = fields.one_of("payload_content_encoding", &["base64"])?;
        if fields.text("transport_key_id", usize::MAX)?.is_some() {
            return Err(BarbicanError::bad("Provided transport key was not found."));
        }
        let expiration = expiration(&fields, now)?;
        let payload = match payload {
            Some(payload) => {
                let kind = parse_content_type(&fields, content_type, encoding)?;
                Some((kind, decode(&fields, &payload, encoding.is_some(), max_bytes)?))
            }
            None if fields.has("payload_content_type") => {
                return Err(fields.error(
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
    let time = parse_time(text)
        .ok_or_else(|| fields.error("expiration", "Invalid date for 'expiration'"))?;
    if time <= now {
        return Err(fields.error("expiration", "'expiration' is before current time"));
    }
    Ok(Some(time::barbican(time)))
}

/// Parses ISO 8601. Without a time zone it is UTC.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let civil: civil::DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn parse_content_type(
    fields: &Fields<'_>,
    content_type: Option<&str>,
    encoding: Option<&str>,
) -> Result<ContentType, BarbicanError> {
    let wrong = |why: &str| fields.error("payload_content_type", why);
    let content_type = content_type.ok_or_else(|| {
        wrong("If 'payload' is supplied, 'payload_content_type' must also be supplied.")
    })?;
    let kind = ContentType::parse(content_type).ok_or_else(|| {
        wrong(&format!("payload_content_type is not one of {}", list(&CONTENT_TYPES)))
    })?;
    let allowed = match kind {
        ContentType::Text if encoding.is_some() => "None",
        ContentType::OctetStream | ContentType::Pkcs8 if encoding.is_none() => {
            "['base64', 'binary']"
        }
        _ => return Ok(kind),
    };
    let why = format!("payload_content_encoding is not one of {allowed}");
    Err(fields.error("payload_content_encoding", why))
}

fn decode(
    fields: &Fields<'_>,
    payload: &str,
    base64: bool,
    max_bytes: u64,
) -> Result<Zeroizing<Vec<u8>>, BarbicanError> {
    if u64::try_from(payload.len()).is_ok_and(|bytes| bytes > max_bytes) {
        return Err(BarbicanError::new(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE));
    }
    if payload.is_empty() {
        return Err(fields.error("payload", "If 'payload' specified, must be non empty"));
    }
    if !base64 {
        return Ok(Zeroizing::new(payload.as_bytes().to_vec()));
    }
    from_base64(payload.as_bytes())
        .ok_or_else(|| fields.error("payload", "Invalid payload for payload_content_encoding"))
}

pub(crate) const TOO_LARGE: &str = "Provided information too large to process";

/// Decodes base64 as Python does for Barbican: ignores characters outside of the alphabet, and stops at
/// padding that completes a group. `None`: the text is truncated.
pub(crate) fn from_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
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
                let group = letters.len() % 4;
                if group >= 2 && group + pads >= 4 {
                    break;
                }
            }
            _ => {}
        }
    }
    match letters.len() % 4 {
        0 => {}
        group if group >= 2 && group + pads >= 4 => {}
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
            BarbicanError::Api(status, text) => format!("{} {text}", status.as_u16()),
            BarbicanError::Internal => unreachable!(),
        })
    }

    #[test]
    fn an_invalid_field_is_named() {
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
            let message = read(body.clone()).err().unwrap_or_default();
            assert!(message.contains(says), "{body}: {message}");
            assert!(
                message.starts_with("400 Provided") || !message.contains("schema"),
                "{message}"
            );
        }
    }

    #[test]
    fn an_error_never_contains_the_payload() {
        for body in [
            json!({"payload": "hush", "name": 1}),
            json!({"payload": ["hush"]}),
            json!({"payload": {"hush": 1}}),
            json!({"payload": "hush", "payload_content_type": "nonsense"}),
            json!({"payload": "hush", "payload_content_type": "text/plain", "expiration": "x"}),
        ] {
            let message = read(body).err().unwrap();
            assert!(!message.contains("hush"), "{message}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
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
    fn base64_is_decoded_as_in_python() {
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
        fn decoding_reverses_encoding(bytes: Vec<u8>, width in 1usize..80) {
            let text = base64::prelude::BASE64_STANDARD.encode(&bytes);
            let lines: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            let read = from_base64(lines.join("\r\n").as_bytes()).unwrap();
            prop_assert_eq!(read.as_slice(), bytes.as_slice());
        }
    }
}
