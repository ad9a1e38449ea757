//! The agreement about a manifest's columns: made from what the preview found, corrected by the user, kept with the
//! staged manifest until it is read.

use serde::{Deserialize, Serialize};

use super::{ColumnType, Format, Role};

/// One column as the user wants it; also how a plan keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// CSV: the name in the header. JSONL: the key, and `metadata.key` within a `metadata` object.
    pub name: String,
    pub role: Role,
    /// `None` keeps the type that was found.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ColumnType>,
}

/// How to read a manifest. Serialises, to be kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub format: Format,
    /// CSV only.
    pub delimiter: char,
    pub columns: Vec<ColumnPlan>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the manifest has no column `{0}`")]
    UnknownColumn(String),
    #[error("the columns `{first}` and `{second}` have the same role, which only one column can have")]
    RoleTwice { first: String, second: String },
}

impl Plan {
    /// The plan with the user's corrections. A role that the user gives to a column is taken from the column that
    /// was only believed to have it.
    pub fn with(&self, corrections: &[ColumnPlan]) -> Result<Plan, PlanError> {
        let mut plan = self.clone();
        for (i, correction) in corrections.iter().enumerate() {
            let twice = corrections[..i].iter().find(|other| {
                other.role == correction.role
                    && correction.role.is_singular()
                    && other.name != correction.name
            });
            if let Some(other) = twice {
                return Err(PlanError::RoleTwice {
                    first: other.name.clone(),
                    second: correction.name.clone(),
                });
            }
            for column in &mut plan.columns {
                let corrected = corrections.iter().any(|other| other.name == column.name);
                if column.role == correction.role && correction.role.is_singular() && !corrected {
                    column.role = Role::Meta;
                }
            }
            match plan.columns.iter_mut().find(|column| column.name == correction.name) {
                Some(column) => {
                    column.role = correction.role;
                    column.kind = correction.kind.or(column.kind);
                }
                // A key of a JSONL may first appear after the preview stopped telling keys apart.
                None if plan.format == Format::Jsonl => plan.columns.push(correction.clone()),
                None => return Err(PlanError::UnknownColumn(correction.name.clone())),
            }
        }
        Ok(plan)
    }

    pub fn column(&self, role: Role) -> Option<&ColumnPlan> {
        self.columns.iter().find(|column| column.role == role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, role: Role) -> ColumnPlan {
        ColumnPlan { name: name.to_owned(), role, kind: None }
    }

    fn check(corrections: &[(&str, Role)], expected: Result<&[(&str, Role)], PlanError>) {
        let plan = Plan {
            format: Format::Csv,
            delimiter: ',',
            columns: vec![column("a", Role::Text), column("b", Role::Ref), column("c", Role::Meta)],
        };
        let corrections: Vec<_> = corrections.iter().map(|(name, role)| column(name, *role)).collect();
        let expected = expected
            .map(|columns| columns.iter().map(|(name, role)| column(name, *role)).collect::<Vec<_>>());
        assert_eq!(plan.with(&corrections).map(|plan| plan.columns), expected, "for {corrections:?}");
    }

    #[test]
    fn corrections_win_over_what_was_found() {
        use Role::*;
        check(&[], Ok(&[("a", Text), ("b", Ref), ("c", Meta)]));
        check(&[("c", Text)], Ok(&[("a", Meta), ("b", Ref), ("c", Text)]));
        check(&[("a", Ref), ("b", Text)], Ok(&[("a", Ref), ("b", Text), ("c", Meta)]));
        check(&[("a", Ignore), ("b", Ignore)], Ok(&[("a", Ignore), ("b", Ignore), ("c", Meta)]));
        check(&[("x", Meta)], Err(PlanError::UnknownColumn("x".to_owned())));
        let twice = PlanError::RoleTwice { first: "a".to_owned(), second: "c".to_owned() };
        check(&[("a", Text), ("c", Text)], Err(twice));
    }
}
