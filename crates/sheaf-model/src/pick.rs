//! Which of the available assets a recipe takes, and which part of those when a batch was split.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Problem;

/// Which of the available assets, and how many.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// Those with the greatest (or the least) values of a field, ties in upload order. Assets without the field are
    /// never picked.
    Top {
        count: u64,
        by: String,
        #[serde(default)]
        order: TopOrder,
    },
    /// A share for each value of a field, at random within a value.
    Quota {
        count: u64,
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
        /// What a value cannot fill goes to the others, in proportion.
        #[serde(default)]
        fill: bool,
        /// None: an equal share for every value that is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quotas: Option<Vec<Quota>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopOrder {
    /// The least values.
    Asc,
    /// The greatest values.
    #[default]
    Desc,
}

/// What one value of a field gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// `None`: the assets without the field.
    #[serde(deserialize_with = "given")]
    pub value: Option<FieldValue>,
    /// A weight beside the others'.
    pub share: f64,
}

/// A value of a field, as JSON has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// How a quota came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuotaFit {
    /// `None`: the assets without the field.
    pub value: Option<FieldValue>,
    /// Of the whole: the shares add up to 1.
    pub share: f64,
    /// By its share of the count.
    pub wanted: u64,
    /// In the pool; an asset with several values counts for the first quota that it fits.
    pub available: u64,
    pub picked: u64,
}

/// One part of a split batch: which of the picked it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// The `n`-th (from 1) of `of` equal parts: in upload order, or dealt at random when there is a seed.
    Equal {
        n: u32,
        of: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
    },
    /// Those whose value of the field is this one; of several values the least counts. `None`: those without the field.
    Value {
        by: String,
        #[serde(deserialize_with = "given")]
        value: Option<FieldValue>,
    },
}

/// Null is a value here, and leaving it out is an error.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FieldValue>, D::Error> {
    Option::deserialize(deserializer)
}

/// Values that a quota may name, and parts that a batch may be split in.
pub const VALUES_MAX: usize = 1_000;
/// Seeds are whole numbers that JavaScript holds exactly.
pub const SEED_MAX: u64 = (1 << 53) - 1;

impl Pick {
    /// How many were asked for; `None` is all.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::All => None,
            Self::First { count }
            | Self::Last { count }
            | Self::Random { count, .. }
            | Self::Top { count, .. }
            | Self::Quota { count, .. } => Some(*count),
        }
    }

    /// The seed that decides it, once it is made.
    pub fn seed(&self) -> Option<u64> {
        match self {
            Self::Random { seed, .. } | Self::Quota { seed, .. } => *seed,
            _ => None,
        }
    }

    pub(crate) fn problems(&self, out: &mut Vec<Problem>) {
        if self.count() == Some(0) {
            let message = "must be at least 1; a batch of 0 assets has nothing to label";
            out.push(Problem::new("recipe.pick.count", message));
        }
        match self {
            Self::Random { seed, .. } => check_seed("recipe.pick.random.seed", *seed, out),
            Self::Top { by, .. } => check_field("recipe.pick.top.by", by, out),
            Self::Quota { by, seed, quotas, .. } => {
                check_field("recipe.pick.quota.by", by, out);
                check_seed("recipe.pick.quota.seed", *seed, out);
                if let Some(quotas) = quotas {
                    check_quotas(quotas, out);
                }
            }
            Self::All | Self::First { .. } | Self::Last { .. } => {}
        }
    }

    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::First { count } => format!("the first {count} uploaded"),
            Self::Last { count } => format!("the last {count} uploaded"),
            Self::Random { count, seed } => format!("{count} at random{}", seeded(*seed)),
            Self::Top { count, by, order: TopOrder::Desc } => format!("the {count} with the greatest `{by}`"),
            Self::Top { count, by, order: TopOrder::Asc } => format!("the {count} with the least `{by}`"),
            Self::Quota { count, by, seed, fill, quotas } => {
                let shares = match quotas {
                    None => "in equal shares".to_owned(),
                    Some(quotas) => format!("by {} quotas", quotas.len()),
                };
                let fill = if *fill { ", filled up" } else { "" };
                format!("{count} {shares} of `{by}`{fill}{}", seeded(*seed))
            }
        }
    }
}

fn seeded(seed: Option<u64>) -> String {
    seed.map_or_else(String::new, |seed| format!(" (seed {seed})"))
}

fn check_seed(path: &str, seed: Option<u64>, out: &mut Vec<Problem>) {
    if seed.is_some_and(|seed| seed > SEED_MAX) {
        out.push(Problem::new(path, format!("must be at most {SEED_MAX}")));
    }
}

fn check_field(path: &str, by: &str, out: &mut Vec<Problem>) {
    if by.trim().is_empty() {
        out.push(Problem::new(path, "must name a field"));
    }
}

fn check_quotas(quotas: &[Quota], out: &mut Vec<Problem>) {
    let path = "recipe.pick.quota.quotas";
    if quotas.is_empty() {
        out.push(Problem::new(path, "is empty; leave it out for an equal share of every value"));
    }
    if quotas.len() > VALUES_MAX {
        out.push(Problem::new(path, format!("names {} values, more than {VALUES_MAX}", quotas.len())));
        return;
    }
    for (i, quota) in quotas.iter().enumerate() {
        // The bound keeps sums and products of shares finite.
        if !(quota.share > 0.0 && quota.share <= SHARE_MAX) {
            let message = format!("is {}; a share is a number above 0, at most {SHARE_MAX:e}", quota.share);
            out.push(Problem::new(format!("{path}[{i}].share"), message));
        }
        if let Some(first) = quotas[..i].iter().position(|earlier| earlier.value == quota.value) {
            let message = format!("is the same as quotas[{first}].value; give each value one share");
            out.push(Problem::new(format!("{path}[{i}].value"), message));
        }
    }
}

const SHARE_MAX: f64 = 1e100;

impl Part {
    pub(crate) fn problems(&self, out: &mut Vec<Problem>) {
        match self {
            Self::Equal { n, of, seed } => {
                if !(2..=VALUES_MAX as u32).contains(of) {
                    out.push(Problem::new("recipe.part.equal.of", format!("must be 2 to {VALUES_MAX}")));
                } else if !(1..=*of).contains(n) {
                    out.push(Problem::new("recipe.part.equal.n", format!("must be 1 to {of}")));
                }
                check_seed("recipe.part.equal.seed", *seed, out);
            }
            Self::Value { by, .. } => check_field("recipe.part.value.by", by, out),
        }
    }

    /// Which part it is, for a person.
    pub fn sentence(&self) -> String {
        match self {
            Self::Equal { n, of, seed: None } => format!("part {n} of {of} in upload order"),
            Self::Equal { n, of, seed } => format!("part {n} of {of} dealt at random{}", seeded(*seed)),
            Self::Value { by, value: Some(value) } => format!("the part with `{by}` {value}"),
            Self::Value { by, value: None } => format!("the part without `{by}`"),
        }
    }
}
