//! `/api/openapi.json`, and `/api/docs`: the same as a page to read, made here without any script.

use std::fmt::Write;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use serde_json::{Map, Value};

use crate::Site;

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
nav a { margin-right: 1rem; }
h2 { border-bottom: 1px solid #8886; padding-bottom: .25rem; margin-top: 3rem; text-transform: capitalize; }
article { margin: 1.5rem 0; }
h3 { margin: 0; font: 600 1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 4.5rem; }
p { margin: .25rem 0; }
table { border-collapse: collapse; margin: .5rem 0; }
td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
small { opacity: .75; }
";

pub(crate) fn routes(document: &Value) -> Router<Site> {
    let json = Bytes::from(serde_json::to_vec_pretty(document).unwrap_or_default());
    let page = page(document);
    Router::new()
        .route(
            "/api/openapi.json",
            get(move || {
                let json = json.clone();
                async move { ([(header::CONTENT_TYPE, "application/json")], json).into_response() }
            }),
        )
        .route(
            "/api/docs",
            get(move || {
                let page = page.clone();
                async move { Html(page) }
            }),
        )
}

fn page(document: &Value) -> String {
    let mut sections: Map<String, Value> = Map::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            let tag = operation["tags"][0].as_str().unwrap_or("other");
            let text = operation_text(path, method, operation);
            let section = sections.entry(tag).or_insert_with(|| Value::String(String::new()));
            *section = Value::String(section.as_str().unwrap_or_default().to_owned() + &text);
        }
    }
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Sheaf API</title><style>{STYLE}</style><h1>Sheaf API</h1><p>{}</p>\
         <p><a href=\"/api/openapi.json\">OpenAPI document</a></p><nav>",
        escape(document["info"]["description"].as_str().unwrap_or_default())
    );
    for tag in sections.keys() {
        let tag = escape(tag);
        let _ = write!(out, "<a href=\"#{tag}\">{tag}</a>");
    }
    out.push_str("<a href=\"#schemas\">schemas</a></nav>");
    for (tag, text) in &sections {
        let tag = escape(tag);
        let _ = write!(out, "<h2 id=\"{tag}\">{tag}</h2>{}", text.as_str().unwrap_or_default());
    }
    out.push_str("<h2 id=\"schemas\">schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let name = escape(name);
        let _ = write!(out, "<article id=\"schema-{name}\"><h3>{name}</h3>{}</article>", schema_text(schema));
    }
    out
}

fn operation_text(path: &str, method: &str, operation: &Value) -> String {
    let mut out = format!(
        "<article><h3><b>{}</b> {}</h3><p>{}</p><table>",
        escape(&method.to_uppercase()),
        escape(path),
        escape(operation["summary"].as_str().unwrap_or_default()),
    );
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let need = if parameter["required"] == true { "" } else { " (optional)" };
        row(
            &mut out,
            &format!(
                "{} {}{need}",
                parameter["in"].as_str().unwrap_or_default(),
                parameter["name"].as_str().unwrap_or_default()
            ),
            &type_text(&parameter["schema"]),
            parameter["description"].as_str().unwrap_or_default(),
        );
    }
    for (kind, content) in members(&operation["requestBody"]["content"]) {
        row(&mut out, "body", &type_text(&content["schema"]), kind);
    }
    for (status, response) in members(&operation["responses"]) {
        if status == "default" {
            continue;
        }
        let content = members(&response["content"]).next();
        let (kind, schema) = content
            .map_or(("", "nothing".to_owned()), |(kind, body)| (kind.as_str(), type_text(&body["schema"])));
        row(&mut out, status, &schema, kind);
    }
    out + "</table></article>"
}

fn schema_text(schema: &Value) -> String {
    let mut out = format!("<p>{}</p><table>", escape(schema["description"].as_str().unwrap_or_default()));
    fields(&mut out, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if part.get("$ref").is_some() {
            row(&mut out, "all of", &type_text(part), "");
        }
        fields(&mut out, part);
    }
    if schema.get("properties").is_none() && schema.get("allOf").is_none() {
        row(&mut out, "", &type_text(schema), "");
    }
    out + "</table>"
}

fn fields(out: &mut String, schema: &Value) {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in members(&schema["properties"]) {
        let need = if required.contains(&name.as_str()) { "" } else { " (optional)" };
        row(
            out,
            &format!("{name}{need}"),
            &type_text(field),
            field["description"].as_str().unwrap_or_default(),
        );
    }
}

fn row(out: &mut String, name: &str, kind: &str, text: &str) {
    let _ = write!(
        out,
        "<tr><td><code>{}</code><td><code>{kind}</code><td><small>{}</small>",
        escape(name),
        escape(text)
    );
}

/// A type in one line; schemas are links.
fn type_text(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[word].as_array() {
            return parts.iter().map(type_text).collect::<Vec<_>>().join(" | ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return escape(&values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | "));
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("{}[]", type_text(&schema["items"])),
        Value::String(kind) => escape(kind),
        Value::Array(kinds) => {
            let one = |kind: &Value| match kind.as_str() {
                Some("array") => format!("{}[]", type_text(&schema["items"])),
                other => escape(other.unwrap_or_default()),
            };
            kinds.iter().map(one).collect::<Vec<_>>().join(" | ")
        }
        _ => "any".to_owned(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
