//! What becomes of a task: the text or the file that it is about, what is asked of it, and whether the desk can show it.

use serde_json::Value;
use sheaf_model::{AssetId, Media, Taxonomy};

use super::kind::{Desk, TaskKind};
use super::params::{Params, bad, missing};
use super::{id, taxonomy};
use crate::Result;

/// Characters of a text that a task is about.
const TEXT_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Characters of an attachment that an error shows.
const SHOWN_CHARS_MAX: usize = 300;

/// What a task is about.
#[derive(Debug, PartialEq)]
pub(super) enum About {
    Text(String),
    /// A file of a library.
    File(AssetId),
    /// To be fetched.
    Url(String),
    /// Nothing that the desk shows.
    Apart,
}

pub(super) struct Plan {
    pub(super) about: About,
    pub(super) taxonomy: Taxonomy,
}

impl Plan {
    /// Of what the desk does not show.
    pub(super) fn apart() -> Self {
        Self { about: About::Apart, taxonomy: Taxonomy::default() }
    }
}

/// What a task with these parameters (those of its project below them) is. Missing ones are an error.
pub(super) fn plan(kind: TaskKind, media: Media, params: &Params) -> Result<Plan> {
    let Some(desk) = kind.desk() else { return Ok(Plan::apart()) };
    let needed: &[&str] = match (desk, kind.as_str()) {
        (Desk::Shapes, "imageannotation") => &["attachment", "geometries"],
        (Desk::Shapes, _) => &["attachment", "objects_to_annotate"],
        (Desk::Category, _) => &["attachment", "categories"],
        (Desk::Fields, _) => &["fields"],
        (Desk::Spans, _) => &["text", "labels"],
    };
    if let Some(name) = needed.iter().find(|name| params.get(name).is_none()) {
        return Err(missing(name));
    }
    let taxonomy = taxonomy::wanted(kind, params);
    if taxonomy.labels.is_empty() && taxonomy.fields.is_empty() || kind.media(params) != media {
        return Ok(Plan::apart());
    }
    let about = match desk {
        Desk::Fields => About::Text(collected(params)?),
        Desk::Spans => About::Text(params.text("text").unwrap_or_default().to_owned()),
        Desk::Shapes | Desk::Category => attachment(params, desk, media)?,
    };
    if let About::Text(text) = &about {
        if text.trim().is_empty() {
            return Err(bad("the task has no text: neither an attachment nor a description"));
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err(bad(format!("the text has {} bytes, {TEXT_BYTES_MAX} are the most", text.len())));
        }
    }
    Ok(Plan { about, taxonomy })
}

fn attachment(params: &Params, desk: Desk, media: Media) -> Result<About> {
    let Some(text) = params.text("attachment") else { return Err(bad("`attachment` must be a string")) };
    if desk == Desk::Category && !matches!(params.text("attachment_type"), None | Some("image" | "text")) {
        return Ok(About::Apart);
    }
    if let Some(file) = id::read_address(text) {
        return Ok(About::File(file));
    }
    if media == Media::Text && !is_address(text) {
        return Ok(About::Text(text.to_owned()));
    }
    match sheaf_model::WebhookUrl::fetched(text) {
        Ok(url) => Ok(About::Url(url.as_str().to_owned())),
        Err(why) => Err(bad(format!("the attachment `{}` cannot be fetched: it {why}", shown(text)))),
    }
}

/// Whether a text is nothing but an address. One that has an address in it is a text.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
    ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it)) && !text.contains(char::is_whitespace)
}

/// The beginning of an address, for an error.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text of a text collection: its texts one under the other, and of other attachments the address.
fn collected(params: &Params) -> Result<String> {
    let mut parts = Vec::new();
    for attachment in params.list("attachments") {
        let content = match attachment {
            Value::String(text) => Some(text.as_str()),
            other => other.get("content").and_then(Value::as_str),
        };
        let content = content.ok_or_else(|| bad("an attachment must have `type` and `content`"))?;
        parts.push(content.to_owned());
    }
    if parts.is_empty() {
        let told = ["attachment", "description", "instruction", "title"];
        parts.extend(told.iter().find_map(|name| params.text(name)).map(str::to_owned));
    }
    Ok(parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_fetched_only_when_it_is_nothing_but_an_address() {
        let about = |text: &str| {
            let params =
                json!({ "attachment": text, "attachment_type": "text", "categories": ["spam", "no spam"] });
            let kind = TaskKind::parse("categorization").unwrap();
            plan(kind, Media::Text, &Params::of(params).unwrap()).map(|plan| plan.about)
        };
        for text in [
            "Look at https://a.example/x?y=1",
            "https://a.example/ has it all",
            "https://a.example/\nhttps://b.example/",
            "ftp://a.example/x",
            "see:https://a.example/",
        ] {
            assert_eq!(about(text).unwrap(), About::Text(text.to_owned()));
        }
        for text in ["https://a.example/x.txt", " HTTPS://a.example/x.txt\n", "https://a.example/x.txt#end"] {
            assert_eq!(about(text).unwrap(), About::Url("https://a.example/x.txt".to_owned()), "{text}");
        }
        for wrong in ["https://ann:secret@a.example/", "http://127.1/x", "  "] {
            assert!(about(wrong).is_err(), "{wrong}");
        }
        let long = format!("https://a.example/{}", "x".repeat(9_000));
        assert!(about(&long).err().unwrap().to_string().len() < 500);
    }
}
