//! The routes of the page: the only place that prints and parses its URLs.
//!
//! [`Route::parse`] reads what [`Route::href`] prints. Pure, so that the tests run natively.

mod details;
mod query;

pub use details::{DetailsTab, DetailsView, EditStart};
use openstack_types::{LoadBalancerId, SecretId};
pub use query::{CertificateSort, Direction, ListQuery, MAX_FILTERS, ServerSort, SortKey, Sorting};
use std::str::FromStr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Sign in, then continue to `next`.
    Login {
        /// The path and query to continue to; always of this site.
        next: Option<String>,
    },
    /// `All Services`.
    Services,
    /// `Load Balancer Management`.
    LoadBalancers(ListQuery),
    /// The wizard that creates a load balancer.
    CreateLoadBalancer {
        /// The load balancer to clone.
        from: Option<LoadBalancerId>,
        /// The current step.
        step: CreateStep,
    },
    /// `Load Balancer Details`.
    LoadBalancer { id: LoadBalancerId, view: DetailsView },
    /// `Load Balancer Details` with the dialog `Edit Load Balancer` open.
    EditLoadBalancer {
        id: LoadBalancerId,
        /// What the page below the dialog shows.
        view: DetailsView,
        start: EditStart,
    },
    /// `SSL Certificate Management`.
    SslCertificates(ListQuery<CertificateSort>),
    /// The wizard that creates a certificate.
    CreateSslCertificate {
        /// The current step.
        step: CreateStep,
    },
    /// The details of a certificate.
    SslCertificate(SecretId),
}

/// The steps of a wizard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CreateStep {
    /// Fill in the form.
    #[default]
    Configure,
    /// Review what will be created.
    Review,
}

impl CreateStep {
    fn print(self) -> Option<&'static str> {
        (self == Self::Review).then_some("review")
    }

    fn parse(query: &str) -> Self {
        match query::get(query, "step").as_deref() {
            Some("review") => Self::Review,
            _ => Self::Configure,
        }
    }
}

impl Route {
    /// The list without search, newest first.
    pub fn load_balancers() -> Self {
        Self::LoadBalancers(ListQuery::default())
    }

    /// The certificates without search, newest first.
    pub fn ssl_certificates() -> Self {
        Self::SslCertificates(ListQuery::default())
    }

    /// The wizard for a certificate.
    pub fn create_ssl_certificate() -> Self {
        Self::CreateSslCertificate { step: CreateStep::Configure }
    }

    /// The wizard with an empty form.
    pub fn create() -> Self {
        Self::CreateLoadBalancer { from: None, step: CreateStep::Configure }
    }

    /// The wizard with the settings of a load balancer.
    pub fn clone_of(id: LoadBalancerId) -> Self {
        Self::CreateLoadBalancer { from: Some(id), step: CreateStep::Configure }
    }

    /// The first tab of the details.
    pub fn load_balancer(id: LoadBalancerId) -> Self {
        Self::details(id, DetailsTab::Overview)
    }

    /// A tab of the details.
    pub fn details(id: LoadBalancerId, view: impl Into<DetailsView>) -> Self {
        Self::LoadBalancer { id, view: view.into() }
    }

    /// The edit dialog over a tab of the details.
    pub fn edit(id: LoadBalancerId, view: impl Into<DetailsView>, start: EditStart) -> Self {
        Self::EditLoadBalancer { id, view: view.into(), start }
    }

    /// The edit dialog over the first tab of the details.
    pub fn edit_load_balancer(id: LoadBalancerId) -> Self {
        Self::edit(id, DetailsTab::Overview, EditStart::Form)
    }

    /// The sign-in page that continues to `self`.
    pub fn behind_login(&self) -> Self {
        match self {
            Self::Login { .. } => self.clone(),
            Self::Services => Self::Login { next: None },
            wanted => Self::Login { next: Some(wanted.href()) },
        }
    }

    /// The path and query.
    pub fn href(&self) -> String {
        match self {
            Self::Login { next } => query::with("/login", &[("next", next.as_deref())]),
            Self::Services => "/".to_owned(),
            Self::LoadBalancers(list) => list.print("/load-balancers"),
            Self::CreateLoadBalancer { from, step } => {
                let from = from.map(|id| id.to_string());
                let pairs = [("from", from.as_deref()), ("step", step.print())];
                query::with("/load-balancers/create", &pairs)
            }
            Self::LoadBalancer { id, view } => {
                query::with(&format!("/load-balancers/{id}"), &view.pairs())
            }
            Self::EditLoadBalancer { id, view, start } => {
                let (add, group) = start.print();
                let mut pairs = view.pairs();
                pairs.extend([("add", add), ("group", group.as_deref())]);
                query::with(&format!("/load-balancers/{id}/edit"), &pairs)
            }
            Self::SslCertificates(list) => list.print("/ssl-certificates"),
            Self::CreateSslCertificate { step } => {
                query::with("/ssl-certificates/create", &[("step", step.print())])
            }
            Self::SslCertificate(id) => format!("/ssl-certificates/{id}"),
        }
    }

