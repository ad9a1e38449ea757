//! The OpenAPI document: what the routes say, completed with what is the same for all of them.
//!
//! Completed here, so that no route repeats it: path parameters, the error answer, tags, the ways to log in, and that
//! a field of an answer is always sent.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{api, scale};

/// The document of this version of the API.
pub fn openapi() -> Value {
    finish(api::routes().into_openapi())
}

pub(crate) fn finish(document: utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["info"] = json!({
        "title": "Sheaf",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "The API of Sheaf, a self-hosted data-labelling desk. Programs send an API key as a bearer token; \
                        browsers have a session cookie. What the caller may not see is 404.",
    });
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer" },
        "key_as_user_name": { "type": "http", "scheme": "basic" },
        "session": { "type": "apiKey", "in": "cookie", "name": "sheaf_session" },
    });
    document["security"] = json!([{ "key": [] }, { "key_as_user_name": [] }, { "session": [] }]);
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in entries(&mut document["paths"]) {
        for (_, operation) in entries(item) {
            complete(path, operation);
            references(&operation["requestBody"], &mut asked);
            references(&operation["responses"], &mut answered);
        }
    }
    let schemas = document["components"]["schemas"].clone();
    close(&schemas, &mut asked);
    close(&schemas, &mut answered);
    for (name, schema) in entries(&mut document["components"]["schemas"]) {
        if answered.contains(name) && !asked.contains(name) {
            require_all(schema);
        }
    }
    document
}

fn entries(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(Map::iter_mut)
}

fn complete(path: &str, operation: &mut Value) {
    operation["tags"] = json!([tag(path)]);
    let name = if scale::is_scale(path) { "ScaleError" } else { "ErrorBody" };
    operation["responses"]["default"] = json!({
        "description": "Every error",
        "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } },
    });
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let declared: Vec<String> = parameters
        .iter()
        .filter(|p| p["in"] == "path")
        .filter_map(|p| p["name"].as_str().map(Into::into))
        .collect();
    let missing = template(path).filter(|name| !declared.iter().any(|known| known == name));
    let ids: Vec<Value> = missing
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.splice(0..0, ids);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
}

/// Names in the braces of a path.
fn template(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.trim_start_matches('*'))
}

/// The resource that a path is about: `/api/projects/{project}/members/{user}` is about members.
fn tag(path: &str) -> &str {
    if scale::is_scale(path) {
        return "scale";
    }
    let inner = path.strip_prefix("/api/projects/{project}/").or_else(|| path.strip_prefix("/api/"));
    inner.and_then(|rest| rest.split('/').next()).unwrap_or("other")
}

/// Collects the schemas that a value names.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) =
                map.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next())
            {
                into.insert(name.to_owned());
            }
            map.values().for_each(|inner| references(inner, into));
        }
        Value::Array(list) => list.iter().for_each(|inner| references(inner, into)),
        _ => {}
    }
}

/// Adds what the named schemas name in turn.
fn close(schemas: &Value, names: &mut BTreeSet<String>) {
    let mut open: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut inner = BTreeSet::new();
        references(&schemas[&name], &mut inner);
        open.extend(inner.into_iter().filter(|name| names.insert(name.clone())));
    }
}

/// Marks every field of an object as sent, also of the objects inside it.
fn require_all(schema: &mut Value) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(require_all);
        let names: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
        schema["required"] = names.into();
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        if let Some(parts) = schema.get_mut(word).and_then(Value::as_array_mut) {
            parts.iter_mut().for_each(require_all);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        require_all(items);
    }
}
