//! The catalog of a token: where the services are.

use super::endpoint_policy::EndpointPolicy;
use crate::config::{self, CloudService, ServiceUrl};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A service as Keystone lists it.
#[derive(Deserialize)]
pub(super) struct ListedService {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    endpoints: Vec<ListedEndpoint>,
}

#[derive(Deserialize)]
struct ListedEndpoint {
    #[serde(default)]
    interface: String,
    url: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    region_id: Option<String>,
}

/// The region of endpoints that serve every region.
const EVERY_REGION: &str = "*";

impl ListedEndpoint {
    fn is_in(&self, region: &str) -> bool {
        [&self.region, &self.region_id].into_iter().flatten().any(|name| name == region)
    }

    fn region(&self) -> Option<&str> {
        let named = self.region.as_deref().filter(|name| !name.is_empty());
        named.or(self.region_id.as_deref()).filter(|name| !name.is_empty())
    }
}

/// What one interface of a catalog offers.
pub(super) struct Catalog<'a> {
    services: Vec<(CloudService, Vec<&'a ListedEndpoint>)>,
}

/// The roots of the services in one region, without versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Endpoints(BTreeMap<CloudService, ServiceUrl>);

impl Endpoints {
    pub(super) fn get(&self, service: CloudService) -> Option<&ServiceUrl> {
        self.0.get(&service)
    }

    pub(super) fn has(&self, service: CloudService) -> bool {
        self.0.contains_key(&service)
    }
}

impl<'a> Catalog<'a> {
    pub(super) fn new(listed: &'a [ListedService], config: &config::Cloud) -> Self {
        let interface = config.interface.as_str();
        let services = CloudService::ALL.map(|service| {
            let endpoints = listed
                .iter()
                .filter(|other| other.kind == service.catalog_type())
                .flat_map(|other| &other.endpoints)
                .filter(|endpoint| endpoint.interface == interface)
                .collect();
            (service, endpoints)
        });
        Self { services: services.into() }
    }

    /// The regions with load balancers, in the order of the catalog.
    pub(super) fn regions(&self) -> Vec<String> {
        let mut regions: Vec<String> = Vec::new();
        let of = |service| self.endpoints(service).filter_map(|endpoint| endpoint.region());
        for region in of(CloudService::LoadBalancer) {
            if region != EVERY_REGION && !regions.iter().any(|other| other == region) {
                regions.push(region.to_owned());
            }
        }
        regions
    }

    /// The region that a session begins in: that of the configuration, or else the first one with load
    /// balancers, or else any. Empty where the catalog names none.
    pub(super) fn first_region(&self, config: &config::Cloud) -> String {
        let any = || {
            let all = CloudService::ALL.into_iter().flat_map(|service| self.endpoints(service));
            all.filter_map(ListedEndpoint::region).find(|region| *region != EVERY_REGION)
        };
        config
            .region
            .clone()
            .or_else(|| self.regions().into_iter().next())
            .or_else(|| any().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The roots of the services in a region. An endpoint that the policy refuses is left out, with a line in
    /// the log.
    pub(super) fn in_region(
        &self,
        region: &str,
        project: &str,
        config: &config::Cloud,
        policy: &EndpointPolicy,
    ) -> Endpoints {
        let mut found = BTreeMap::new();
        for service in CloudService::ALL {
            if let Some(url) = config.endpoints.get(&service) {
                found.insert(service, url.without_version(Some(project)));
            } else if let Some(listed) = self.endpoint(service, region)
                && let Some(url) = usable(service, region, listed, policy)
            {
                found.insert(service, url.without_version(Some(project)));
            }
        }
        Endpoints(found)
    }

    /// That of the region, or else that of every region. Of several the first.
    fn endpoint(&self, service: CloudService, region: &str) -> Option<&'a ListedEndpoint> {
        let own = self.endpoints(service).find(|endpoint| {
            endpoint.is_in(region) || (region.is_empty() && endpoint.region().is_none())
        });
        own.or_else(|| self.endpoints(service).find(|endpoint| endpoint.is_in(EVERY_REGION)))
    }

    fn endpoints(&self, service: CloudService) -> impl Iterator<Item = &'a ListedEndpoint> {
        let of = self.services.iter().find(|(other, _)| *other == service);
        of.into_iter().flat_map(|(_, endpoints)| endpoints.iter().copied())
    }
}

