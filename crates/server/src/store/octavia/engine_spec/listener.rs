//! Listeners with their L7 policies and rules, for the engine.

use super::{
    convert::{SpecError, invalid, number, parse, parsed, parsed_required, unsupported},
    parts::Parts,
    tls_context::TlsContext,
};
use crate::model::{ADMIN_STATE_UP, Field, ID, Row, l7policy, l7rule, listener};
use engine::spec::{
    Alpn, ClientAuthentication, Comparison, Hsts, InsertHeaders, ListenerMode, ListenerSpec,
    PolicyAction, PolicySpec, RedirectCode, RulePart, RuleSpec, TlsSpec, TlsVersions,
};
use openstack_types::{
    PoolId, field,
    octavia::{
        ClientAuthentication as Authentication, ClientCertificateHeader, L7PolicyAction,
        L7RuleCompareType, L7RuleType, ListenerProtocol, check_rule_value,
    },
    tls::{AlpnProtocol, TlsVersion},
};
use std::time::Duration;

pub(super) fn listener(
    row: &Row,
    parts: &Parts,
    tls: &TlsContext<'_>,
) -> Result<ListenerSpec, SpecError> {
    let mode = match row.get(listener::PROTOCOL) {
        ListenerProtocol::Http => ListenerMode::Http,
        ListenerProtocol::TerminatedHttps => ListenerMode::TerminatedHttps(tls_spec(row, tls)?),
        ListenerProtocol::Tcp | ListenerProtocol::Https => ListenerMode::Tcp,
        ListenerProtocol::Prometheus => {
            let tls = if has_certificate(row) { Some(tls_spec(row, tls)?) } else { None };
            ListenerMode::Prometheus(tls)
        }
        other => return Err(unsupported("the listener protocol", other)),
    };
    let allowed_cidrs = row.get(listener::ALLOWED_CIDRS).unwrap_or_default();
    Ok(ListenerSpec {
        id: parsed(row, ID)?,
        mode,
        port: number(row, listener::PROTOCOL_PORT)?,
        connection_limit: u32::try_from(row.get(listener::CONNECTION_LIMIT)).ok(),
        default_pool: enabled_pool(row, listener::DEFAULT_POOL_ID, parts),
        policies: policies(row, parts)?,
        allowed_cidrs: allowed_cidrs
            .into_iter()
            .map(|cidr| match field::cidr(cidr) {
                Ok(range) => Ok(range.trunc()),
                Err(error) => Err(invalid(listener::ALLOWED_CIDRS.name(), error)),
            })
            .collect::<Result<_, _>>()?,
        timeout_client: milliseconds(row, listener::TIMEOUT_CLIENT_DATA),
        timeout_connect: milliseconds(row, listener::TIMEOUT_MEMBER_CONNECT),
        timeout_server: milliseconds(row, listener::TIMEOUT_MEMBER_DATA),
        timeout_tcp_inspect: milliseconds(row, listener::TIMEOUT_TCP_INSPECT),
        insert_headers: insert_headers(row),
    })
}

fn has_certificate(row: &Row) -> bool {
    !row.is_null(listener::DEFAULT_TLS_CONTAINER_REF)
        || !row.get(listener::SNI_CONTAINER_REFS).is_empty()
}

fn milliseconds(row: &Row, field: Field<i64>) -> Duration {
    Duration::from_millis(row.get(field).max(0).unsigned_abs())
}

/// The pool that a field refers to; `None` if its administrative state is down.
fn enabled_pool(row: &Row, field: Field<Option<String>>, parts: &Parts) -> Option<PoolId> {
    let id = row.get(field)?;
    let pool = parts.pools.iter().find(|pool| pool.get(ID) == id)?;
    pool.get(ADMIN_STATE_UP).then(|| id.parse().ok())?
}

