//! A secret belongs to its creator alone. The tests try every way around that.

use crate::common::{
    Client, TestServer,
    barbican::{SECRETS, bundle},
    send,
    stream::Stream,
};
use lb_portal_server::{
    auth,
    certificates::Stored,
    change::Change,
    secrets::{self, CertificateId, PayloadError},
};
use openstack_types::{
    ProjectId,
    portal::{Event, EventAction, EventKind},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

const NAME: &str = "mias-certificate";
const PAYLOAD: &[u8] = b"mias private key, her very own";
const WORD: &str = "mias-word";

struct People {
    server: TestServer,
    mia: Client,
    /// Clients that may not use mia's secrets, with their names.
    others: Vec<(&'static str, Client)>,
    ours: ProjectId,
    theirs: ProjectId,
}

impl People {
    async fn gather() -> Self {
        let server = TestServer::start().await;
        let ours = server.add_project("ours").await;
        let theirs = server.add_project("theirs").await;
        let mia = server.add_user("mia", "ours", &["member"]).await;
        server.add_user("max", "ours", &["member"]).await;
        server.add_user("tom", "ours", &["manager"]).await;
        server.add_user("rita", "ours", &["reader"]).await;
        server.add_user("ada", "ours", &["admin", "manager"]).await;
        server.add_user("bob", "theirs", &["manager"]).await;
        give_role(&server, &mia.0, "theirs", "manager").await;
        let others = vec![
            ("another member", server.sign_in("max", "ours").await),
            ("the tenant admin", server.sign_in("tom", "ours").await),
            ("a reader", server.sign_in("rita", "ours").await),
            ("an admin of the project", server.sign_in("ada", "ours").await),
            ("the admin", server.admin().await),
            ("another project's manager", server.sign_in("bob", "theirs").await),
            ("mia in another project", server.sign_in("mia", "theirs").await),
        ];
        let mia = server.sign_in("mia", "ours").await;
        Self { server, mia, others, ours, theirs }
    }

    /// A secret of mia with metadata, consumers, and an ACL that shares it with everybody.
    async fn shared_secret(&self) -> String {
        let id = self.mia.store(NAME, PAYLOAD).await;
        let at = |rest: &str| format!("{SECRETS}/{id}/{rest}");
        let everybody = self
            .server
            .app
            .store
            .read(|db| {
                let mut all = db.prepare("SELECT id FROM user")?;
                let ids = all.query_map([], |row| row.get(0))?;
                ids.collect::<Result<Vec<String>, _>>()
            })
            .await
            .unwrap();
        let acl = json!({"read": {"project-access": true, "users": everybody}});
        assert_eq!(self.mia.put(&at("acl"), acl).await.status, StatusCode::OK);
        let words = json!({"metadata": {"description": WORD}});
        assert_eq!(self.mia.put(&at("metadata"), words).await.status, StatusCode::CREATED);
        let consumer = json!({"service": "s", "resource_type": "t", "resource_id": WORD});
        assert_eq!(self.mia.post(&at("consumers"), consumer).await.status, StatusCode::OK);
        id
    }
}

async fn give_role(server: &TestServer, user: &str, project: &'static str, role: &'static str) {
    let user = openstack_types::UserId(user.to_owned());
    server
        .app
        .store
        .write(move |tx| {
            use lb_portal_server::store::{projects, roles};
            let project = projects::by_name(tx, project)?.unwrap();
            assert!(roles::assign(tx, &user, &project.id, role)?);
            Ok::<_, rusqlite::Error>(())
        })
        .await
        .unwrap();
}

/// Every request on a secret, with Barbican's name of the action.
fn doors(id: &str) -> Vec<(Method, String, Option<Value>, &'static str)> {
    let at = |rest: &str| format!("{SECRETS}/{id}{rest}");
    let acl = json!({"read": {"project-access": true}});
    let word = json!({"key": "description", "value": "another"});
    let consumer = json!({"service": "s", "resource_type": "t", "resource_id": WORD});
    vec![
        (Method::GET, at(""), None, "Secret retrieval"),
        (Method::PUT, at(""), Some(json!("x")), "Secret update"),
        (Method::DELETE, at(""), None, "Secret deletion"),
        (Method::DELETE, at("?force=1"), None, "Secret deletion"),
        (Method::GET, at("/payload"), None, "Secret payload retrieval"),
        (Method::GET, at("/acl"), None, "SecretACL(s) retrieval"),
        (Method::PUT, at("/acl"), Some(acl.clone()), "SecretACL(s) Update"),
        (Method::PATCH, at("/acl"), Some(acl), "SecretACL(s) Update"),
        (Method::DELETE, at("/acl"), None, "SecretACL(s) deletion"),
        (Method::GET, at("/metadata"), None, "Secret metadata retrieval"),
        (Method::PUT, at("/metadata"), Some(json!({"metadata": {}})), "Secret metadata creation"),
        (Method::POST, at("/metadata"), Some(word.clone()), "Secret metadatum creation"),
        (Method::GET, at("/metadata/description"), None, "Secret metadatum retrieval"),
        (Method::PUT, at("/metadata/description"), Some(word), "Secret metadatum update"),
        (Method::DELETE, at("/metadata/description"), None, "Secret metadatum removal"),
        (Method::GET, at("/consumers"), None, "SecretConsumers(s) retrieval"),
        (Method::POST, at("/consumers"), Some(consumer.clone()), "SecretConsumer creation"),
        (Method::DELETE, at("/consumers"), Some(consumer), "SecretConsumer deletion"),
    ]
}

/// Everything that the creator of a secret can read of it.
async fn whole(mia: &Client, id: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    for rest in ["", "/acl", "/metadata", "/consumers"] {
        let answer = mia.get(&format!("{SECRETS}/{id}{rest}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{rest}");
        seen.push(answer.body);
    }
    let payload = mia.get_as(&format!("{SECRETS}/{id}/payload"), "*/*").await;
    assert_eq!(payload.bytes().await.unwrap(), PAYLOAD);
    seen
}

fn assert_reveals_nothing(who: &str, what: &str, text: &str) {
    let hidden = String::from_utf8(PAYLOAD.to_vec()).unwrap();
    for hidden in [NAME, WORD, &hidden] {
        assert!(!text.contains(hidden), "{who}, {what}: {text}");
    }
}

#[tokio::test]
async fn every_request_of_others_is_refused() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    let before = whole(&people.mia, &id).await;
    for (who, client) in &people.others {
        for (method, path, body, operation) in doors(&id) {
            for accept in ["application/json", "application/octet-stream", "text/plain", "*/*"] {
                let mut request = client.request(method.clone(), &path).header("accept", accept);
                if let Some(body) = &body {
                    request = request.json(body);
                }
                let answer = send(request).await;
                let text = answer.body.to_string();
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who}: {method} {path}: {text}");
                assert!(
                    text.contains("attempt not allowed") && text.contains(operation),
                    "{who}: {method} {path}: {text}"
                );
                assert_reveals_nothing(who, &path, &text);
            }
        }
    }
    assert_eq!(whole(&people.mia, &id).await, before, "nothing changed");
}

#[tokio::test]
async fn a_token_without_a_project_is_refused() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    let unscoped = people
        .server
        .anonymous()
        .authenticate("mia", crate::common::PASSWORD, Some(json!("unscoped")))
        .await;
    let token = unscoped.headers["x-subject-token"].to_str().unwrap().to_owned();
    let anonymous = people.server.anonymous();
    for client in [Client { token: Some(token), ..anonymous.clone() }, anonymous] {
        let list = (Method::GET, SECRETS.to_owned(), None, "");
        let create = (Method::POST, SECRETS.to_owned(), Some(bundle("x", b"x")), "");
        for (method, path, body, _) in doors(&id).into_iter().chain([list, create]) {
            let mut request = client.request(method.clone(), &path);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer = send(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn lists_and_totals_contain_own_secrets_only() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    for (who, client) in &people.others {
        for query in [
            "",
            "limit=100",
            "limit=1&offset=0",
            "offset=1",
            "name=mias-certificate",
            "name=%25",
            "sort=name:desc",
            "acl_only=true",
            "acl_only=True&limit=100",
            "secret_type=opaque",
            "created=gt:2000-01-01",
            "expiration=gt:2000-01-01",
            "all_projects=true",
            "project_id=ours",
        ] {
            let answer = client.get(&format!("{SECRETS}?{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{who}: {}", answer.body);
            assert_eq!(answer.body, json!({"secrets": [], "total": 0}), "{who}: {query}");
        }
    }
    let max = &people.others[0].1;
    let own = max.store("maxs", b"x").await;
    let list = max.get(SECRETS).await.body;
    assert_eq!(list["total"], 1);
    assert!(list["secrets"][0]["secret_ref"].as_str().unwrap().ends_with(&own));
    let list = people.mia.get(SECRETS).await.body;
    assert_eq!(list["total"], 1);
    assert!(list["secrets"][0]["secret_ref"].as_str().unwrap().ends_with(&id));
}

#[tokio::test]
async fn a_reader_cannot_store_a_secret() {
    let people = People::gather().await;
    let rita = &people.others[2].1;
    let answer = rita.post(SECRETS, bundle("x", b"x")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = rita.post(SECRETS, json!({"name": "empty"})).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(rita.get(SECRETS).await.body["total"], 0);
}

#[tokio::test]
async fn a_member_who_becomes_a_reader_can_only_read() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    let statement =
        "UPDATE OR IGNORE role_assignment SET role_id = (SELECT id FROM role WHERE name = 'reader')
                 WHERE user_id = (SELECT id FROM user WHERE name = 'mia')";
    people.server.sql(statement, []).await.unwrap();
    for (method, path, body, _) in doors(&id) {
        let looks = method == Method::GET && !path.ends_with("/payload");
        let mut request = people.mia.request(method.clone(), &path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let status = send(request).await.status;
        let wanted = if looks { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status, wanted, "{method} {path}");
    }
    let by_type = people.mia.get_as(&format!("{SECRETS}/{id}"), "application/octet-stream").await;
    assert_eq!(by_type.status(), StatusCode::FORBIDDEN, "the old way to a payload");
}

#[tokio::test]
async fn a_user_without_a_role_has_no_access() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    let statement =
        "DELETE FROM role_assignment WHERE user_id = (SELECT id FROM user WHERE name = 'mia')
                 AND project_id = (SELECT id FROM project WHERE name = 'ours')";
    people.server.sql(statement, []).await.unwrap();
    for path in [SECRETS.to_owned(), format!("{SECRETS}/{id}"), format!("{SECRETS}/{id}/payload")] {
        let status = people.mia.get(&path).await.status;
        assert!(
            matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED),
            "{path}: {status}"
        );
    }
}

#[tokio::test]
async fn only_the_creator_receives_events() {
    let people = People::gather().await;
    let mut mia_hears = Stream::open(&people.mia).await;
    let mut others_hear = Vec::new();
    for (who, client) in &people.others {
        others_hear.push((*who, Stream::open(client).await));
    }
    let id = people.shared_secret().await;
    assert_eq!(people.mia.delete(&format!("{SECRETS}/{id}")).await.status, StatusCode::NO_CONTENT);
    for action in ["created", "updated", "updated", "updated", "deleted"] {
        let (name, data) = mia_hears.next().await.unwrap();
        assert_eq!((name.as_str(), &data["action"]), ("change", &json!(action)));
        assert_eq!((&data["kind"], &data["id"]), (&json!("secret"), &json!(id)));
        assert_reveals_nothing("an event", action, &data.to_string());
    }
    // The next event of the others is about a later change.
    for (who, hears) in &mut others_hear {
        let project = if matches!(*who, "another project's manager" | "mia in another project") {
            &people.theirs
        } else {
            &people.ours
        };
        let max = people.server.app.store.read(|db| {
            db.query_row("SELECT id FROM user WHERE name = 'max'", [], |row| row.get(0))
        });
        let owner = openstack_types::UserId(max.await.map_err(|e: rusqlite::Error| e).unwrap());
        let event = Event {
            kind: EventKind::LoadBalancer,
            action: EventAction::Status,
            id: Uuid::new_v4(),
            loadbalancer_id: None,
            project_id: project.clone(),
            provisioning_status: None,
            operating_status: None,
            updated_at: None,
            reason: None,
            since: None,
        };
        let later = event.id;
        people.server.app.events.publish(Change { event, owner: Some(owner) });
        loop {
            let (_, data) = hears.next().await.unwrap();
            assert_eq!(data["kind"], "loadbalancer", "{who} received {data}");
            if data["id"] == later.to_string() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_listener_can_use_own_secrets_only() {
    let people = People::gather().await;
    let id = people.shared_secret().await;
    let reference = format!("https://another.name/key-manager/v1/secrets/{id}");
    let app = people.server.app.clone();
    let given = async |client: &Client, reference: &str| {
        let token = client.token.clone().unwrap();
        let caller = auth::authenticate(&app, &token).await.unwrap().unwrap();
        let (inner, reference) = (app.clone(), reference.to_owned());
        app.store
            .read(move |db| {
                Ok::<_, rusqlite::Error>(secrets::certificate_of_ref(
                    db,
                    &inner.vault,
                    &caller,
                    &reference,
                ))
            })
            .await
            .unwrap()
    };
    let (found, Stored::Bundle(payload)) = given(&people.mia, &reference).await.unwrap() else {
        panic!("not a bundle")
    };
    assert_eq!(found, CertificateId::Secret(id.parse().unwrap()));
    assert_eq!(payload.as_slice(), PAYLOAD);
    for (who, client) in &people.others {
        let refused = given(client, &reference).await;
        assert!(matches!(refused, Err(PayloadError::NotFound)), "{who}");
    }
    let empty = people.mia.post(SECRETS, json!({"name": "empty"})).await.body;
    for nothing in [
        empty["secret_ref"].as_str().unwrap().to_owned(),
        format!("https://h/v1/containers/{id}"),
        format!("https://h/v1/secrets/{}", Uuid::new_v4()),
        id,
    ] {
        let refused = given(&people.mia, &nothing).await;
        assert!(matches!(refused, Err(PayloadError::NotFound)), "{nothing}");
    }
}
