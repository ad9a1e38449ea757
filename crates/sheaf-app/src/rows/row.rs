//! What all rows have in common: how they name their asset, how an answer stands in them, and how what is wrong with them is told.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sheaf_model::{Problem, Response};

/// Characters of a text that a message shows.
const SHOWN: usize = 80;

/// What a row calls its asset by.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    Id(String),
    Reference(String),
    /// A file of an upload, by the upload's id or name and the path in it.
    File(String, String),
}

impl Key {
    /// Of the keys that a row has.
    pub(crate) fn of(
        asset_id: Option<String>,
        reference_id: Option<String>,
        upload: Option<String>,
        path: Option<String>,
    ) -> Result<Self, Problem> {
        match (asset_id, reference_id, upload, path) {
            (Some(id), None, None, None) => Ok(Self::Id(id)),
            (None, Some(reference), None, None) => Ok(Self::Reference(reference)),
            (None, None, Some(upload), Some(path)) => Ok(Self::File(upload, path)),
            _ => {
                let message = "must name its asset in one way: by `asset_id`, by `reference_id`, or by `upload` and `path`";
                Err(Problem::new("", message))
            }
        }
    }
}

/// The answer of a row. Annotations without a `uuid` get one by their place, so that the same row says the same again.
pub(crate) fn response(mut value: Value, called: &str) -> Result<Response, Vec<Problem>> {
    let annotations = value.get_mut("annotations").and_then(Value::as_array_mut);
    for (annotation, n) in annotations.into_iter().flatten().zip(1..) {
        if let Value::Object(annotation) = annotation {
            annotation.entry("uuid").or_insert_with(|| Value::from(format!("{called}-{n}")));
        }
    }
    let response: Response = serde_path_to_error::deserialize(&value).map_err(|error| {
        vec![Problem::new(at("response", &error.path().to_string()), error.inner().to_string())]
    })?;
    // An annotation takes what it does not know; here that would lose what the sender means to say.
    let mut unknown = Vec::new();
    let given = value.get("annotations").and_then(Value::as_array);
    for (i, (given, read)) in given.into_iter().flatten().zip(&response.annotations).enumerate() {
        let known = serde_json::to_value(read).unwrap_or_default();
        let keys = given.as_object().into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| known.get(key.as_str()).is_none()) {
            let message = format!("is not a part of a {}", read.shape.tool().as_str());
            unknown.push(Problem::new(format!("response.annotations[{i}].{}", shown(key)), message));
        }
    }
    if unknown.is_empty() { Ok(response) } else { Err(unknown) }
}

/// The object of a row.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let line = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })?;
    reader.end().map_err(|error| told("", &error))?;
    Ok(line)
}

fn told(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != serde_json::error::Category::Data {
        return Problem::new("", format!("is not JSON: {error}"));
    }
    // The position in the text helps nobody who has the path.
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    Problem::new(if path == "." { "" } else { path }, message)
}

/// A path within `base`.
pub(crate) fn at(base: &str, path: &str) -> String {
    match path {
        "" | "." => base.to_owned(),
        path => format!("{base}.{path}"),
    }
}

/// A text of a sender as a message shows it.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
