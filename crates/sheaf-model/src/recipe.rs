//! How a batch was chosen: source, query, exclusion, pick.

use serde::{Deserialize, Serialize};

use crate::{AssetId, Problem};

/// What to take. `query` and `assets` may each be left out: none is the whole library, both is the assets that match.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<AssetId>>,
    pub exclude: Exclude,
    pub pick: Pick,
}

/// What to leave out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exclude {
    pub batched: ExcludeScope,
}

/// Which earlier batches count as "already included".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExcludeScope {
    #[default]
    None,
    /// Any batch of the project that was not cancelled before it was launched.
    Any,
    /// Batches that were launched.
    Launched,
    /// Batches of kind production, not cancelled before launch.
    Production,
    /// Assets that have a standing answer.
    Submitted,
    /// The batches with these names.
    #[serde(untagged)]
    Batches(Vec<String>),
}

/// Which of the available assets, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Pick {
    #[default]
    All,
    /// First uploaded.
    First { count: u64 },
    /// Last uploaded.
    Last { count: u64 },
    /// Uniform, without replacement. The seed is made and stored when it is not given.
    Random {
        count: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
    },
}

impl Pick {
    /// How many were asked for; `None` is all.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::All => None,
            Self::First { count } | Self::Last { count } | Self::Random { count, .. } => Some(*count),
        }
    }
}

/// Assets ticked one by one that a recipe may name. More than this is a query's job.
pub const TICKED_MAX: usize = 100_000;
/// Seeds are whole numbers that JavaScript holds exactly.
pub const SEED_MAX: u64 = (1 << 53) - 1;

impl Recipe {
    pub fn problems(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        if self.pick.count() == Some(0) {
            out.push(Problem::new(
                "recipe.pick.count",
                "must be at least 1; a batch of 0 assets has nothing to label",
            ));
        }
        if let Pick::Random { seed: Some(seed), .. } = self.pick
            && seed > SEED_MAX
        {
            out.push(Problem::new("recipe.pick.random.seed", format!("must be at most {SEED_MAX}")));
        }
        match &self.assets {
            Some(assets) if assets.is_empty() => {
                out.push(Problem::new("recipe.assets", "is empty; leave it out to mean the whole library"));
            }
            Some(assets) if assets.len() > TICKED_MAX => out.push(Problem::new(
                "recipe.assets",
                format!("names {} assets, more than {TICKED_MAX}; use a query instead", assets.len()),
            )),
            _ => {}
        }
        out
    }

    /// The recipe as a sentence, for the batch's page and the audit log.
    pub fn sentence(&self) -> String {
        let source = match (&self.query, &self.assets) {
            (None, None) => "the whole library".to_owned(),
            (Some(query), None) if query.trim().is_empty() => "the whole library".to_owned(),
            (Some(query), None) => format!("assets matching `{query}`"),
            (None, Some(assets)) => format!("{} chosen assets", assets.len()),
            (Some(query), Some(assets)) => format!("{} chosen assets that match `{query}`", assets.len()),
        };
        let pick = match &self.pick {
            Pick::All => "all".to_owned(),
            Pick::First { count } => format!("the first {count} uploaded"),
            Pick::Last { count } => format!("the last {count} uploaded"),
            Pick::Random { count, seed: Some(seed) } => format!("{count} at random (seed {seed})"),
            Pick::Random { count, seed: None } => format!("{count} at random"),
        };
        let exclude = match &self.exclude.batched {
            ExcludeScope::None => String::new(),
            ExcludeScope::Any => ", without what was already in a batch".to_owned(),
            ExcludeScope::Launched => ", without what was in a launched batch".to_owned(),
            ExcludeScope::Production => ", without what was in a production batch".to_owned(),
            ExcludeScope::Submitted => ", without what has an answer".to_owned(),
            ExcludeScope::Batches(names) => format!(", without what is in {}", names.join(", ")),
        };
        format!("{pick} of {source}{exclude}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_forms() {
        let text =
            r#"{"query":"weather:rain","exclude":{"batched":"any"},"pick":{"random":{"count":5,"seed":42}}}"#;
        let recipe: Recipe = serde_json::from_str(text).unwrap();
        assert_eq!(recipe.exclude.batched, ExcludeScope::Any);
        assert_eq!(serde_json::to_string(&recipe).unwrap(), text);
        let recipe: Recipe =
            serde_json::from_str(r#"{"exclude":{"batched":["first","second"]},"pick":"all"}"#).unwrap();
        assert_eq!(recipe.exclude.batched, ExcludeScope::Batches(vec!["first".into(), "second".into()]));
        assert!(serde_json::from_str::<Recipe>(r#"{"pick":{"middle":{"count":1}}}"#).is_err());
        assert!(serde_json::from_str::<Recipe>(r#"{"pik":"all"}"#).is_err());
    }

    #[test]
    fn a_count_of_zero_is_a_problem() {
        let recipe = Recipe { pick: Pick::First { count: 0 }, ..Recipe::default() };
        assert_eq!(recipe.problems()[0].path, "recipe.pick.count");
    }
}
