//! Picks and parts of recipes. Read and written by `sheaf_model`; the types here only describe their JSON for the
//! document, and a test holds them to it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of the available assets, and how many.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    All,
    /// First uploaded.
    First(Count),
    /// Last uploaded.
    Last(Count),
    Random(RandomCount),
    Top(TopCount),
    Quota(QuotaCount),
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    count: u64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RandomCount {
    count: u64,
    /// Made and stored when it is left out; the same seed gives the same assets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

/// The assets with the greatest or the least values of a field, ties in upload order; never one without the field.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopCount {
    count: u64,
    /// A field as it is written in a query.
    by: String,
    #[serde(default)]
    order: TopOrder,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopOrder {
    /// The least.
    Asc,
    /// The greatest.
    #[default]
    Desc,
}

/// A share for each value of a field, at random within a value.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuotaCount {
    count: u64,
    /// A field as it is written in a query.
    by: String,
    /// Made and stored when it is left out; the same seed gives the same assets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// Gives what a value cannot fill to the others, in proportion, until all is used.
    #[serde(default)]
    fill: bool,
    /// At most 1,000. Left out: an equal share for every value in the pool. An asset with several values counts for the
    /// first quota that it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quotas: Option<Vec<Quota>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quota {
    /// `null`: the assets without the field. A text is also the number or boolean that is written so.
    value: Option<FieldValue>,
    /// A weight above 0, beside the others'.
    share: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FieldValue {
    Bool(bool),
    Number(f64),
    Text(String),
}

/// How a quota came out.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct QuotaFit {
    /// `null`: the assets without the field.
    value: Option<FieldValue>,
    /// Of the whole: the shares add up to 1.
    share: f64,
    /// By its share of the count.
    wanted: u64,
    /// In the pool.
    available: u64,
    picked: u64,
}

/// A part of what was picked: what a split wrote.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Equal(EqualPart),
    Value(ValuePart),
}

/// One of equal parts: in upload order, or dealt at random when there is a seed.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EqualPart {
    /// From 1.
    n: u32,
    of: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

/// The assets whose value of the field is this one; of several values the least counts.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValuePart {
    by: String,
    /// `null`: the assets without the field.
    value: Option<FieldValue>,
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;

    /// The shape here and the model's read and write the same.
    #[track_caller]
    fn same<Here: Serialize + DeserializeOwned, Model: Serialize + DeserializeOwned>(text: &str) {
        let model: Model = serde_json::from_str(text).unwrap();
        let here: Here = serde_json::from_str(text).unwrap();
        let (model, here): (Value, Value) =
            (serde_json::to_value(model).unwrap(), serde_json::to_value(here).unwrap());
        assert_eq!(model, here);
    }

    #[test]
    fn the_document_says_what_the_model_reads() {
        for pick in [
            r#""all""#,
            r#"{"first":{"count":1}}"#,
            r#"{"last":{"count":1}}"#,
            r#"{"random":{"count":1,"seed":4}}"#,
            r#"{"top":{"count":1,"by":"x"}}"#,
            r#"{"top":{"count":1,"by":"x","order":"asc"}}"#,
            r#"{"quota":{"count":1,"by":"x"}}"#,
            r#"{"quota":{"count":1,"by":"x","seed":1,"fill":true,"quotas":[{"value":null,"share":1},
                {"value":"a","share":0.5},{"value":2,"share":1},{"value":false,"share":1}]}}"#,
        ] {
            same::<Pick, sheaf_model::Pick>(pick);
        }
        for part in [
            r#"{"equal":{"n":1,"of":2}}"#,
            r#"{"equal":{"n":1,"of":2,"seed":3}}"#,
            r#"{"value":{"by":"x","value":null}}"#,
            r#"{"value":{"by":"x","value":1.5}}"#,
        ] {
            same::<Part, sheaf_model::Part>(part);
        }
    }
}