fn usable(
    service: CloudService,
    region: &str,
    listed: &ListedEndpoint,
    policy: &EndpointPolicy,
) -> Option<ServiceUrl> {
    let refuse = |host: &str, reason: String| {
        tracing::warn!(%service, region, host, reason, "an endpoint of the catalog is refused");
    };
    match ServiceUrl::parse(&listed.url) {
        Err(error) => refuse("", error.to_string()),
        Ok(url) => match policy.check_url(&url) {
            Ok(()) => return Some(url),
            Err(error) => refuse(url.host(), error.to_string()),
        },
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address_policy::AddressPolicy;
    use serde_json::json;

    fn load_balancer(endpoints: &serde_json::Value, region: &str) -> Option<String> {
        let listed: Vec<ListedService> = serde_json::from_value(json!([
            {"type": "elb", "name": "octavia", "endpoints": [
                {"interface": "public", "region": "A", "url": "https://elb.example/"}]},
            {"type": "load-balancer", "endpoints": endpoints},
        ]))
        .unwrap();
        let config = config::Cloud::default();
        let policy = EndpointPolicy::new(AddressPolicy::default(), false, false, &[]);
        let found = Catalog::new(&listed, &config).in_region(region, "p1", &config, &policy);
        found.get(CloudService::LoadBalancer).map(ToString::to_string)
    }

    #[test]
    fn acceptance_2_an_endpoint_is_found_by_region_region_id_or_wildcard_in_any_form_of_url() {
        let public = |region: &str, url: &str| json!({"interface": "public", "region": region, "region_id": region, "url": url});
        let by_id = json!([{"interface": "public", "region_id": "A", "url": "https://id.example"}]);
        let by_name = json!([{"interface": "public", "region": "A", "region_id": "a1",
                              "url": "https://name.example/v2.0/p1/"}]);
        let wildcard_first =
            json!([public("*", "https://any.example/"), public("A", "https://a.example/lb/v2")]);
        let twice =
            json!([public("A", "https://first.example"), public("A", "https://second.example")]);
        let internal = json!([
            {"interface": "internal", "region": "A", "url": "https://internal.example"},
            {"interface": "public", "region": "A", "url": "https://public.example:9876/v2.0/"},
        ]);
        let nameless = json!([{"interface": "public", "url": "https://nameless.example"}]);
        for (endpoints, region, want) in [
            (&by_id, "A", Some("https://id.example")),
            (&by_name, "A", Some("https://name.example")),
            (&by_name, "a1", Some("https://name.example")),
            (&by_name, "B", None),
            (&wildcard_first, "A", Some("https://a.example/lb")),
            (&wildcard_first, "B", Some("https://any.example")),
            (&twice, "A", Some("https://first.example")),
            (&internal, "A", Some("https://public.example:9876")),
            (&nameless, "", Some("https://nameless.example")),
            (&json!([]), "A", None),
        ] {
            assert_eq!(load_balancer(endpoints, region).as_deref(), want, "{endpoints} {region}");
        }
    }

    #[test]
    fn a_refused_endpoint_is_as_absent() {
        for url in ["http://169.254.169.254/", "http://127.0.0.1:9876", "ftp://a/", "http://u@a/"] {
            let endpoints = json!([{"interface": "public", "region": "A", "url": url}]);
            assert_eq!(load_balancer(&endpoints, "A"), None, "{url}");
        }
    }

    #[test]
    fn a_session_begins_in_a_region_with_load_balancers() {
        let listed: Vec<ListedService> = serde_json::from_value(json!([
            {"type": "network", "endpoints": [
                {"interface": "public", "region": "A", "url": "https://a.example"}]},
            {"type": "load-balancer", "endpoints": [
                {"interface": "public", "region": "*", "url": "https://any.example"},
                {"interface": "public", "region": "B", "url": "https://b.example"},
                {"interface": "public", "region": "C", "url": "https://c.example"}]},
        ]))
        .unwrap();
        let mut config = config::Cloud::default();
        let catalog = Catalog::new(&listed, &config);
        assert_eq!(catalog.regions(), ["B", "C"]);
        assert_eq!(catalog.first_region(&config), "B");
        config.region = Some("C".to_owned());
        assert_eq!(catalog.first_region(&config), "C");
        let none = Catalog::new(&listed[..1], &config);
        config.region = None;
        assert_eq!((none.regions().len(), none.first_region(&config)), (0, "A".to_owned()));
    }
}