    /// Parses a path and a query without `?`; `None` is `Page not found`.
    pub fn parse(path: &str, query: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Some(Self::Services),
            ["login"] => {
                let next = query::get(query, "next").filter(|next| is_own_path(next));
                Some(Self::Login { next })
            }
            ["load-balancers"] => Some(Self::LoadBalancers(ListQuery::parse(query))),
            ["load-balancers", "create"] => {
                let from = query::get(query, "from").and_then(|id| id.parse().ok());
                Some(Self::CreateLoadBalancer { from, step: CreateStep::parse(query) })
            }
            ["load-balancers", id] => Some(Self::details(id_of(id)?, DetailsView::parse(query))),
            ["load-balancers", id, "edit"] => Some(Self::EditLoadBalancer {
                id: id_of(id)?,
                view: DetailsView::parse(query),
                start: EditStart::parse(query),
            }),
            ["ssl-certificates"] => Some(Self::SslCertificates(ListQuery::parse(query))),
            ["ssl-certificates", "create"] => {
                Some(Self::CreateSslCertificate { step: CreateStep::parse(query) })
            }
            ["ssl-certificates", id] => id_of(id).map(Self::SslCertificate),
            _ => None,
        }
    }
}

fn id_of<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// Whether a browser takes it for a path of this page, also when it removes dot segments: `//host`, `/\host` and
/// `/.//host` are addresses of other sites, or none that the history takes.
fn is_own_path(next: &str) -> bool {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = path.strip_prefix('/') else { return false };
    let segments = rest.split('/').count();
    !next.contains(|c: char| c.is_control())
        && !path.contains('\\')
        && rest.split('/').enumerate().all(|(index, segment)| match segment {
            // One slash at the end.
            "" => index + 1 == segments,
            segment => {
                let plain = segment.replace("%2e", ".").replace("%2E", ".");
                !matches!(plain.as_str(), "." | "..")
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0a110c61-76cf-4007-b1be-08683fc5c59e";

    fn parse(href: &str) -> Option<Route> {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        Route::parse(path, query)
    }

    #[test]
    fn the_paths_stay_the_same() {
        let id: LoadBalancerId = ID.parse().unwrap();
        for (route, href) in [
            (Route::Login { next: None }, "/login".to_owned()),
            (Route::Services, "/".to_owned()),
            (Route::load_balancers(), "/load-balancers".to_owned()),
            (Route::create(), "/load-balancers/create".to_owned()),
            (Route::clone_of(id), format!("/load-balancers/create?from={ID}")),
            (
                Route::CreateLoadBalancer { from: None, step: CreateStep::Review },
                "/load-balancers/create?step=review".to_owned(),
            ),
            (Route::load_balancer(id), format!("/load-balancers/{ID}")),
            (Route::details(id, DetailsTab::Servers), format!("/load-balancers/{ID}?tab=servers")),
            (
                Route::details(
                    id,
                    DetailsView::servers(
                        ListQuery { search: "10.0 blue".into(), ..Default::default() }
                            .filtered(0, "down")
                            .sorted_by(ServerSort::Weight)
                            .sorted_by(ServerSort::Weight),
                    ),
                ),
                format!(
                    "/load-balancers/{ID}?tab=servers&search=10.0%20blue&health=down&sort=weight&dir=desc"
                ),
            ),
            (Route::edit_load_balancer(id), format!("/load-balancers/{ID}/edit")),
            (
                Route::edit(id, DetailsTab::Rules, EditStart::AddServer(Some(ID.parse().unwrap()))),
                format!("/load-balancers/{ID}/edit?tab=rules&add=server&group={ID}"),
            ),
            (
                Route::edit(id, DetailsTab::Overview, EditStart::AddListener),
                format!("/load-balancers/{ID}/edit?add=listener"),
            ),
            (Route::ssl_certificates(), "/ssl-certificates".to_owned()),
            (Route::create_ssl_certificate(), "/ssl-certificates/create".to_owned()),
            (
                Route::CreateSslCertificate { step: CreateStep::Review },
                "/ssl-certificates/create?step=review".to_owned(),
            ),
            (Route::SslCertificate(ID.parse().unwrap()), format!("/ssl-certificates/{ID}")),
            (
                Route::SslCertificates(ListQuery::default().sorted_by(CertificateSort::Expires)),
                "/ssl-certificates?sort=expires".to_owned(),
            ),
        ] {
            assert_eq!(route.href(), href);
            assert_eq!(parse(&href), Some(route));
        }
    }

    #[test]
    fn unknown_paths_have_no_route() {
        for href in [
            "/x",
            "/load-balancers/no-uuid",
            "/load-balancers/create/x",
            "/ssl-certificates/no-uuid",
            "/ssl-certificates/create/x",
            &format!("/load-balancers/{ID}/x"),
        ] {
            assert_eq!(parse(href), None, "{href}");
        }
    }

    #[test]
    fn signing_in_continues_to_a_path_of_this_site_only() {
        let wanted = Route::LoadBalancers(ListQuery { search: "a&b".into(), ..Default::default() });
        let login = wanted.behind_login();
        assert_eq!(parse(&login.href()), Some(login.clone()));
        let Route::Login { next: Some(next) } = &login else { panic!("{login:?}") };
        assert_eq!(parse(next), Some(wanted));
        assert_eq!(login.behind_login(), login);
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "%2F%2Fevil.example",
            "",
            "/.//evil.example",
            "/x/..//evil.example",
            "/x/../y",
            "/%252e//evil.example",
            "/x//y",
            "/x\\..\\y",
        ] {
            let parsed = parse(&format!("/login?next={bad}"));
            assert_eq!(parsed, Some(Route::Login { next: None }), "{bad}");
        }
        for good in ["/", "/load-balancers/", "/load-balancers?search=a/../b", "/x/.hidden"] {
            let next = Some(good.to_owned());
            assert_eq!(parse(&format!("/login?next={good}")), Some(Route::Login { next }));
        }
    }
}
