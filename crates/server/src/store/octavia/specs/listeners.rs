//! Listeners: what they speak, and what they do with some requests.

use super::{Rows, milliseconds, number, parse, parsed};
use crate::model::Object;
use engine::spec::{
    Alpn, CertificatePem, Comparison, Hsts, InsertHeaders, ListenerMode, ListenerSpec,
    PolicyAction, PolicySpec, RedirectCode, RulePart, RuleSpec, TlsSpec, TlsVersions,
};
use openstack_types::{
    PoolId,
    octavia::{L7PolicyAction, L7RuleCompareType, L7RuleType, ListenerProtocol},
    tls::{AlpnProtocol, TlsVersion},
};

/// [`super::Tls`], reading from the rows' own view of the database.
pub struct Tls<'a> {
    pub versions: &'a [String],
    pub certificate: &'a dyn Fn(&str) -> Result<CertificatePem, String>,
}

pub fn listener(row: &Object, rows: &Rows, tls: &Tls<'_>) -> Result<ListenerSpec, String> {
    let mode = match ListenerProtocol::from_word(row.text("protocol")) {
        ListenerProtocol::Http => ListenerMode::Http,
        ListenerProtocol::TerminatedHttps => ListenerMode::TerminatedHttps(tls_spec(row, tls)?),
        ListenerProtocol::Tcp | ListenerProtocol::Https => ListenerMode::Tcp,
        other => return Err(format!("this version serves no {other} listeners")),
    };
    Ok(ListenerSpec {
        id: parsed(row, "id")?,
        mode,
        port: number(row, "protocol_port")?,
        connection_limit: u32::try_from(row.integer("connection_limit")).ok(),
        default_pool: pool_that_is_on(row, "default_pool_id", rows),
        policies: policies(row, rows)?,
        allowed_cidrs: texts(row, "allowed_cidrs")
            .map(|cidr| parse("allowed_cidrs", cidr))
            .collect::<Result<_, _>>()?,
        timeout_client: milliseconds(row, "timeout_client_data"),
        timeout_connect: milliseconds(row, "timeout_member_connect"),
        timeout_server: milliseconds(row, "timeout_member_data"),
        insert_headers: insert_headers(row),
    })
}

fn pool_that_is_on(row: &Object, field: &str, rows: &Rows) -> Option<PoolId> {
    let id = row.optional(field)?;
    let pool = rows.pools.iter().find(|pool| pool.text("id") == id)?;
    pool.is("admin_state_up").then(|| id.parse().ok())?
}

fn texts<'r>(row: &'r Object, name: &str) -> impl Iterator<Item = &'r str> {
    let items = row.get(name).as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str())
}

