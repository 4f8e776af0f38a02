//! Conditions on client certificates: what `l7::evaluate` predicts with and without one.

use super::{convert::policies, generate};
use crate::support::{
    tls::{Authority, tls},
    *,
};
use engine::spec::*;
use l7::{ClientCertificate, Outcome, Request};
use openstack_types::{L7RuleId, octavia::ClientCertificateHeader};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use rcgen::{CertificateParams, DnType};
use uuid::Uuid;

const NAME: &str = "www.example.com";
const FIRST_PORT: u16 = 8443;
const LISTENERS: usize = 60;
/// Those whose values are known.
const INSERTED: [ClientCertificateHeader; 3] = [
    ClientCertificateHeader::Verify,
    ClientCertificateHeader::HasCert,
    ClientCertificateHeader::Cn,
];

fn rule() -> impl Strategy<Value = RuleSpec> {
    let part = prop_oneof![
        Just(RulePart::ClientHasCertificate),
        select(vec![0, 10, 18]).prop_map(RulePart::ClientVerifyResult),
        select(vec!["CN", "O", "OU", "cn"])
            .prop_map(|name| RulePart::ClientDn(name.parse().unwrap())),
        select(INSERTED.to_vec())
            .prop_map(|header| { RulePart::Header(header.name().parse().unwrap()) }),
    ];
    let compare = select(vec![
        Comparison::EqualTo,
        Comparison::StartsWith,
        Comparison::EndsWith,
        Comparison::Contains,
        Comparison::Regex,
    ]);
    let value =
        select(vec!["alice", "Example, Inc.", "a", "Example", "[a-z]+$", "0", "1", "forged"]);
    (any::<u128>(), part, compare, value, any::<bool>()).prop_map(
        |(id, part, compare, value, invert)| {
            // Only a text can be compared in other ways. The number is in the value, as in the API.
            let (compare, value) = match &part {
                RulePart::ClientVerifyResult(result) => (Comparison::EqualTo, result.to_string()),
                RulePart::ClientHasCertificate => (Comparison::EqualTo, "True".to_owned()),
                _ => (compare, value.to_owned()),
            };
            let value = value.parse().unwrap();
            RuleSpec { id: L7RuleId(Uuid::from_u128(id)), part, compare, value, invert }
        },
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_decides_about_client_certificates_as_evaluated() {
    let mut random = TestRunner::default();
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let (servers, clients) = (Authority::new(), Authority::new());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, "Example, Inc.");
    params.distinguished_name.push(DnType::CommonName, "alice");
    let alice = clients.issue_for(params);
    let mut settings = tls(&servers.issue(NAME));
    let verification = PeerVerification { authorities: clients.pem(), revocation_lists: None };
    settings.client_authentication =
        Some(ClientAuthentication { is_required: false, verification });
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners = (FIRST_PORT..)
        .take(LISTENERS)
        .map(|port| {
            let mode = ListenerMode::TerminatedHttps(settings.clone());
            let mut listener = listener(mode, port, Some(spec.pools[0].id));
            listener.insert_headers.client_certificate = INSERTED.into_iter().collect();
            let rules = generate(&mut random, vec(rule(), 1..3));
            listener.policies =
                vec![PolicySpec { id: Uuid::new_v4().into(), action: PolicyAction::Reject, rules }];
            listener
        })
        .collect();
    fixture.apply(&spec).await.unwrap();

    let subject = [("O", "Example, Inc."), ("CN", "alice")];
    let subject = subject.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let certificate = ClientCertificate { verify_result: 0, subject };
    for (client, client_certificate) in
        [(servers.client(&[]), None), (servers.client_with(&[], Some(&alice)), Some(certificate))]
    {
        let mut request = Request {
            path: "/".to_owned(),
            headers: [("Host", "test"), ("x_ssl_client_cn", "forged")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            tls: true,
            client_certificate,
            ..Request::default()
        };
        request.insert_certificate_headers(INSERTED.map(ClientCertificateHeader::name));
        for listener in &spec.listeners {
            let policies = policies(&listener.policies);
            let decision = l7::evaluate(&request, &policies);
            let expected = match decision.outcome {
                Outcome::DefaultPool => 200,
                Outcome::Reject(_) => 403,
                other => panic!("{other:?}"),
            };
            let mut connection = client.connect((spec.vip, listener.port), NAME).await.unwrap();
            let response = connection
                .get("/", "x_ssl_client_cn: forged\r\nConnection: close\r\n")
                .await
                .unwrap();
            assert_eq!(response.status, expected, "{request:#?}\n{policies:#?}");
        }
    }
    fixture.finish().await;
}
