//! The fields that every asset has, the words of `is:` and `status:`, and how a written field name finds its field.

use crate::expr::Field;

/// One line of the manual and of the completion list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub name: &'static str,
    pub about: &'static str,
}

const fn entry(name: &'static str, about: &'static str) -> Entry {
    Entry { name, about }
}

/// The built-in fields, as completion offers them. `label.`, `prelabel.` and `meta.` go on with a name.
pub const FIELDS: &[Entry] = &[
    entry("id", "the asset's id"),
    entry("ref", "your own reference id of the asset"),
    entry("name", "file name or title of the asset"),
    entry("upload", "name of the upload that the asset came in"),
    entry("uploaded", "when the asset was uploaded"),
    entry("type", "media type, such as image/png"),
    entry("size", "bytes of the asset's content"),
    entry("width", "width in pixels"),
    entry("height", "height in pixels"),
    entry("duration", "seconds of audio or video"),
    entry("batch", "name of a batch that the asset is in"),
    entry("is", "a state: batched, unbatched, labelled, skipped, disputed"),
    entry("status", "where the asset's labelling stands"),
    entry("label", "a label in the answers that stand"),
    entry("label.", "how many of one label the answers have: label.car>3"),
    entry("annotator", "who labelled the asset"),
    entry("reviewer", "who reviewed a task on the asset"),
    entry("labelled", "when the asset was labelled"),
    entry("agreement", "how far the answers to a task agree, 0 to 1: agreement<0.6"),
    entry("prelabel", "a model or tool that has a pre-label of the asset"),
    entry("prelabel.", "the score of one model's pre-label: prelabel.yolo-v8<0.4"),
    entry("meta.", "a metadata field whose name is also a built-in one: meta.name"),
];

/// What `is:` knows.
pub const IS_VALUES: &[Entry] = &[
    entry("batched", "in a batch"),
    entry("unbatched", "in no batch"),
    entry("labelled", "has an answer that stands"),
    entry("skipped", "was skipped by an annotator"),
    entry("disputed", "was judged differently by its annotators: agreement<0.75"),
];

/// What `status:` knows.
pub const STATUS_VALUES: &[Entry] = &[
    entry("pending", "waits for an annotator"),
    entry("claimed", "is in an annotator's hands"),
    entry("submitted", "has an answer"),
    entry("in_review", "waits for or is in review"),
    entry("rejected", "was sent back by a reviewer"),
    entry("done", "is finished"),
    entry("cancelled", "was cancelled with its batch"),
    entry("skipped", "was skipped by an annotator"),
];

/// What a written name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Builtin {
    Field(Field),
    /// `is:`
    Is,
    /// The metadata field of this name.
    Meta(String),
    /// In the language, not in this version.
    Unsupported,
}

/// The built-in meaning of a name, if it has one. Exact case; the caller tries the lower case one.
pub(crate) fn builtin(name: &str) -> Option<Builtin> {
    let field = match name {
        "id" => Field::Id,
        "ref" => Field::Ref,
        "name" => Field::Name,
        "upload" => Field::Upload,
        "uploaded" => Field::Uploaded,
        "type" => Field::Type,
        "size" => Field::Size,
        "width" => Field::Width,
        "height" => Field::Height,
        "duration" => Field::Duration,
        "batch" => Field::Batch,
        "status" | "scale_metadata.task_status" => Field::Status,
        "label" => Field::Label,
        "annotator" => Field::Annotator,
        "labelled" | "labeled" | "scale_metadata.completed_at" => Field::Labelled,
        "agreement" => Field::Agreement,
        "prelabel" => Field::Prelabel,
        "is" => return Some(Builtin::Is),
        "reviewer" => Field::Reviewer,
        _ => return prefixed(name),
    };
    Some(Builtin::Field(field))
}

fn prefixed(name: &str) -> Option<Builtin> {
    let (prefix, rest) = name.split_once('.').filter(|(_, rest)| !rest.is_empty())?;
    match prefix {
        "meta" | "metadata" => Some(Builtin::Meta(rest.to_owned())),
        "label" | "annotations" => Some(Builtin::Field(Field::LabelCount(rest.to_owned()))),
        "prelabel" => Some(Builtin::Field(Field::PrelabelScore(rest.to_owned()))),
        "scale_metadata" => Some(Builtin::Unsupported),
        _ => None,
    }
}

/// How a metadata field is written in a query: by its own name, or as `meta.<name>` when that name is a built-in one.
/// Without quotes; see [`crate::quote_field`].
pub fn metadata_field_name(name: &str) -> String {
    if builtin(name).is_some() { format!("meta.{name}") } else { name.to_owned() }
}

/// How a field of the typed expression is written. Without quotes.
pub fn field_name(field: &Field) -> String {
    let name = match field {
        Field::Meta(name) => return metadata_field_name(name),
        Field::LabelCount(label) => return format!("label.{label}"),
        Field::PrelabelScore(source) => return format!("prelabel.{source}"),
        Field::Id => "id",
        Field::Ref => "ref",
        Field::Name | Field::NameOrRef => "name",
        Field::Upload => "upload",
        Field::Uploaded => "uploaded",
        Field::Type => "type",
        Field::Size => "size",
        Field::Width => "width",
        Field::Height => "height",
        Field::Duration => "duration",
        Field::Batch => "batch",
        Field::Batched => "is",
        Field::Status => "status",
        Field::Label => "label",
        Field::Annotator => "annotator",
        Field::Reviewer => "reviewer",
        Field::Labelled => "labelled",
        Field::Agreement => "agreement",
        Field::Prelabel => "prelabel",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_field_is_known() {
        for entry in FIELDS {
            let name =
                if entry.name.ends_with('.') { format!("{}x", entry.name) } else { entry.name.to_owned() };
            assert!(builtin(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn metadata_names_that_collide_get_a_prefix() {
        for (name, want) in [
            ("weather", "weather"),
            ("name", "meta.name"),
            ("label.car", "meta.label.car"),
            ("prelabel.score", "meta.prelabel.score"),
            ("meta.x", "meta.meta.x"),
            ("metadata", "metadata"),
            ("camera.model", "camera.model"),
            ("prediction.score", "prediction.score"),
        ] {
            assert_eq!(metadata_field_name(name), want);
        }
    }
}
