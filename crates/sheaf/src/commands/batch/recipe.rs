//! The flags that say which assets: a recipe, as the API takes it.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};
use sheaf_query::Expr;
use sheaf_query::expr::{Field, Test};

use super::super::project::Project;
use super::batch_id;
use crate::client::Client;

#[derive(Args)]
pub(crate) struct RecipeArgs {
    /// Only what this query finds; the whole library when it is left out.
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// Only what is in any of these batches.
    #[arg(long, value_name = "BATCH,...", value_delimiter = ',', group = "algebra")]
    union: Vec<String>,
    /// Only what is in all of these batches.
    #[arg(long, value_name = "BATCH,...", value_delimiter = ',', group = "algebra")]
    intersect: Vec<String>,
    /// Only what is in the first of these batches and in none of the others.
    #[arg(long, value_name = "BATCH,...", value_delimiter = ',', group = "algebra")]
    minus: Vec<String>,
    /// Leave out what was already included: any, launched, production, submitted, or names of batches with commas.
    #[arg(long, value_name = "SCOPE", num_args = 0..=1, default_missing_value = "any")]
    exclude_batched: Option<String>,
    /// The first N uploaded.
    #[arg(long, value_name = "N", group = "pick")]
    first: Option<u64>,
    /// The last N uploaded.
    #[arg(long, value_name = "N", group = "pick")]
    last: Option<u64>,
    /// N at random.
    #[arg(long, value_name = "N", groups = ["pick", "seeded"])]
    random: Option<u64>,
    /// The N with the greatest values of the field that --by names.
    #[arg(long, value_name = "N", groups = ["pick", "fielded"], requires = "by")]
    top: Option<u64>,
    /// N in shares for the values of the field that --by names; equal ones without --share.
    #[arg(long, value_name = "N", groups = ["pick", "fielded", "seeded"], requires = "by")]
    quota: Option<u64>,
    /// Field of --top or --quota, as it is written in a query.
    #[arg(long, value_name = "FIELD", requires = "fielded")]
    by: Option<String>,
    /// The least values instead of the greatest.
    #[arg(long, requires = "top")]
    asc: bool,
    /// A value's weight beside the others'; `null` is the assets without the field. Once for each value.
    #[arg(long, value_name = "VALUE=WEIGHT", requires = "quota")]
    share: Vec<String>,
    /// Give what a value cannot fill to the others.
    #[arg(long, requires = "quota")]
    fill: bool,
    /// Seed of --random or --quota; one is made and stored when it is left out.
    #[arg(long, requires = "seeded")]
    seed: Option<u64>,
}

impl RecipeArgs {
    /// The recipe as JSON. Batches that are named must be there.
    pub(crate) fn recipe(&self, client: &Client, project: &Project) -> Result<Value> {
        let batched = match self.exclude_batched.as_deref() {
            None => json!("none"),
            Some(scope @ ("none" | "any" | "launched" | "production" | "submitted")) => json!(scope),
            Some(names) => json!(names.split(',').map(str::trim).collect::<Vec<_>>()),
        };
        let mut recipe = json!({ "exclude": { "batched": batched }, "pick": self.pick()? });
        for name in self.union.iter().chain(&self.intersect).chain(&self.minus) {
            batch_id(client, project, name)?;
        }
        if let Some(query) = self.text() {
            recipe["query"] = json!(query);
        }
        Ok(recipe)
    }

    /// The query, and the batches as one.
    fn text(&self) -> Option<String> {
        let member = |name: &String| Expr::Test(Field::Batch, Test::EqualsExact(name.clone()));
        let algebra = match (self.union.as_slice(), self.intersect.as_slice(), self.minus.as_slice()) {
            ([], [], []) => return self.query.clone(),
            ([_, ..], ..) => Expr::Or(self.union.iter().map(member).collect()),
            (_, [_, ..], _) => Expr::And(self.intersect.iter().map(member).collect()),
            (.., [first, others @ ..]) => {
                let without = others.iter().map(|name| Expr::Not(Box::new(member(name))));
                Expr::And(std::iter::once(member(first)).chain(without).collect())
            }
        };
        let algebra = sheaf_query::print_expr(&algebra);
        Some(match self.query.as_deref().map(str::trim) {
            None | Some("") => algebra,
            Some(query) => format!("({query}) ({algebra})"),
        })
    }

