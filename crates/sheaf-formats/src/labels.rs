//! The taxonomy that a reading comes to: what the format declares, else what its annotations show.

use std::collections::HashMap;

use serde_json::Value;
use sheaf_model::Taxonomy;
use sheaf_model::taxonomy::{
    AnswerKind, Attribute, Choice, ENTRIES_MAX, Label, NAME_CHARS_MAX, Question, Tool,
};

/// Different texts up to which an undeclared text is taken for a choice.
const CHOICES_MAX: usize = 50;
/// Colours of labels that have none.
const COLORS: [&str; 12] = [
    "#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080", "#9a6324", "#f032e6", "#808000",
    "#000075", "#46f0f0", "#bcf60c",
];

#[derive(Debug, Default)]
pub(crate) struct Labels {
    labels: Vec<Seen>,
    by_name: HashMap<String, usize>,
    fields: Vec<(String, Answers)>,
}

#[derive(Debug)]
struct Seen {
    name: String,
    color: Option<String>,
    tools: Vec<Tool>,
    attributes: Vec<(String, Answers)>,
}

/// What a question was answered with.
#[derive(Debug, Default)]
struct Answers {
    declared: Option<(AnswerKind, Vec<String>)>,
    options: Vec<String>,
    /// More different texts than a taxonomy takes, or one that is no option.
    free: bool,
    lists: bool,
    texts: bool,
    numbers: bool,
    booleans: bool,
}

impl Labels {
    /// A label that the format declares; its order is the taxonomy's.
    pub(crate) fn declare(&mut self, name: &str, color: Option<&str>) {
        let at = self.at(name);
        if let Some(color) = color.filter(|color| is_color(color)) {
            self.labels[at].color = Some(color.to_lowercase());
        }
    }

    pub(crate) fn declare_attribute(
        &mut self,
        label: &str,
        name: &str,
        kind: AnswerKind,
        options: Vec<String>,
    ) {
        let at = self.at(label);
        answers(&mut self.labels[at].attributes, name).declared = Some((kind, options));
    }

    /// An option, named by the format, of a field of which several may hold.
    pub(crate) fn declare_option(&mut self, id: &str, option: &str) {
        let answers = answers(&mut self.fields, id);
        answers.declared.get_or_insert_with(|| (AnswerKind::Multiple, Vec::new()));
        answers.option(option);
    }

    pub(crate) fn annotation(&mut self, annotation: &sheaf_model::response::Annotation) {
        let at = self.at(&annotation.label);
        let seen = &mut self.labels[at];
        let tool = annotation.shape.tool();
        if !seen.tools.contains(&tool) {
            seen.tools.push(tool);
        }
        for (name, value) in &annotation.attributes {
            answers(&mut seen.attributes, name).saw(value);
        }
    }

    pub(crate) fn field(&mut self, id: &str, value: &Value) {
        answers(&mut self.fields, id).saw(value);
    }

    /// Labels and fields that there are so far.
    pub(crate) fn count(&self) -> usize {
        self.labels.len().max(self.fields.len())
    }

    fn at(&mut self, name: &str) -> usize {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        let at = self.labels.len();
        let name = name.to_owned();
        self.labels.push(Seen { name: name.clone(), color: None, tools: Vec::new(), attributes: Vec::new() });
        self.by_name.insert(name, at);
        at
    }

    /// `default` is the tool of a label that nothing was marked with.
    pub(crate) fn taxonomy(self, default: Tool) -> Taxonomy {
        let labels = self.labels.into_iter().enumerate().map(|(i, seen)| {
            let mut tools = seen.tools;
            if tools.is_empty() {
                tools.push(default);
            }
            tools.sort_unstable();
            let attribute = |(name, answers): (String, Answers)| {
                let (kind, options) = answers.kind();
                Attribute { name, title: None, kind, options, required: false }
            };
            Label {
                name: seen.name,
                title: None,
                color: seen.color.unwrap_or_else(|| COLORS[i % COLORS.len()].to_owned()),
                hotkey: None,
                tools,
                attributes: seen.attributes.into_iter().map(attribute).collect(),
            }
        });
        let fields = self.fields.into_iter().map(|(id, answers)| {
            let (kind, options) = answers.kind();
            let options =
                options.into_iter().map(|value| Choice { value, title: None, hotkey: None }).collect();
            Question {
                title: id.clone(),
                id,
                help: None,
                kind,
                options,
                required: false,
                min: None,
                max: None,
            }
        });
        Taxonomy { labels: labels.collect(), fields: fields.collect() }
    }
}

