//! Which role a column most likely has: by its name, and only if its values agree.

use super::{ColumnType, Format, Role};
use crate::path;

/// What a pass over the values of a column has seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// Values that are neither missing nor empty.
    pub n_values: u64,
    pub n_http: u64,
    pub n_path: u64,
    pub n_positive_integer: u64,
    pub kind: Option<ColumnType>,
    /// No value came twice and none was missing.
    pub unique: bool,
}

/// Names in the order in which they are believed.
const TEXT: [&str; 3] = ["text", "content", "body"];
const URL: [&str; 8] = ["source-ref", "url", "image_url", "image", "source_ref", "uri", "image_uri", "link"];
const FILE: [&str; 9] =
    ["file", "filename", "file_name", "path", "image_path", "file_path", "filepath", "image", "image_name"];
const NAME: [&str; 2] = ["name", "title"];
const REF: [&str; 7] = ["reference_id", "ref", "external_id", "global_key", "reference", "id", "uid"];

/// Could the values of a column of this name decide its role? Only then is it worth looking at each of them.
pub(super) fn may_hold_place(name: &str) -> bool {
    let name = folded(name);
    URL.contains(&name.as_str()) || FILE.contains(&name.as_str())
}

pub(super) fn may_be_reference(name: &str) -> bool {
    REF.contains(&folded(name).as_str())
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(' ', "_")
}

/// A cheap look: a relative path with a file extension or a folder.
pub(super) fn looks_like_path(value: &str) -> bool {
    value.len() <= 1024
        && !value.contains("://")
        && (value.contains('/') || (1..=5).contains(&path::extension(value).len()))
        && path::clean(value).is_ok()
}

/// Gives every column its role. `columns` are (name, evidence); names in a `metadata` object are not offered.
pub(super) fn infer(format: Format, columns: &[(&str, &Evidence)]) -> Vec<Role> {
    let mut roles = vec![Role::Meta; columns.len()];
    let mut take = |names: &[&str], role: Role, fits: &dyn Fn(&Evidence) -> bool| {
        for wanted in names {
            let found = columns.iter().zip(&roles).position(|((name, evidence), taken)| {
                *taken == Role::Meta && folded(name) == *wanted && evidence.n_values > 0 && fits(evidence)
            });
            if let Some(i) = found {
                roles[i] = role;
                return true;
            }
        }
        false
    };
    let most = |n: u64, evidence: &Evidence| n * 2 >= evidence.n_values;
    let mut content = take(&URL[..1], Role::Url, &|evidence| most(evidence.n_http, evidence));
    let is_text =
        |e: &Evidence| matches!(e.kind, Some(ColumnType::Text | ColumnType::Mixed | ColumnType::Time));
    content |= take(&TEXT, Role::Text, &is_text);
    if !content {
        content = take(&URL, Role::Url, &|evidence| most(evidence.n_http, evidence));
    }
    content |= take(&FILE, Role::File, &|evidence| most(evidence.n_path, evidence));
    if !content && format == Format::Jsonl {
        // Ground Truth manifests carry texts so; in other manifests `source` says where a thing comes from.
        content = take(&["source"], Role::Text, &is_text);
    }
    take(&NAME, Role::Name, &|_| true);
    take(&REF, Role::Ref, &|evidence| evidence.unique);
    if content {
        let counts = |evidence: &Evidence| evidence.n_positive_integer == evidence.n_values;
        take(&["width", "image_width"], Role::Width, &counts);
        take(&["height", "image_height"], Role::Height, &counts);
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Values {
        Text,
        Http,
        Paths,
        Unique,
        Repeated,
        Sizes,
    }

    fn evidence(values: Values) -> Evidence {
        let base = Evidence { n_values: 10, kind: Some(ColumnType::Text), ..Evidence::default() };
        match values {
            Values::Text => base,
            Values::Http => Evidence { n_http: 10, ..base },
            Values::Paths => Evidence { n_path: 10, ..base },
            Values::Unique => Evidence { unique: true, ..base },
            Values::Repeated => Evidence { unique: false, ..base },
            Values::Sizes => Evidence { n_positive_integer: 10, kind: Some(ColumnType::Number), ..base },
        }
    }

    fn check(format: Format, columns: &[(&str, Values, Role)]) {
        let evidence: Vec<_> = columns.iter().map(|(_, values, _)| evidence(*values)).collect();
        let offered: Vec<_> = columns.iter().zip(&evidence).map(|((name, ..), e)| (*name, e)).collect();
        let expected: Vec<_> = columns.iter().map(|(.., role)| *role).collect();
        let names: Vec<_> = columns.iter().map(|(name, ..)| name).collect();
        assert_eq!(infer(format, &offered), expected, "for {names:?}");
    }

    #[test]
    fn names_give_roles_when_the_values_agree() {
        use Values::*;
        let csv = Format::Csv;
        check(csv, &[("Text", Text, Role::Text), ("body", Text, Role::Meta), ("id", Unique, Role::Ref)]);
        check(
            csv,
            &[("url", Http, Role::Url), ("width", Sizes, Role::Width), ("height", Sizes, Role::Height)],
        );
        check(csv, &[("url", Text, Role::Meta), ("text", Text, Role::Text)]);
        check(csv, &[("text", Text, Role::Text), ("url", Http, Role::Meta)]);
        check(csv, &[("image", Http, Role::Url)]);
        check(csv, &[("image", Paths, Role::File)]);
        check(csv, &[("File Name", Paths, Role::File), ("name", Text, Role::Name)]);
        check(csv, &[("id", Repeated, Role::Meta), ("uid", Unique, Role::Ref)]);
        check(
            csv,
            &[("ref", Unique, Role::Ref), ("reference_id", Unique, Role::Meta)]
                .map(|(n, v, _)| (n, v, if n == "reference_id" { Role::Ref } else { Role::Meta })),
        );
        check(csv, &[("width", Sizes, Role::Meta)]);
        check(csv, &[("source", Text, Role::Meta)]);
        check(Format::Jsonl, &[("source", Text, Role::Text)]);
        check(Format::Jsonl, &[("source", Text, Role::Meta), ("source-ref", Http, Role::Url)]);
    }
}
