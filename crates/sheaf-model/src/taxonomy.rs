//! What may be answered: labels with their tools and attributes, and questions about the whole asset.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{Media, Problem};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Taxonomy {
    pub labels: Vec<Label>,
    pub fields: Vec<Question>,
}

/// A thing that can be marked in an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `#rrggbb`.
    pub color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
    pub tools: Vec<Tool>,
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    Box,
    Polygon,
    Span,
}

impl Tool {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Polygon => "polygon",
            Self::Span => "span",
        }
    }
    pub fn media(self) -> Media {
        match self {
            Self::Box | Self::Polygon => Media::Image,
            Self::Span => Media::Text,
        }
    }
}

/// A property of one annotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(rename = "type")]
    pub kind: AnswerKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    Single,
    Multiple,
    Boolean,
    Number,
    Text,
}

impl AnswerKind {
    pub fn has_options(self) -> bool {
        matches!(self, Self::Single | Self::Multiple)
    }
}

/// A question about the whole asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(rename = "type")]
    pub kind: AnswerKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    #[serde(default)]
    pub required: bool,
    /// Of a number: the smallest value. Of text: the fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
}

/// Labels and questions of one taxonomy; more than a person can oversee is a mistake.
pub const ENTRIES_MAX: usize = 2_000;
/// Characters of a name or an option.
pub const NAME_CHARS_MAX: usize = 200;

impl Taxonomy {
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name == name)
    }

    /// Everything that is wrong with it for a project of this media; empty when it may be used.
    pub fn problems(&self, media: Media) -> Vec<Problem> {
        let mut check = Check { out: Vec::new(), hotkeys: HashSet::new() };
        if self.labels.is_empty() && self.fields.is_empty() {
            check.add("", "has neither labels nor fields; add at least one");
        }
        if self.labels.len() > ENTRIES_MAX || self.fields.len() > ENTRIES_MAX {
            check.add("", format!("has more than {ENTRIES_MAX} entries"));
            return check.out;
        }
        let mut names = HashSet::new();
        for (i, label) in self.labels.iter().enumerate() {
            let at = format!("labels[{i}]");
            check.name(&format!("{at}.name"), &label.name, &mut names);
            check.label(&at, label, media);
        }
        let mut ids = HashSet::new();
        for (i, field) in self.fields.iter().enumerate() {
            let at = format!("fields[{i}]");
            check.name(&format!("{at}.id"), &field.id, &mut ids);
            check.question(&at, field);
        }
        check.out
    }
}

struct Check<'a> {
    out: Vec<Problem>,
    hotkeys: HashSet<&'a str>,
}

impl<'a> Check<'a> {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        self.out.push(Problem::new(path, message));
    }

    fn name<'n>(&mut self, path: &str, name: &'n str, seen: &mut HashSet<&'n str>) {
        if name.trim().is_empty() {
            self.add(path, "is empty");
        } else if name.chars().count() > NAME_CHARS_MAX {
            self.add(path, format!("is longer than {NAME_CHARS_MAX} characters"));
        } else if name.chars().any(char::is_control) {
            self.add(path, "has a control character");
        } else if !seen.insert(name) {
            self.add(path, format!("`{name}` is there twice"));
        }
    }

    fn label(&mut self, at: &str, label: &'a Label, media: Media) {
        let hex = label.color.strip_prefix('#').unwrap_or("");
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            self.add(
                &format!("{at}.color"),
                format!("`{}` is not a colour of the form #rrggbb", label.color),
            );
        }
        self.hotkey(&format!("{at}.hotkey"), label.hotkey.as_deref());
        if label.tools.is_empty() {
            self.add(&format!("{at}.tools"), "is empty; name at least one tool");
        }
        for (t, tool) in label.tools.iter().enumerate() {
            if tool.media() != media {
                let message = format!("`{}` does not work on {} projects", tool.as_str(), media.as_str());
                self.add(&format!("{at}.tools[{t}]"), message);
            }
        }
        let mut names = HashSet::new();
        for (a, attribute) in label.attributes.iter().enumerate() {
            let at = format!("{at}.attributes[{a}]");
            self.name(&format!("{at}.name"), &attribute.name, &mut names);
            let options: Vec<&str> = attribute.options.iter().map(String::as_str).collect();
            self.options(&at, attribute.kind, &options);
        }
    }

    fn question(&mut self, at: &str, field: &'a Question) {
        if field.title.trim().is_empty() {
            self.add(&format!("{at}.title"), "is empty");
        }
        let options: Vec<&str> = field.options.iter().map(|choice| choice.value.as_str()).collect();
        self.options(at, field.kind, &options);
        for (o, choice) in field.options.iter().enumerate() {
            self.hotkey(&format!("{at}.options[{o}].hotkey"), choice.hotkey.as_deref());
        }
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            self.add(&format!("{at}.min"), format!("{min} is larger than max, {max}"));
        }
    }

    fn options(&mut self, at: &str, kind: AnswerKind, options: &[&str]) {
        let path = format!("{at}.options");
        if kind.has_options() && options.is_empty() {
            self.add(&path, "is empty; a choice needs options");
        } else if !kind.has_options() && !options.is_empty() {
            self.add(&path, "only single and multiple have options");
        }
        let mut seen = HashSet::new();
        for (o, option) in options.iter().enumerate().take(ENTRIES_MAX) {
            self.name(&format!("{path}[{o}]"), option, &mut seen);
        }
        if options.len() > ENTRIES_MAX {
            self.add(&path, format!("has more than {ENTRIES_MAX} entries"));
        }
    }

    fn hotkey(&mut self, path: &str, hotkey: Option<&'a str>) {
        let Some(key) = hotkey else { return };
        if key.len() != 1 || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            self.add(path, format!("`{key}` is not one key of a-z or 0-9"));
        } else if !self.hotkeys.insert(key) {
            self.add(path, format!("`{key}` is used twice"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(media: Media, json: &str, paths: &[&str]) {
        let taxonomy: Taxonomy = serde_json::from_str(json).unwrap();
        let found: Vec<String> = taxonomy.problems(media).into_iter().map(|problem| problem.path).collect();
        assert_eq!(found, paths, "{json}");
    }

    #[test]
    fn problems_name_their_place() {
        check(
            Media::Image,
            r##"{"labels":[{"name":"car","color":"#ff0000","hotkey":"1","tools":["box"]}]}"##,
            &[],
        );
        check(
            Media::Text,
            r##"{"labels":[{"name":"car","color":"#ff0000","tools":["box"]}]}"##,
            &["labels[0].tools[0]"],
        );
        check(Media::Image, "{}", &[""]);
        check(
            Media::Image,
            r##"{"labels":[{"name":"a","color":"red","hotkey":"F1","tools":[]},{"name":"a","color":"#123456","tools":["box"]}]}"##,
            &["labels[0].color", "labels[0].hotkey", "labels[0].tools", "labels[1].name"],
        );
        check(
            Media::Text,
            r#"{"fields":[{"id":"k","title":"K","type":"single","options":[{"value":"x","hotkey":"q"},{"value":"x","hotkey":"q"}]},
                          {"id":"n","title":"","type":"number","min":2,"max":1}]}"#,
            &["fields[0].options[1]", "fields[0].options[1].hotkey", "fields[1].title", "fields[1].min"],
        );
    }
}
