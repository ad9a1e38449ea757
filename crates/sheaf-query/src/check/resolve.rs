//! From a written name to a field: built-in names first, then the project's metadata, then what differs only in case.

use std::collections::HashMap;

use super::{Checker, Mode, Refused};
use crate::builtin::{Builtin, FIELDS, builtin};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::expr::Field;
use crate::normal::nfc;
use crate::parse::clip;
use crate::print::quote_field;
use crate::tree::Name;

pub(super) enum Resolved {
    Field(Field),
    /// `is:`, whose word decides on the field.
    Is,
}

/// Unknown names that get suggestions; each is compared with every field there is.
const SUGGESTED_NAMES: usize = 8;
/// How many suggestions a diagnostic gives.
const SUGGESTIONS: usize = 3;

impl Checker<'_> {
    pub(super) fn resolve(&mut self, name: &Name) -> Result<Resolved, Refused> {
        if self.sink.is_full() {
            // No more can be told, so nothing more need be looked up.
            self.invalid = true;
            return Err(Refused);
        }
        let text = nfc(&name.text);
        if let Some(builtin) = builtin(&text) {
            return self.builtin(builtin, &text, name);
        }
        if self.schema.has_field(&text) {
            return Ok(Resolved::Field(Field::Meta(text)));
        }
        if let Some(builtin) = lower_case(&text) {
            return self.builtin(builtin, &text, name);
        }
        match self.in_any_case(&text) {
            Some(field) => Ok(Resolved::Field(Field::Meta(field))),
            None => Err(self.unknown_field(name, &text)),
        }
    }

    fn builtin(&mut self, builtin: Builtin, text: &str, name: &Name) -> Result<Resolved, Refused> {
        match builtin {
            Builtin::Field(field) => Ok(Resolved::Field(field)),
            Builtin::Is => Ok(Resolved::Is),
            Builtin::Meta(field) => {
                // A project may have a field that is itself called `meta.x`.
                if let Some(field) =
                    [field.as_str(), text].into_iter().find(|field| self.schema.has_field(field))
                {
                    return Ok(Resolved::Field(Field::Meta(field.to_owned())));
                }
                match self.in_any_case(&field) {
                    Some(field) => Ok(Resolved::Field(Field::Meta(field))),
                    None => Err(self.unknown_field(name, &field)),
                }
            }
            Builtin::Unsupported => {
                let mut diagnostic = Diagnostic::error(
                    code::UNSUPPORTED_FIELD,
                    name.span(),
                    format!("`{}` is not there yet", clip(text)),
                );
                if self.schema.has_field(text) {
                    let own = quote_field(&format!("meta.{text}"));
                    diagnostic =
                        diagnostic.hint(format!("write `{own}` for the metadata field")).suggest(vec![own]);
                } else {
                    diagnostic = diagnostic.hint("this version of Sheaf cannot search by it");
                }
                Err(self.refuse(diagnostic))
            }
        }
    }

    /// The one metadata field that differs only in case.
    fn in_any_case(&mut self, name: &str) -> Option<String> {
        let schema = self.schema;
        let by_name = self.lower_case.get_or_insert_with(|| {
            let mut by_name = HashMap::new();
            for field in schema.fields() {
                by_name
                    .entry(field.to_lowercase())
                    .and_modify(|only| *only = None)
                    .or_insert_with(|| Some(field.to_owned()));
            }
            by_name
        });
        by_name.get(&name.to_lowercase()).cloned().flatten()
    }

    /// Refused in a strict query. In a stored one the test just matches nothing.
    fn unknown_field(&mut self, name: &Name, text: &str) -> Refused {
        self.unknown += 1;
        let suggestions =
            if self.unknown <= SUGGESTED_NAMES { self.field_suggestions(text) } else { Vec::new() };
        let shown = clip(&name.text);
        let (severity, message) = match self.mode {
            Mode::Strict => (Severity::Error, format!("no field `{shown}`")),
            Mode::Stored => (Severity::Warning, format!("no field `{shown}`, so this matches nothing")),
        };
        let mut diagnostic = Diagnostic::error(code::UNKNOWN_FIELD, name.span(), message);
        diagnostic.severity = severity;
        if suggestions.is_empty() {
            diagnostic = diagnostic.hint(if text == "prediction" || text.starts_with("prediction.") {
                "no asset has it; predictions are what a metadata object named `prediction` holds"
            } else {
                "put text that has a colon in quotes to find it in names"
            });
        }
        let suggestions = suggestions.iter().map(|field| quote_field(field)).collect();
        if self.mode == Mode::Strict {
            self.invalid = true;
        }
        self.sink.push(diagnostic.suggest(suggestions));
        Refused
    }

    fn field_suggestions(&self, text: &str) -> Vec<String> {
        let known = self.schema.fields();
        let own: Vec<String> = known.iter().map(|field| crate::builtin::metadata_field_name(field)).collect();
        let builtin = FIELDS.iter().map(|entry| entry.name).filter(|name| !name.ends_with('.'));
        let mut found = nearest(text, own.iter().map(String::as_str).chain(builtin));
        // `camera` is no field when there is `camera.model`, but that is what was meant.
        let inside = format!("{}.", text.to_lowercase());
        for field in own.iter().filter(|field| field.to_lowercase().starts_with(&inside)) {
            if found.len() < SUGGESTIONS && !found.contains(field) {
                found.push(field.clone());
            }
        }
        found
    }
}

fn lower_case(text: &str) -> Option<Builtin> {
    let lower = match text.split_once('.') {
        Some((prefix, rest)) if !prefix.eq_ignore_ascii_case("scale_metadata") => {
            format!("{}.{rest}", prefix.to_lowercase())
        }
        _ => text.to_lowercase(),
    };
    builtin(&lower)
}

/// The known texts that are most like `text`, best first.
pub(super) fn nearest<'k>(text: &str, known: impl Iterator<Item = &'k str>) -> Vec<String> {
    let text: String = text.to_lowercase().chars().take(64).collect();
    let mut scored: Vec<(f64, &str)> = known
        .map(|name| {
            let lower: String = name.to_lowercase().chars().take(64).collect();
            let edits = strsim::normalized_damerau_levenshtein(&text, &lower);
            (edits.max(strsim::jaro_winkler(&text, &lower) - 0.2), name)
        })
        .filter(|(score, _)| *score > 0.6)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(SUGGESTIONS).map(|(_, name)| name.to_owned()).collect()
}
