//! The metadata fields of a project, as far as a query needs to know them.

/// The metadata fields of a project, nested ones flattened with dots.
pub trait Schema {
    fn has_field(&self, name: &str) -> bool;
    fn fields(&self) -> Vec<&str>;
}

/// For a handful of fields.
impl<const N: usize> Schema for [&str; N] {
    fn has_field(&self, name: &str) -> bool {
        self.contains(&name)
    }

    fn fields(&self) -> Vec<&str> {
        self.to_vec()
    }
}

/// For some fields in any order.
impl Schema for Vec<String> {
    fn has_field(&self, name: &str) -> bool {
        self.iter().any(|field| field == name)
    }

    fn fields(&self) -> Vec<&str> {
        self.iter().map(String::as_str).collect()
    }
}

/// Names of any number of fields, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldNames(Vec<String>);

impl FieldNames {
    pub fn new(mut names: Vec<String>) -> Self {
        names.sort_unstable();
        names.dedup();
        Self(names)
    }
}

impl std::ops::Deref for FieldNames {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl Schema for FieldNames {
    fn has_field(&self, name: &str) -> bool {
        self.0.binary_search_by(|field| field.as_str().cmp(name)).is_ok()
    }

    fn fields(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}
