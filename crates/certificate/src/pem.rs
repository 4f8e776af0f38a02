//! PEM blocks (RFC 7468). Like OpenSSL, the reader allows text before, between and after the blocks, lines
//! of any length and any line ending.

use crate::error::{OpenError, OtherFormat};
use base64ct::{Base64, Base64Unpadded, Encoding};
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

pub(crate) struct Block<'a> {
    /// The kind, if it is one that is not read.
    pub other: Option<OtherFormat>,
    /// The encryption in OpenSSL's traditional form: `AES-256-CBC,0123…`.
    pub dek_info: Option<&'a str>,
    pub content: Zeroizing<Vec<u8>>,
}

pub(crate) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The blocks with a certificate, a key or a bundle. Other blocks (requests, parameters) are skipped.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block<'_>>, OpenError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once(DASHES).ok_or(OpenError::Damaged)?;
        let (body, after) = after.split_once(END).ok_or(OpenError::Damaged)?;
        rest = after;
        let label = label.trim();
        let other = match label {
            "OPENSSH PRIVATE KEY" => Some(OtherFormat::OpenSsh),
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
                Some(OtherFormat::CertificateRequest)
            }
            _ => None,
        };
        if other.is_some() {
            blocks.push(Block { other, dek_info: None, content: Zeroizing::default() });
        } else if is_supported(label) {
            let (headers, body) = split_headers(body);
            let dek_info = headers.lines().find_map(|line| line.trim().strip_prefix("DEK-Info:"));
            let content = base64(body).ok_or(OpenError::Damaged)?;
            blocks.push(Block { other, dek_info: dek_info.map(str::trim), content });
        }
    }
    Ok(blocks)
}

/// The contents of the blocks with a label that is wanted. All others are skipped.
pub(crate) fn contents(
    text: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Zeroizing<Vec<u8>>>, OpenError> {
    let mut contents = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once(DASHES).ok_or(OpenError::Damaged)?;
        let (body, after) = after.split_once(END).ok_or(OpenError::Damaged)?;
        rest = after;
        if is_wanted(label.trim()) {
            contents.push(base64(body).ok_or(OpenError::Damaged)?);
        }
    }
    Ok(contents)
}

fn is_supported(label: &str) -> bool {
    label.ends_with("CERTIFICATE")
        || label.ends_with("PRIVATE KEY")
        || label.contains("PKCS12")
        || label.contains("PKCS #12")
        || label == "PFX"
        || label.contains("PKCS7")
        || label.contains("PKCS #7")
        || label == "CMS"
}

/// An empty line ends the headers, if there are any. Spaces do not count.
fn split_headers(body: &str) -> (&str, &str) {
    if !body.contains(':') {
        return ("", body);
    }
    let mut end = 0;
    let mut is_in_headers = false;
    for line in body.split_inclusive('\n') {
        let is_empty = line.trim().is_empty();
        if is_empty && is_in_headers {
            return body.split_at(end);
        }
        is_in_headers |= !is_empty;
        end += line.len();
    }
    ("", body)
}

/// Decodes base64 with white space anywhere, and with or without padding. `None` if it is not base64.
pub(crate) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut compact = Zeroizing::new(String::with_capacity(text.len()));
    compact.extend(text.chars().filter(|c| !c.is_whitespace()));
    let compact = compact.trim_end_matches('=');
    if compact.is_empty() {
        return None;
    }
    Base64Unpadded::decode_vec(compact).ok().map(Zeroizing::new)
}

/// Appends a block in lines of 64 characters.
pub(crate) fn write(out: &mut Zeroizing<String>, label: &str, content: &[u8]) {
    // Reserved at once: a growing text would leave copies of a key in memory.
    out.reserve(content.len().div_ceil(48) * 65 + 2 * label.len() + 40);
    out.push_str(&format!("{BEGIN}{label}{DASHES}\n"));
    let mut line = Zeroizing::new([0; 64]);
    for bytes in content.chunks(48) {
        // 48 bytes are 64 characters.
        out.push_str(Base64::encode(bytes, line.as_mut()).unwrap_or_default());
        out.push('\n');
    }
    out.push_str(&format!("{END}{label}{DASHES}\n"));
}
