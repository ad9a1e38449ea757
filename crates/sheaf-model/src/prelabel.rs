//! Pre-labels: what a model or another tool says of an asset before people label it. Their content is a [`crate::Response`];
//! which of them are shown to annotators is a batch's affair.

use crate::Problem;

/// Characters of a source's name.
pub const SOURCE_CHARS_MAX: usize = 100;
/// Sources of one project: an asset's page shows what each of them says.
pub const SOURCES_MAX: usize = 200;

/// What is wrong with the name of a source.
pub fn source_problem(source: &str) -> Option<Problem> {
    let chars = source.chars().count();
    let bad = source.trim() != source || chars == 0 || chars > SOURCE_CHARS_MAX;
    let message = format!(
        "is the name of a model or tool: 1 to {SOURCE_CHARS_MAX} characters, without control characters, not beginning or ending with a space"
    );
    (bad || source.chars().any(char::is_control)).then(|| Problem::new("source", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_short_names() {
        for good in ["yolo-v8", "Model A (2026)", "模型", &"x".repeat(100)] {
            assert_eq!(source_problem(good), None, "{good}");
        }
        for bad in ["", " ", " a", "a ", "a\nb", "a\u{0}", &"x".repeat(101)] {
            assert!(source_problem(bad).is_some(), "{bad:?}");
        }
    }
}