/// Whether a text can be a label's or a field's name or an option.
pub(crate) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX && !text.chars().any(char::is_control)
}

fn is_color(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text.bytes().skip(1).all(|b| b.is_ascii_hexdigit())
}

fn answers<'a>(all: &'a mut Vec<(String, Answers)>, name: &str) -> &'a mut Answers {
    let at = all.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        all.push((name.to_owned(), Answers::default()));
        all.len() - 1
    });
    &mut all[at].1
}

impl Answers {
    fn option(&mut self, text: &str) {
        if self.options.iter().any(|known| known == text) {
            return;
        }
        if !is_name(text) || self.options.len() >= ENTRIES_MAX {
            self.free = true;
        } else {
            self.options.push(text.to_owned());
        }
    }

    fn saw(&mut self, value: &Value) {
        match value {
            Value::Bool(_) => self.booleans = true,
            Value::Number(_) => self.numbers = true,
            Value::Array(items) => {
                self.lists = true;
                items.iter().filter_map(Value::as_str).for_each(|text| self.option(text));
            }
            Value::String(text) => {
                self.texts = true;
                // Beyond a choice's number, too: a list that comes later makes options of them all.
                self.option(text);
            }
            Value::Null | Value::Object(_) => {}
        }
    }

    fn kind(self) -> (AnswerKind, Vec<String>) {
        if let Some((kind, mut options)) = self.declared {
            if kind.has_options() {
                for option in self.options {
                    if options.len() < ENTRIES_MAX && !options.contains(&option) {
                        options.push(option);
                    }
                }
            } else {
                options.clear();
            }
            // A choice without options is none.
            return if kind.has_options() && options.is_empty() {
                (AnswerKind::Text, options)
            } else {
                (kind, options)
            };
        }
        match (self.lists, self.texts, self.numbers, self.booleans) {
            (true, ..) if !self.options.is_empty() => (AnswerKind::Multiple, self.options),
            (false, false, true, false) => (AnswerKind::Number, Vec::new()),
            (false, false, false, true) => (AnswerKind::Boolean, Vec::new()),
            (false, _, false, false)
                if !self.free && !self.options.is_empty() && self.options.len() <= CHOICES_MAX =>
            {
                (AnswerKind::Single, self.options)
            }
            _ => (AnswerKind::Text, Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The kind and the number of options of a field with these values.
    fn kind(values: &[Value]) -> (AnswerKind, usize) {
        let mut labels = Labels::default();
        values.iter().for_each(|value| labels.field("a", value));
        let taxonomy = labels.taxonomy(Tool::Box);
        assert_eq!(taxonomy.problems(sheaf_model::Media::Image), []);
        (taxonomy.fields[0].kind, taxonomy.fields[0].options.len())
    }

    #[test]
    fn one_list_makes_options_of_all_texts() {
        let texts = |n: usize| (0..n).map(|i| json!(format!("option {i}"))).collect::<Vec<_>>();
        assert_eq!(kind(&texts(CHOICES_MAX)), (AnswerKind::Single, CHOICES_MAX));
        assert_eq!(kind(&texts(CHOICES_MAX + 1)), (AnswerKind::Text, 0));
        assert_eq!(kind(&texts(60)), (AnswerKind::Text, 0));
        let list = json!(["x", "option 0"]);
        let all = (AnswerKind::Multiple, 61);
        assert_eq!(kind(&[texts(60), vec![list.clone()]].concat()), all);
        assert_eq!(kind(&[vec![list.clone()], texts(60)].concat()), all);
        // More than a taxonomy takes.
        assert_eq!(kind(&[texts(ENTRIES_MAX + 5), vec![list]].concat()), (AnswerKind::Multiple, ENTRIES_MAX));
    }

    #[test]
    fn a_field_of_declared_options_is_of_several() {
        let mut labels = Labels::default();
        labels.declare_option("tags", "good");
        labels.declare_option("tags", "dark");
        labels.field("tags", &json!(["new"]));
        let field = labels.taxonomy(Tool::Box).fields.remove(0);
        let options: Vec<_> = field.options.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!((field.kind, options), (AnswerKind::Multiple, vec!["good", "dark", "new"]));
        let mut unused = Labels::default();
        unused.declare_option("tags", "good");
        assert_eq!(unused.taxonomy(Tool::Box).fields[0].kind, AnswerKind::Multiple);
    }
}
