//! The committed OpenAPI document is the one that the routes make. `UPDATE_SNAPSHOTS=1 cargo test` writes it anew.

use std::path::Path;

use serde_json::Value;

use crate::harness::TestServer;

#[test]
fn the_committed_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = serde_json::to_string_pretty(&sheaf_server::openapi()).unwrap() + "\n";
    #[expect(clippy::disallowed_methods, reason = "how a developer asks for the snapshot to be written")]
    if std::env::var("UPDATE_SNAPSHOTS").is_ok() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "docs/openapi.json is stale: run the tests with UPDATE_SNAPSHOTS=1 and look at the diff"
    );
}

#[tokio::test]
async fn the_document_is_served_and_readable() {
    let anonymous = TestServer::start().anonymous();
    assert_eq!(anonymous.get("/api/openapi.json").await.is(200), sheaf_server::openapi());
    let page = anonymous.get("/api/docs").await;
    page.is(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let text = page.text();
    for path in sheaf_server::openapi()["paths"].as_object().unwrap().keys() {
        assert!(text.contains(path), "{path}");
    }
    assert!(!text.contains("<script"));
}

#[test]
fn every_operation_is_described_and_named_once() {
    let document = sheaf_server::openapi();
    let mut names = std::collections::HashSet::new();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{at} has no doc comment");
        assert!(names.insert(operation["operationId"].to_string()), "{at}: operation id is used twice");
        assert!(operation["responses"].get("default").is_some(), "{at}");
    }
}

#[test]
fn answers_are_complete_and_requests_say_what_may_be_left_out() {
    let document = sheaf_server::openapi();
    let required = |name: &str, field: &str| {
        let schema = &document["components"]["schemas"][name];
        let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        parts.iter().any(|part| part["required"].as_array().is_some_and(|all| all.contains(&field.into())))
    };
    for (name, field) in [
        ("Session", "user"),
        ("ErrorDetail", "hint"),
        ("Invitation", "email"),
        ("ApiKey", "revoked_at"),
        ("NewApiKey", "secret"),
        ("Project", "attribution"),
        ("ProjectDetail", "counts"),
        ("TaxonomyVersion", "taxonomy"),
        ("Taxonomy", "labels"),
        ("CreateProject", "media"),
    ] {
        assert!(required(name, field), "{name}.{field} is always there");
    }
    for (name, field) in
        [("CreateProject", "instructions"), ("ChangeUser", "disabled"), ("TaxonomyLabel", "hotkey")]
    {
        assert!(!required(name, field), "{name}.{field} may be left out");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value, at: &str) {
        match value {
            Value::Object(map) => {
                if let Some(name) = map.get("$ref").and_then(Value::as_str) {
                    let name = name.strip_prefix("#/components/schemas/").unwrap_or_default();
                    let known = document["components"]["schemas"].get(name).is_some();
                    assert!(
                        known,
                        "{at}: `{name}` is not in the document; in parameters write #[param(inline)]"
                    );
                    let first = name.chars().next().unwrap_or_default();
                    assert!(
                        first.is_uppercase(),
                        "{at}: `{name}` is an alias; write its #[schema(value_type)]"
                    );
                }
                assert!(map.get("properties").is_none_or(Value::is_object), "{at}: {value}");
                map.iter().for_each(|(key, inner)| check(document, inner, &format!("{at}/{key}")));
            }
            Value::Array(list) => list.iter().for_each(|inner| check(document, inner, at)),
            _ => {}
        }
    }
    let document = sheaf_server::openapi();
    check(&document, &document, "");
}

/// Path, method and description of every operation.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, String, &Value)> {
    document["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (path.as_str(), method.to_uppercase(), operation))
    })
}
