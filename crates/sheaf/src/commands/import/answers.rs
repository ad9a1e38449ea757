//! `sheaf import --format ... --answers BATCH`: what people answered in the other tool comes in as answers, what models said as
//! pre-labels.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use sheaf_formats::Marks;

use super::super::answers;
use super::super::prelabels::send as send_rows;
use super::super::project::Project;
use crate::session::Session;

/// What is made of marks.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// Of models; and of people, when theirs are no answers.
    Prelabels { of_people: bool },
    /// Of people.
    Answers,
}

impl Rows {
    /// Whether they are made of these marks.
    pub(super) fn takes(self, marks: &Marks) -> bool {
        match self {
            Self::Prelabels { of_people } => of_people || !marks.human,
            Self::Answers => marks.human,
        }
    }

    /// A pre-label as such a row: the source of an answer is its annotator, who is sure of it. What is no time is left out.
    pub(super) fn row(self, mut prelabel: Value, at: Option<&str>) -> Value {
        if let (Self::Answers, Value::Object(row)) = (self, &mut prelabel)
            && let Some(source) = row.remove("source")
        {
            row.remove("score");
            row.insert("annotator".to_owned(), source);
            if let Some(at) = at.and_then(|at| at.parse::<jiff::Timestamp>().ok()) {
                row.insert("answered_at".to_owned(), at.to_string().into());
            }
        }
        prelabel
    }
}

/// Whether all of them were taken.
pub(super) fn send(session: &Session, project: &Project, batch: &str, file: &Path) -> Result<bool> {
    let sent = send_rows(&session.client, &answers::address(project, batch), &mut File::open(file)?);
    let report: answers::Report = sent.context("the assets are there, the answers are not: run it again")?;
    report.tell(false);
    Ok(report.refused == 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_answer_and_models_predict() {
        let (human, model) = (Marks { human: true, ..Marks::default() }, Marks::default());
        for (rows, wanted) in [
            (Rows::Prelabels { of_people: true }, [true, true]),
            (Rows::Prelabels { of_people: false }, [false, true]),
            (Rows::Answers, [true, false]),
        ] {
            assert_eq!([rows.takes(&human), rows.takes(&model)], wanted);
        }
        let row = json!({ "reference_id": "a", "source": "kim", "score": 0.5, "response": {} });
        let at = Some("2021-07-06T06:06:25.927570Z");
        assert_eq!(Rows::Prelabels { of_people: true }.row(row.clone(), at), row);
        let mut wanted = json!({ "reference_id": "a", "annotator": "kim", "response": {} });
        for at in [None, Some("once"), Some("2021-07-06")] {
            assert_eq!(Rows::Answers.row(row.clone(), at), wanted);
        }
        wanted["answered_at"] = json!("2021-07-06T06:06:25.92757Z");
        assert_eq!(Rows::Answers.row(row, at), wanted);
    }
}
