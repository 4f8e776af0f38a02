//! Headers about the certificate of a client.

use super::config_writer::ConfigWriter;
use crate::spec::ListenerSpec;
use openstack_types::octavia::ClientCertificateHeader as Header;

/// The names of all these headers, as the client must not send them. Some servers read `_` as `-`.
const FORGED: &str =
    "^x[-_]ssl[-_](client[-_](verify|has[-_]cert|dn|cn|sha1|not[-_](before|after))|issuer)$";

/// Adds the headers that the listener inserts. A client that is authenticated here sends none of them itself.
pub(super) fn headers(out: &mut ConfigWriter, listener: &ListenerSpec) {
    let Some(tls) = listener.mode.tls() else { return };
    let headers = &listener.insert_headers.client_certificate;
    if headers.is_empty() && tls.client_authentication.is_none() {
        return;
    }
    out.line(format_args!("http-request del-header {FORGED} -m reg"));
    for header in headers {
        // HAProxy escapes control characters in these values.
        let value = match header {
            Header::Verify => "%[ssl_c_verify]",
            Header::HasCert => "%[ssl_c_used]",
            Header::Dn => "%[ssl_c_s_dn]",
            Header::Cn => "%[ssl_c_s_dn(cn)]",
            Header::Issuer => "%[ssl_c_i_dn]",
            Header::Sha1 => "%[ssl_c_sha1,hex]",
            Header::NotBefore => "%[ssl_c_notbefore]",
            Header::NotAfter => "%[ssl_c_notafter]",
        };
        out.line(format_args!("http-request set-header {} {value}", header.name()));
    }
}
