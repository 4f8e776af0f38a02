//! The headers about the client certificate, which a listener adds before it evaluates policies.

use crate::request::Request;
use openstack_types::octavia::ClientCertificateHeader;

impl Request {
    /// Adds headers about the client certificate as a listener does that inserts some or that authenticates
    /// clients: it removes what a client sends under any of their names, also with `_` for `-`. The values of
    /// some are not known here; see [`Request::unknown_headers`].
    pub fn insert_certificate_headers<'a>(&mut self, inserted: impl IntoIterator<Item = &'a str>) {
        self.headers.retain(|(name, _)| {
            let name = name.replace('_', "-");
            !ClientCertificateHeader::ALL
                .iter()
                .any(|known| known.name().eq_ignore_ascii_case(&name))
        });
        for name in inserted {
            match self.certificate_header(name) {
                Some(value) => self.headers.push((name.to_owned(), value)),
                None => self.unknown_headers.push(name.to_owned()),
            }
        }
    }

    /// The value of a header; `None` if it depends on what is not known of the certificate.
    fn certificate_header(&self, name: &str) -> Option<String> {
        let Some(certificate) = &self.client_certificate else {
            let is_number = ["X-SSL-Client-Verify", "X-SSL-Client-Has-Cert"].contains(&name);
            return Some(if is_number { "0".to_owned() } else { String::new() });
        };
        match name {
            "X-SSL-Client-Verify" => Some(certificate.verify_result.to_string()),
            "X-SSL-Client-Has-Cert" => Some("1".to_owned()),
            "X-SSL-Client-CN" => {
                Some(self.subject_field("CN").next().unwrap_or_default().to_owned())
            }
            // How the whole name is written depends on the certificate's encoding.
            _ => None,
        }
    }
}