fn insert_headers(row: &Row) -> InsertHeaders {
    let headers = row.get(listener::INSERT_HEADERS);
    let is_on =
        |name: &str| headers.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    InsertHeaders {
        x_forwarded_for: is_on("X-Forwarded-For"),
        x_forwarded_port: is_on("X-Forwarded-Port"),
        x_forwarded_proto: is_on("X-Forwarded-Proto"),
        client_certificate: ClientCertificateHeader::ALL
            .into_iter()
            .filter(|header| is_on(header.name()))
            .collect(),
    }
}

pub(super) fn alpn(word: &str) -> Option<Alpn> {
    match AlpnProtocol::from_wire(word) {
        AlpnProtocol::H2 => Some(Alpn::H2),
        AlpnProtocol::Http11 => Some(Alpn::Http11),
        AlpnProtocol::Http10 => Some(Alpn::Http10),
        AlpnProtocol::Unknown(_) => None,
    }
}

fn tls_spec(row: &Row, tls: &TlsContext<'_>) -> Result<TlsSpec, SpecError> {
    let mut certificates = row
        .get(listener::DEFAULT_TLS_CONTAINER_REF)
        .into_iter()
        .chain(row.get(listener::SNI_CONTAINER_REFS))
        .map(|reference| tls.secrets.certificate(reference));
    let default_certificate = certificates.next().ok_or(SpecError::NoCertificate)??;
    let max_age = row.get(listener::HSTS_MAX_AGE).and_then(|age| u32::try_from(age).ok());
    Ok(TlsSpec {
        default_certificate,
        sni_certificates: certificates.collect::<Result<_, _>>()?,
        versions: tls_versions(row, tls.versions)?,
        ciphers: parsed_required(row, listener::TLS_CIPHERS)?,
        alpn: row
            .get(listener::ALPN_PROTOCOLS)
            .unwrap_or_default()
            .into_iter()
            .filter_map(alpn)
            .collect(),
        hsts: max_age.map(|max_age| Hsts {
            max_age,
            include_subdomains: row.get(listener::HSTS_INCLUDE_SUBDOMAINS),
            preload: row.get(listener::HSTS_PRELOAD),
        }),
        client_authentication: client_authentication(row, tls)?,
    })
}

fn client_authentication(
    row: &Row,
    tls: &TlsContext<'_>,
) -> Result<Option<ClientAuthentication>, SpecError> {
    let is_required = match row.get(listener::CLIENT_AUTHENTICATION) {
        Authentication::None => return Ok(None),
        Authentication::Optional => false,
        Authentication::Mandatory => true,
        other @ Authentication::Unknown(_) => {
            return Err(unsupported(listener::CLIENT_AUTHENTICATION.name(), other));
        }
    };
    let (authorities, lists) =
        (listener::CLIENT_CA_TLS_CONTAINER_REF, listener::CLIENT_CRL_CONTAINER_REF);
    let verification = tls.verification(row, authorities, lists)?;
    let verification = verification.ok_or(SpecError::NoAuthorities)?;
    Ok(Some(ClientAuthentication { is_required, verification }))
}

/// The versions that the listener has and the operator allows. A version that the operator no longer
/// allows is not spoken by existing listeners either.
fn tls_versions(row: &Row, allowed: &[String]) -> Result<TlsVersions, SpecError> {
    let requested = row.get(listener::TLS_VERSIONS).unwrap_or_default();
    let speaks = |version: TlsVersion| {
        let word = version.as_str();
        requested.contains(&word) && allowed.iter().any(|allowed| allowed == word)
    };
    match (speaks(TlsVersion::Tls12), speaks(TlsVersion::Tls13)) {
        (true, false) => Ok(TlsVersions::V1_2),
        (true, true) => Ok(TlsVersions::V1_2AndV1_3),
        (false, true) => Ok(TlsVersions::V1_3),
        (false, false) => Err(SpecError::TlsVersions {
            requested: requested.join(", "),
            allowed: allowed.join(", "),
        }),
    }
}

/// The enabled policies of a listener by position. A policy that redirects to a disabled pool is left
/// out.
fn policies(listener: &Row, parts: &Parts) -> Result<Vec<PolicySpec>, SpecError> {
    let mut policies: Vec<&Row> = parts
        .l7policies
        .iter()
        .filter(|row| row.get(l7policy::LISTENER_ID) == listener.get(ID) && row.get(ADMIN_STATE_UP))
        .collect();
    policies.sort_by_key(|row| row.get(l7policy::POSITION));
    policies.into_iter().filter_map(|row| policy(row, parts).transpose()).collect()
}