    fn pick(&self) -> Result<Value> {
        let by = &self.by;
        let mut pick = if let Some(count) = self.first {
            json!({ "first": { "count": count } })
        } else if let Some(count) = self.last {
            json!({ "last": { "count": count } })
        } else if let Some(count) = self.random {
            json!({ "random": { "count": count } })
        } else if let Some(count) = self.top {
            json!({ "top": { "count": count, "by": by, "order": if self.asc { "asc" } else { "desc" } } })
        } else if let Some(count) = self.quota {
            json!({ "quota": { "count": count, "by": by, "fill": self.fill } })
        } else {
            json!("all")
        };
        if !self.share.is_empty() {
            let quotas = self.share.iter().map(|share| quota(share)).collect::<Result<Vec<_>>>()?;
            pick["quota"]["quotas"] = json!(quotas);
        }
        if let (Some(seed), Some(inner)) =
            (self.seed, pick.as_object_mut().and_then(|it| it.values_mut().next()))
        {
            inner["seed"] = json!(seed);
        }
        Ok(pick)
    }
}

/// `VALUE=WEIGHT`; the value may have `=` itself.
fn quota(text: &str) -> Result<Value> {
    let split =
        text.rsplit_once('=').and_then(|(value, share)| Some((value, share.trim().parse::<f64>().ok()?)));
    let Some((value, share)) = split.filter(|(_, share)| share.is_finite()) else {
        bail!("`--share {text}` is not of the form VALUE=WEIGHT, for example rain=2");
    };
    // The server takes a text for the number that is written so; 5.0 is the number that is written 5.
    let number = value.parse::<f64>().ok().filter(|it| it.is_finite() && it.to_string() != value);
    let value = match (value, number) {
        ("null", _) => Value::Null,
        (_, Some(number)) => json!(number),
        (text, None) => json!(text),
    };
    Ok(json!({ "value": value, "share": share }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        recipe: RecipeArgs,
    }

    fn parse(line: &str) -> std::result::Result<RecipeArgs, clap::Error> {
        use clap::Parser;
        Cli::try_parse_from(std::iter::once("x").chain(line.split_whitespace())).map(|cli| cli.recipe)
    }

    #[test]
    fn picks_are_written_as_the_api_takes_them() {
        #[track_caller]
        fn check(line: &str, pick: Value) {
            assert_eq!(parse(line).unwrap().pick().unwrap(), pick, "{line}");
        }
        check("", json!("all"));
        check("--random 5 --seed 3", json!({ "random": { "count": 5, "seed": 3 } }));
        check("--top 5 --by score", json!({ "top": { "count": 5, "by": "score", "order": "desc" } }));
        check("--top 5 --by score --asc", json!({ "top": { "count": 5, "by": "score", "order": "asc" } }));
        check(
            "--quota 9 --by w --share rain=2 --share a=b=0.5 --share null=1 --share 5.0=1 --share 5=1 --fill --seed 1",
            json!({ "quota": { "count": 9, "by": "w", "fill": true, "seed": 1, "quotas": [
                { "value": "rain", "share": 2.0 }, { "value": "a=b", "share": 0.5 }, { "value": null, "share": 1.0 },
                { "value": 5.0, "share": 1.0 }, { "value": "5", "share": 1.0 }] } }),
        );
        for bad in
            ["--share x=1", "--top 5", "--by x", "--top 1 --quota 1 --by x", "--first 1 --seed 2", "--asc"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
        for bad in ["x", "x=", "x=much", "x=nan"] {
            assert!(quota(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn batches_are_written_as_a_query() {
        #[track_caller]
        fn check(line: &str, text: &str) {
            let text_of = parse(line).unwrap().text().unwrap_or_default();
            assert_eq!(text_of, text, "{line}");
            assert!(!sheaf_query::parse(&text_of).diagnostics.iter().any(sheaf_query::Diagnostic::is_error));
        }
        check("--union a,b", "batch:(==a, ==b)");
        check("--intersect a,b", "batch==a batch==b");
        check("--minus a,b,c --query x:1", "(x:1) (batch==a -batch==b -batch==c)");
        assert!(parse("--union a --minus b").is_err());
    }
}