fn insert_headers(row: &Object) -> InsertHeaders {
    let asked = |name: &str| {
        row.get("insert_headers")
            .get(name)
            .and_then(|value| value.as_str())
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    InsertHeaders {
        x_forwarded_for: asked("X-Forwarded-For"),
        x_forwarded_port: asked("X-Forwarded-Port"),
        x_forwarded_proto: asked("X-Forwarded-Proto"),
    }
}

fn tls_spec(row: &Object, tls: &Tls<'_>) -> Result<TlsSpec, String> {
    let mut certificates = row
        .optional("default_tls_container_ref")
        .into_iter()
        .chain(texts(row, "sni_container_refs"))
        .map(tls.certificate);
    let default_certificate = certificates.next().ok_or("it has no certificate")??;
    let max_age = row.get("hsts_max_age").as_u64().and_then(|age| u32::try_from(age).ok());
    Ok(TlsSpec {
        default_certificate,
        sni_certificates: certificates.collect::<Result<_, _>>()?,
        versions: versions(row, tls.versions)?,
        ciphers: parsed(row, "tls_ciphers")?,
        alpn: texts(row, "alpn_protocols")
            .filter_map(|word| match AlpnProtocol::from_word(word) {
                AlpnProtocol::H2 => Some(Alpn::H2),
                AlpnProtocol::Http11 => Some(Alpn::Http11),
                AlpnProtocol::Http10 => Some(Alpn::Http10),
                AlpnProtocol::Unknown(_) => None,
            })
            .collect(),
        hsts: max_age.map(|max_age| Hsts {
            max_age,
            include_subdomains: row.is("hsts_include_subdomains"),
            preload: row.is("hsts_preload"),
        }),
    })
}

/// What the listener wants and the operator allows: who takes a version back from everybody takes it
/// from listeners that are there, too.
fn versions(row: &Object, allowed: &[String]) -> Result<TlsVersions, String> {
    let speaks = |version: TlsVersion| {
        let word = version.as_str();
        texts(row, "tls_versions").any(|asked| asked == word)
            && allowed.iter().any(|allowed| allowed == word)
    };
    match (speaks(TlsVersion::Tls12), speaks(TlsVersion::Tls13)) {
        (true, false) => Ok(TlsVersions::V1_2),
        (true, true) => Ok(TlsVersions::V1_2AndV1_3),
        (false, true) => Ok(TlsVersions::V1_3),
        (false, false) => Err(format!(
            "it speaks {}, of which none is allowed here; {} is",
            texts(row, "tls_versions").collect::<Vec<_>>().join(", "),
            allowed.join(", ")
        )),
    }
}

/// Those that are switched on, by position. One that chooses a pool that is off chooses none.
fn policies(listener: &Object, rows: &Rows) -> Result<Vec<PolicySpec>, String> {
    let mut policies: Vec<&Object> = rows
        .policies
        .iter()
        .filter(|row| row.text("listener_id") == listener.text("id") && row.is("admin_state_up"))
        .collect();
    policies.sort_by_key(|row| row.integer("position"));
    policies.into_iter().filter_map(|row| policy(row, rows).transpose()).collect()
}

fn policy(row: &Object, rows: &Rows) -> Result<Option<PolicySpec>, String> {
    let code = || match row.integer("redirect_http_code") {
        301 => Ok(RedirectCode::MovedPermanently),
        302 => Ok(RedirectCode::Found),
        303 => Ok(RedirectCode::SeeOther),
        307 => Ok(RedirectCode::TemporaryRedirect),
        308 => Ok(RedirectCode::PermanentRedirect),
        other => Err(format!("redirect_http_code cannot be {other}")),
    };
    let action = match L7PolicyAction::from_word(row.text("action")) {
        L7PolicyAction::Reject => PolicyAction::Reject,
        L7PolicyAction::RedirectToUrl => {
            PolicyAction::RedirectToUrl(parsed(row, "redirect_url")?, code()?)
        }
        L7PolicyAction::RedirectPrefix => {
            PolicyAction::RedirectPrefix(parsed(row, "redirect_prefix")?, code()?)
        }
        L7PolicyAction::RedirectToPool => match pool_that_is_on(row, "redirect_pool_id", rows) {
            Some(pool) => PolicyAction::RedirectToPool(pool),
            None => return Ok(None),
        },
        L7PolicyAction::Unknown(other) => {
            return Err(format!("this version knows no L7 policy action {other}"));
        }
    };
    let rules = rows
        .rules
        .iter()
        .filter(|rule| rule.text("l7policy_id") == row.text("id") && rule.is("admin_state_up"))
        .map(rule)
        .collect::<Result<_, _>>()?;
    Ok(Some(PolicySpec { id: parsed(row, "id")?, action, rules }))
}

fn rule(row: &Object) -> Result<RuleSpec, String> {
    let part = match L7RuleType::from_word(row.text("type")) {
        L7RuleType::HostName => RulePart::HostName,
        L7RuleType::Path => RulePart::Path,
        L7RuleType::FileType => RulePart::FileType,
        L7RuleType::Header => RulePart::Header(parsed(row, "key")?),
        L7RuleType::Cookie => RulePart::Cookie(parsed(row, "key")?),
        other => return Err(format!("this version asks for no {other}")),
    };
    let compare = match L7RuleCompareType::from_word(row.text("compare_type")) {
        L7RuleCompareType::EqualTo => Comparison::EqualTo,
        L7RuleCompareType::StartsWith => Comparison::StartsWith,
        L7RuleCompareType::EndsWith => Comparison::EndsWith,
        L7RuleCompareType::Contains => Comparison::Contains,
        other => return Err(format!("this version does not compare by {other}")),
    };
    Ok(RuleSpec {
        id: parsed(row, "id")?,
        part,
        compare,
        value: parsed(row, "value")?,
        invert: row.is("invert"),
    })
}