fn policy(row: &Row, parts: &Parts) -> Result<Option<PolicySpec>, SpecError> {
    let code = || match row.get(l7policy::REDIRECT_HTTP_CODE).unwrap_or_default() {
        301 => Ok(RedirectCode::MovedPermanently),
        302 => Ok(RedirectCode::Found),
        303 => Ok(RedirectCode::SeeOther),
        307 => Ok(RedirectCode::TemporaryRedirect),
        308 => Ok(RedirectCode::PermanentRedirect),
        value => Err(SpecError::OutOfRange { field: l7policy::REDIRECT_HTTP_CODE.name(), value }),
    };
    let action = match row.get(l7policy::ACTION) {
        L7PolicyAction::Reject => PolicyAction::Reject,
        L7PolicyAction::RedirectToUrl => {
            PolicyAction::RedirectToUrl(parsed_required(row, l7policy::REDIRECT_URL)?, code()?)
        }
        L7PolicyAction::RedirectPrefix => {
            PolicyAction::RedirectPrefix(parsed_required(row, l7policy::REDIRECT_PREFIX)?, code()?)
        }
        L7PolicyAction::RedirectToPool => {
            match enabled_pool(row, l7policy::REDIRECT_POOL_ID, parts) {
                Some(pool) => PolicyAction::RedirectToPool(pool),
                None => return Ok(None),
            }
        }
        other @ L7PolicyAction::Unknown(_) => {
            return Err(unsupported("the L7 policy action", other));
        }
    };
    let rules = parts
        .l7rules
        .iter()
        .filter(|rule| rule.get(l7rule::L7POLICY_ID) == row.get(ID) && rule.get(ADMIN_STATE_UP))
        .map(rule)
        .collect::<Result<_, _>>()?;
    Ok(Some(PolicySpec { id: parsed(row, ID)?, action, rules }))
}

fn rule(row: &Row) -> Result<RuleSpec, SpecError> {
    let part = match row.get(l7rule::TYPE) {
        L7RuleType::HostName => RulePart::HostName,
        L7RuleType::Path => RulePart::Path,
        L7RuleType::FileType => RulePart::FileType,
        L7RuleType::Header => RulePart::Header(parsed_required(row, l7rule::KEY)?),
        L7RuleType::Cookie => RulePart::Cookie(parsed_required(row, l7rule::KEY)?),
        L7RuleType::SslConnHasCert => RulePart::ClientHasCertificate,
        L7RuleType::SslVerifyResult => {
            RulePart::ClientVerifyResult(parse(l7rule::VALUE.name(), row.get(l7rule::VALUE))?)
        }
        L7RuleType::SslDnField => RulePart::ClientDn(parsed_required(row, l7rule::KEY)?),
        other @ L7RuleType::Unknown(_) => return Err(unsupported("the L7 rule type", other)),
    };
    let compare = match row.get(l7rule::COMPARE_TYPE) {
        L7RuleCompareType::EqualTo => Comparison::EqualTo,
        L7RuleCompareType::StartsWith => Comparison::StartsWith,
        L7RuleCompareType::EndsWith => Comparison::EndsWith,
        L7RuleCompareType::Contains => Comparison::Contains,
        L7RuleCompareType::Regex => Comparison::Regex,
        other => return Err(unsupported(l7rule::COMPARE_TYPE.name(), other)),
    };
    let value = check_rule_value(
        &row.get(l7rule::TYPE),
        &row.get(l7rule::COMPARE_TYPE),
        row.get(l7rule::VALUE),
    );
    Ok(RuleSpec {
        id: parsed(row, ID)?,
        part,
        compare,
        value: value.map_err(|error| invalid(l7rule::VALUE.name(), error))?,
        invert: row.get(l7rule::INVERT),
    })
}
