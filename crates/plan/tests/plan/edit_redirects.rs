//! The requests of edits of redirects from HTTP to HTTPS.

use crate::support::{
    cloud::{Cloud, execute},
    examples::{call_names, calls, edited, web_load_balancer},
};
use openstack_types::{field::FieldError, octavia::ListenerProtocol};
use plan::{Draft, Edit, FieldPath, ListenerField};

fn redirected(draft: &mut Draft, to: Option<&str>) {
    let listener = draft.listeners[0].key;
    draft.set_redirect(listener, to.map(str::to_owned));
}

#[test]
fn a_redirect_to_https_is_created_changed_and_removed() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some(" www.example.com/ "));
    assert_eq!(call_names(&edit, &draft), ["POST /l7policies", "POST /l7policies/rules"]);
    let policy = &calls(&edit, &draft)[0].1["l7policy"];
    assert_eq!(policy["redirect_prefix"], "https://www.example.com");
    assert_eq!(policy["action"], "REDIRECT_PREFIX");
    for (wrong, error) in
        [("", FieldError::Required), ("https://www.example.com code 200", FieldError::NotAUrl)]
    {
        redirected(&mut draft, Some(wrong));
        let listener = draft.listeners[0].key;
        let at = FieldPath::Listener { listener, field: ListenerField::Redirect };
        assert_eq!(edit.check(&draft), [(at, error)], "{wrong}");
    }

    let redirected_graph =
        edited(&web_load_balancer(), |draft| redirected(draft, Some("www.example.com")));
    let edit = Edit::new(redirected_graph);
    let mut draft = edit.base_draft().clone();
    assert_eq!(draft.listeners[0].redirect(), Some("https://www.example.com"));
    redirected(&mut draft, Some("https://www.example.com:8443"));
    assert_eq!(call_names(&edit, &draft), ["PUT /l7policies"]);
    redirected(&mut draft, None);
    assert_eq!(call_names(&edit, &draft), ["DELETE /l7policies"]);
    // Deleting the listener deletes its redirect.
    draft.listeners.clear();
    assert_eq!(call_names(&edit, &draft), ["DELETE /listeners"]);
}

#[test]
fn a_redirect_is_created_after_and_removed_before_the_listener_it_leads_to() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some("www.example.com"));
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.protocol = ListenerProtocol::TerminatedHttps;
    listener.certificate = Some("https://k/v1/secrets/a".into());
    listener.port = "443".into();
    assert_eq!(
        call_names(&edit, &draft),
        ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]
    );
    let resolved = edit.resolve(&draft).unwrap();
    let mut cloud = Cloud::new(web_load_balancer());
    execute(&mut cloud, &edit, resolved.plan(), 9, |_| {});
    let edit = Edit::new(cloud.graph);
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, None);
    draft.listeners.truncate(1);
    assert_eq!(call_names(&edit, &draft), ["DELETE /l7policies", "DELETE /listeners"]);
}

#[test]
fn the_redirect_of_a_new_listener_is_a_separate_step() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let key = draft.add_listener();
    draft.set_protocol(key, ListenerProtocol::Http);
    draft.listener_mut(key).unwrap().port = "8080".into();
    draft.set_redirect(key, Some("www.example.com".into()));
    let all = calls(&edit, &draft);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]);
    assert_eq!(all[0].1["listener"].get("l7policies"), None);
    assert_eq!(all[1].1["l7policy"]["listener_id"], "00000000-0000-4000-8000-00000000feed");
}
