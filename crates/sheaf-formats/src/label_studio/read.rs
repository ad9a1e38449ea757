//! Tasks of Label Studio as assets.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use sheaf_model::Media;

use super::results::Results;
use crate::folder::Folder;
use crate::json::{At, records};
use crate::read::{Place, Reading, image};
use crate::{Asset, Marks, Result};

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["json", "jsonl", "ndjson"])?;
    records(path, folder.reader(path)?, |at| task(at, path, reading))
}

fn task(at: At<'_>, path: &str, reading: &mut Reading<'_>) -> Result<()> {
    let place = Place { file: path, at: &at };
    // A task that nothing was said of may be its data alone.
    let is_bare =
        !["data", "annotations", "completions", "predictions"].iter().any(|key| at.value.get(key).is_some());
    let data = if is_bare { at } else { at.get("data")? };
    let mut asset = content(&data, reading.options.media)?;
    let mut answered_by: &[Value] = &[];
    if let Some(meta) = at.opt("meta")? {
        // Sheaf's own words come back where they were.
        for (name, value) in meta.object()? {
            if name == "sheaf" {
                asset.reference = value.get("reference_id").and_then(Value::as_str).map(str::to_owned);
                let by = value.get("answered_by").and_then(Value::as_array);
                answered_by = by.map_or(&[][..], Vec::as_slice);
            } else {
                asset.metadata.insert(name.clone(), value.clone());
            }
        }
    }
    // Versions before 1.0 called annotations completions.
    for (key, human) in [("annotations", true), ("completions", true), ("predictions", false)] {
        let Some(list) = at.opt(key)? else { continue };
        for (n, one) in list.items()?.enumerate() {
            // A list of bare numbers is what an export without annotations has.
            if one.value.is_number() {
                reading.note("annotation that is only a number left out", place);
                continue;
            }
            if human && one.opt("was_cancelled")?.map(|at| at.boolean()).transpose()? == Some(true) {
                reading.note("skipped (cancelled) annotation left out", place);
                continue;
            }
            let known = answered_by.get(n).and_then(Value::as_str).filter(|_| key == "annotations");
            let marks = marks(&one, human, known, &mut asset, reading, path)?;
            asset.marks.push(marks);
        }
    }
    reading.asset(asset, place)
}

/// Which value of `data` the asset is: the usual names first, then the first that looks like it. The others are metadata.
fn content(data: &At<'_>, media: Media) -> Result<Asset> {
    let object = data.object()?;
    let texts = || object.iter().filter_map(|(key, value)| value.as_str().map(|text| (key, text)));
    let named = |names: &[&str]| names.iter().find_map(|name| texts().find(|(key, _)| *key == name));
    let found = match media {
        Media::Image => named(&["image", "img", "image_url", "url"])
            .or_else(|| texts().find(|(_, text)| looks_like_image(text)))
            .or_else(|| texts().next()),
        Media::Text => named(&["text", "content"]).or_else(|| texts().next()),
    };
    let Some((key, text)) = found else {
        return Err(data.error("has no text that could be the asset", "add the image's address or the text"));
    };
    let mut asset = match media {
        Media::Image => image(&local(text)),
        Media::Text => Asset { text: Some(text.to_owned()), ..Asset::default() },
    };
    let metadata = object.iter().filter(|(name, _)| *name != key);
    asset.metadata = metadata.map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(asset)
}

fn looks_like_image(text: &str) -> bool {
    let end = sheaf_intake::path::extension(text.split(['?', '#']).next().unwrap_or(text));
    ["jpg", "jpeg", "png", "webp", "gif", "svg", "bmp", "tif", "tiff"].contains(&end.as_str())
}

/// The path of a file that Label Studio served itself, whose addresses are percent-encoded: `/data/upload/3/1a2b3c4d-a.jpg`,
/// `/data/local-files/?d=a%20b/c.jpg`.
fn local(text: &str) -> Cow<'_, str> {
    if let Some((_, path)) = text.split_once("/data/local-files/?d=") {
        // On Windows the folders of a path are separated otherwise.
        let path = decoded(path).replace('\\', "/");
        return Cow::Owned(path.trim_start_matches('/').to_owned());
    }
    text.strip_prefix("/data/").map_or(Cow::Borrowed(text), decoded)
}

/// A text without percent-encoding (RFC 3986, section 2.1); as it is when it cannot be that.
fn decoded(text: &str) -> Cow<'_, str> {
    let is_code = |rest: &str| rest.get(..2).is_some_and(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
    if !text.split('%').skip(1).all(is_code) {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// `known` is who annotated, as Sheaf says it where Label Studio has no place for it.
fn marks(
    at: &At<'_>,
    human: bool,
    known: Option<&str>,
    asset: &mut Asset,
    reading: &mut Reading<'_>,
    path: &str,
) -> Result<Marks> {
    let mut out = Marks { human, ..Marks::default() };
    let who = if human {
        by(at)?.or_else(|| known.map(str::to_owned))
    } else {
        at.opt("model_version")?.map(|at| at.id()).transpose()?
    };
    out.source = match who {
        Some(who) if !who.is_empty() => format!("label-studio: {who}"),
        _ => "label-studio".to_owned(),
    };
    out.at = at.value.get("created_at").and_then(Value::as_str).map(str::to_owned);
    let given = at.opt("score")?.map(|at| at.number()).transpose()?;
    let mut results = Results::default();
    if let Some(result) = at.opt("result")? {
        for one in result.items()? {
            results.add(&one, asset, reading, path)?;
        }
    }
    out.score = given.or(results.score);
    out.response = results.response(reading, Place { file: path, at });
    Ok(out)
}

/// Who annotated: a number, or a person with an address.
fn by(at: &At<'_>) -> Result<Option<String>> {
    let Some(by) = at.opt("completed_by")? else { return Ok(None) };
    if by.value.is_object() {
        return Ok(match by.opt("email")? {
            Some(email) => Some(email.text()?.to_owned()),
            None => by.opt("id")?.map(|at| at.id()).transpose()?,
        });
    }
    Ok(Some(by.id()?))
}

/// Metadata that goes back under `data`.
pub(super) type Data = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn addresses_of_label_studio_become_paths() {
        for (text, wanted) in [
            ("/data/upload/3/1a2b3c4d-a.jpg", "upload/3/1a2b3c4d-a.jpg"),
            ("/data/upload/3/1a2b3c4d-%C3%A9%20b.jpg", "upload/3/1a2b3c4d-é b.jpg"),
            ("/data/local-files/?d=a%20b/c%2Bd.jpg", "a b/c+d.jpg"),
            ("http://localhost:8080/data/local-files/?d=%2Fa%5Cb.jpg", "a/b.jpg"),
            // No encoding: a percent sign without two digits, and bytes that are no UTF-8.
            ("/data/100%.jpg", "100%.jpg"),
            ("/data/%é.jpg", "%é.jpg"),
            ("/data/%ff.jpg", "%ff.jpg"),
            ("a%20b.jpg", "a%20b.jpg"),
            ("https://x.org/a%20b.jpg", "https://x.org/a%20b.jpg"),
        ] {
            assert_eq!(local(text), wanted, "{text}");
        }
    }
}
