//! API keys.

use claudebench_core::{Code, Scope};
use claudebench_services::key::Presented;
use serde_json::json;

use crate::server::{Server, somebody, text_of};

#[tokio::test]
async fn a_key_is_shown_once_and_opens_until_it_is_revoked() {
    let server = Server::new();
    let params = json!({
        "name": "ci", "scopes": ["tasks:work", "tasks:read", "tasks:work"], "forMs": 60_000,
        "idempotencyKey": "k",
    });
    let made = server.ok("key.create", params.clone()).await;
    assert_eq!(made["scopes"], json!(["tasks:read", "tasks:work"]));
    assert_eq!(made["expiresAt"], "2025-11-23T16:01:00.000Z");
    let (id, text) = (text_of(&made["id"]), text_of(&made["key"]));
    assert!(text.starts_with(&format!("cb_{id}_")));
    let again = server.ok("key.create", params).await;
    assert_eq!((&again["id"], &again["key"]), (&made["id"], &json!(null)), "shown once");

    let listed = server.ok("key.list", json!({})).await;
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(&text[20..]), "no secret is listed");
    let rows = server.shared.store.keys(None).await.unwrap();
    let principal = Presented::read(&text).unwrap().opens(&rows[0], server.shared.clock.now());
    assert!(principal.unwrap().scopes.allow(Scope::TasksWork));

    assert_eq!(server.ok("key.revoke", json!({"id": id})).await["revoked"], true);
    assert!(server.shared.store.keys(None).await.unwrap().is_empty());
    server.refuses(Code::NotFound, "key.revoke", json!({"id": id})).await;
}

#[tokio::test]
async fn a_tenant_looks_after_its_own_keys_only() {
    let server = Server::new();
    let ours = server.ok("key.create", json!({"name": "a", "scopes": ["admin"]})).await;
    let theirs =
        server.ok("key.create", json!({"name": "b", "scopes": ["admin"], "tenant": "acme"})).await;
    let rows = server.shared.store.keys(None).await.unwrap();
    let acme = rows.iter().find(|row| row.tenant_name == "acme").unwrap();
    let mut them = somebody(acme.tenant.0, &[Scope::Admin]);
    them.tenant_name = "acme".into();
    let listed = server.call_as(them.clone(), "key.list", json!({})).await.unwrap();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
    assert_eq!(listed["keys"][0]["id"], theirs["id"]);
    let revoke = server.call_as(them.clone(), "key.revoke", json!({"id": ours["id"]})).await;
    assert_eq!(revoke.unwrap_err().code, Code::NotFound);
    let grab = json!({"name": "c", "scopes": ["admin"], "tenant": "default"});
    let grab = server.call_as(them, "key.create", grab).await;
    assert_eq!(grab.unwrap_err().code, Code::Forbidden);
    let all = server.ok("key.list", json!({})).await;
    assert_eq!(all["keys"].as_array().unwrap().len(), 2);
    server.ok("key.revoke", json!({"id": theirs["id"]})).await;
}

#[tokio::test]
async fn a_key_has_scopes_and_ends_in_the_future() {
    let server = Server::new();
    for wrong in [
        json!({"name": "a", "scopes": []}),
        json!({"name": "a", "scopes": ["everything"]}),
        json!({"name": "a", "scopes": ["admin"], "expiresAt": "2020-01-01T00:00:00Z"}),
        json!({"scopes": ["admin"]}),
    ] {
        server.refuses(Code::InvalidParams, "key.create", wrong).await;
    }
}
