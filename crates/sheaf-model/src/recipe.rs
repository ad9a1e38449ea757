//! How a batch was chosen: source, query, exclusion, pick.

use serde::{Deserialize, Serialize};

use crate::{AssetId, Part, Pick, Problem};

/// What to take. `query` and `assets` may each be left out: none is the whole library, both is the assets that match.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<AssetId>>,
    pub exclude: Exclude,
    pub pick: Pick,
    /// Applied after the pick: what a split wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
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

/// Assets ticked one by one that a recipe may name. More than this is a query's job.
pub const TICKED_MAX: usize = 100_000;

impl Recipe {
    pub fn problems(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        self.pick.problems(&mut out);
        if let Some(part) = &self.part {
            part.problems(&mut out);
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
        let exclude = match &self.exclude.batched {
            ExcludeScope::None => String::new(),
            ExcludeScope::Any => ", without what was already in a batch".to_owned(),
            ExcludeScope::Launched => ", without what was in a launched batch".to_owned(),
            ExcludeScope::Production => ", without what was in a production batch".to_owned(),
            ExcludeScope::Submitted => ", without what has an answer".to_owned(),
            ExcludeScope::Batches(names) => format!(", without what is in {}", names.join(", ")),
        };
        let part = self.part.as_ref().map_or_else(String::new, |part| format!("{} of: ", part.sentence()));
        format!("{part}{} of {source}{exclude}", self.pick.sentence())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldValue, Quota};

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
    fn picks_and_parts_have_their_wire_forms() {
        let same = |text: &str| {
            let recipe: Recipe = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&recipe).unwrap(), text);
            assert!(recipe.problems().is_empty(), "{:?}", recipe.problems());
            recipe.sentence()
        };
        let top = r#"{"exclude":{"batched":"none"},"pick":{"top":{"count":5,"by":"score","order":"asc"}}}"#;
        assert_eq!(same(top), "the 5 with the least `score` of the whole library");
        let quota = r#"{"exclude":{"batched":"none"},"pick":{"quota":{"count":9,"by":"weather","seed":4,"fill":true,"quotas":[{"value":"rain","share":2.5},{"value":null,"share":1.0},{"value":3.0,"share":1.0},{"value":true,"share":1.0}]}},"part":{"value":{"by":"hour","value":null}}}"#;
        assert_eq!(
            same(quota),
            "the part without `hour` of: 9 by 4 quotas of `weather`, filled up (seed 4) of the whole library"
        );
        let part = r#"{"exclude":{"batched":"none"},"pick":"all","part":{"equal":{"n":2,"of":3,"seed":7}}}"#;
        assert_eq!(same(part), "part 2 of 3 dealt at random (seed 7) of: all of the whole library");
        let default: Recipe = serde_json::from_str(r#"{"pick":{"top":{"count":5,"by":"x"}}}"#).unwrap();
        assert!(matches!(default.pick, Pick::Top { order: crate::TopOrder::Desc, .. }));
        for bad in [
            r#"{"pick":{"top":{"count":5}}}"#,
            r#"{"pick":{"top":{"count":5,"by":"x","order":"up"}}}"#,
            r#"{"pick":{"quota":{"count":5,"by":"x","quotas":[{"share":1}]}}}"#,
            r#"{"pick":{"quota":{"count":5,"by":"x","quotas":[{"value":[1],"share":1}]}}}"#,
            r#"{"part":{"value":{"by":"x"}}}"#,
        ] {
            assert!(serde_json::from_str::<Recipe>(bad).is_err(), "{bad}");
        }
    }

    /// Each bad recipe with the path of its problem.
    #[test]
    fn problems_name_their_place() {
        #[track_caller]
        fn check(recipe: Recipe, path: &str) {
            let problems = recipe.problems();
            let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
            assert_eq!(paths, [path], "{problems:?}");
        }
        let pick = |pick| Recipe { pick, ..Recipe::default() };
        let quota = |quotas: &[(Option<FieldValue>, f64)]| {
            let quotas = quotas.iter().map(|(value, share)| Quota { value: value.clone(), share: *share });
            let quotas = Some(quotas.collect());
            pick(Pick::Quota { count: 1, by: "x".into(), seed: None, fill: false, quotas })
        };
        let text = |text: &str| Some(FieldValue::Text(text.into()));
        check(pick(Pick::First { count: 0 }), "recipe.pick.count");
        check(pick(Pick::Random { count: 1, seed: Some(u64::MAX) }), "recipe.pick.random.seed");
        check(pick(Pick::Top { count: 1, by: " ".into(), order: Default::default() }), "recipe.pick.top.by");
        check(quota(&[]), "recipe.pick.quota.quotas");
        for share in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            check(quota(&[(text("a"), 1.0), (None, share)]), "recipe.pick.quota.quotas[1].share");
        }
        check(quota(&[(text("a"), 1.0), (None, 1.0), (text("a"), 2.0)]), "recipe.pick.quota.quotas[2].value");
        let many: Vec<_> = (0..1001).map(|n| (Some(FieldValue::Number(f64::from(n))), 1.0)).collect();
        check(quota(&many), "recipe.pick.quota.quotas");
        let part = |n, of| Recipe { part: Some(Part::Equal { n, of, seed: None }), ..Recipe::default() };
        check(part(4, 3), "recipe.part.equal.n");
        check(part(0, 3), "recipe.part.equal.n");
        check(part(1, 1), "recipe.part.equal.of");
        check(part(1, 1001), "recipe.part.equal.of");
    }
}
