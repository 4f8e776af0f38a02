//! The JSON of a token.

use crate::{
    keystone::catalog::catalog,
    public_url::PublicUrl,
    store::{
        first_start::{DOMAIN_ID, DOMAIN_NAME},
        projects::Project,
        roles::Role,
        tokens::Token,
        users::User,
    },
    time,
};
use serde_json::{Value, json};

pub(super) fn body(
    token: &Token,
    user: &User,
    scope: Option<&(Project, Vec<Role>)>,
    url: &PublicUrl,
    with_catalog: bool,
) -> Value {
    let domain = json!({"id": DOMAIN_ID, "name": DOMAIN_NAME});
    let mut body = json!({
        "methods": token.methods,
        "user": {
            "domain": domain,
            "id": user.id,
            "name": user.name,
            "password_expires_at": null,
        },
        "audit_ids": token.audit_ids,
        "expires_at": time::keystone(token.expires_at),
        "issued_at": time::keystone(token.issued_at),
    });
    if let Some((project, roles)) = scope {
        body["project"] = json!({"domain": domain, "id": project.id, "name": project.name});
        body["is_domain"] = false.into();
        body["roles"] =
            roles.iter().map(|role| json!({"id": role.id, "name": role.name})).collect();
        if with_catalog {
            body["catalog"] = catalog(url);
        }
    }
    json!({ "token": body })
}
