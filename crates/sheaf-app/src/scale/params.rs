//! Parameters of tasks and projects: a JSON object, read with care.

use serde_json::{Map, Value};

use crate::{Error, Result};

/// Characters of metadata, as Scale has it.
const METADATA_BYTES_MAX: usize = 10 * 1024;
pub(super) const TAGS_MAX: usize = 5;
const TAG_CHARS_MAX: usize = 200;
const UNIQUE_ID_CHARS_MAX: usize = 500;

#[derive(Debug, Clone, Default)]
pub(super) struct Params(pub(super) Map<String, Value>);

impl Params {
    pub(super) fn of(value: Value) -> Result<Self> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::Object(map) => Ok(Self(map)),
            _ => Err(bad("the body must be a JSON object")),
        }
    }

    pub(super) fn stored(text: &str) -> Result<Self> {
        Ok(Self(sheaf_store::sql::from_json(text)?))
    }

    pub(super) fn to_text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Takes a field out; what is null is not there.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text out; empty is not there.
    pub(super) fn take_text(&mut self, name: &str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(bad(format!("`{name}` must be a string"))),
        }
    }

    pub(super) fn take_bool(&mut self, name: &str) -> Result<bool> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(yes)) => Ok(yes),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(bad(format!("`{name}` must be true or false"))),
        }
    }

    pub(super) fn take_int(&mut self, name: &str) -> Result<Option<i64>> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
                .map(Some)
                .ok_or_else(|| bad(format!("`{name}` must be a whole number"))),
        }
    }

    /// These over those of the project; the instruction of the project comes after the task's. What is null is not said: clients
    /// send nulls for what they leave out.
    pub(super) fn over(&self, project: &Self) -> Self {
        let mut all = project.0.clone();
        for (name, value) in self.0.iter().filter(|(_, value)| !value.is_null()) {
            let both =
                (name == "instruction").then(|| Some((value.as_str()?, project.text(name)?))).flatten();
            let value = both.map_or_else(|| value.clone(), |(own, more)| format!("{own}\n\n{more}").into());
            all.insert(name.clone(), value);
        }
        Self(all)
    }
}

/// A request that is wrong in a way that its sender can mend.
pub(super) fn bad(message: impl Into<String>) -> Error {
    Error::invalid("invalid", message)
}

pub(super) fn missing(name: &str) -> Error {
    bad(format!("the parameter `{name}` is required"))
}

/// Metadata: an object that is not too large.
pub(super) fn metadata(value: Option<Value>) -> Result<String> {
    let text = match value {
        None | Some(Value::Null) => return Ok("{}".to_owned()),
        Some(Value::Object(map)) => Value::Object(map).to_string(),
        Some(_) => return Err(bad("`metadata` must be a JSON object")),
    };
    if text.len() > METADATA_BYTES_MAX {
        let what = format!("`metadata` has {} bytes, {METADATA_BYTES_MAX} are the most", text.len());
        return Err(bad(what));
    }
    Ok(text)
}

/// Tags: up to five different texts.
pub(super) fn tags(value: Option<Value>) -> Result<Vec<String>> {
    let list = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(one)) => vec![Value::String(one)],
        Some(Value::Array(list)) => list,
        // What a client sends for an empty list may be an empty object.
        Some(Value::Object(map)) if map.is_empty() => return Ok(Vec::new()),
        Some(_) => return Err(bad("`tags` must be a list of strings")),
    };
    let mut out: Vec<String> = Vec::new();
    for tag in list {
        let Value::String(tag) = tag else { return Err(bad("`tags` must be a list of strings")) };
        if tag.is_empty() || tag.chars().count() > TAG_CHARS_MAX {
            return Err(bad(format!("a tag has 1 to {TAG_CHARS_MAX} characters")));
        }
        if !out.contains(&tag) {
            out.push(tag);
        }
    }
    Ok(out)
}

pub(super) fn checked_tags(tags: Vec<String>) -> Result<Vec<String>> {
    if tags.len() > TAGS_MAX {
        return Err(bad(format!("a task has at most {TAGS_MAX} tags, not {}", tags.len())));
    }
    Ok(tags)
}

pub(super) fn checked_unique_id(id: Option<String>) -> Result<Option<String>> {
    match id {
        Some(id) if id.chars().count() > UNIQUE_ID_CHARS_MAX => {
            Err(bad(format!("`unique_id` has at most {UNIQUE_ID_CHARS_MAX} characters")))
        }
        other => Ok(other),
    }
}

/// The address of a callback: one that webhooks may have, or an e-mail address, to which nothing is sent.
pub(super) fn checked_callback(callback: Option<String>) -> Result<Option<String>> {
    let Some(text) = callback.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let text = text.trim();
    if !text.contains("://") && text.contains('@') {
        return Ok(Some(text.to_owned()));
    }
    match sheaf_model::WebhookUrl::parse(text) {
        Ok(url) => Ok(Some(url.as_str().to_owned())),
        Err(why) => Err(bad(format!("the callback `{text}` cannot be called: {why}"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_null_leaves_what_the_project_says() {
        let project = Params::of(json!({ "fields": [1], "instruction": "All.", "odd": null })).unwrap();
        let own = json!({ "fields": null, "instruction": null, "title": null, "attachment": "x" });
        let own = Params::of(own).unwrap();
        let all = json!({ "fields": [1], "instruction": "All.", "odd": null, "attachment": "x" });
        assert_eq!(Value::Object(own.over(&project).0), all);
    }
}
