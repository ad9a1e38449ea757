//! The typed expression: what a query means once it has been checked against a project's fields.
//!
//! This is the contract between the language (this crate) and whatever evaluates it (`sheaf-select`).
//! It knows no storage and no bitmaps. Nothing in it is relative: times are absolute, patterns are
//! normalised, regular expressions are known to compile within the size limit.

use serde::{Deserialize, Serialize};

/// A boolean expression over one asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// Every asset: the empty query.
    All,
    /// No asset: what a stored query with an unknown field means.
    Nothing,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Test(Field, Test),
}

/// What a test looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A metadata field by its flattened name (`camera.model`).
    Meta(String),
    Id,
    Ref,
    Name,
    /// Name of the upload that the asset came in.
    Upload,
    /// Time of upload, milliseconds since the Unix epoch.
    Uploaded,
    /// Media type, `image/png`.
    Type,
    /// Bytes of content.
    Size,
    Width,
    Height,
    Duration,
    /// Bare word: name or reference id.
    NameOrRef,
    /// Names of the batches that the asset is a member of.
    Batch,
    /// `is:batched` as a boolean.
    Batched,
    /// Labelling state of the asset's tasks: pending, claimed, submitted, in_review, rejected, done, cancelled, skipped.
    Status,
    /// Labels in standing submissions. `label:car` is `Test::Equals`.
    Label,
    /// Count of one label in the standing submissions (`label.car>3`).
    LabelCount(String),
    /// E-mail or name of a person whose answer stands.
    Annotator,
    /// E-mail and name of who gave a verdict on a task of the asset.
    Reviewer,
    /// Time of the standing submission, milliseconds since the Unix epoch.
    Labelled,
    /// How far the judgements of a task agree, 0 to 1. `is:disputed` is `agreement<0.75`.
    Agreement,
    /// Names of the sources that have a pre-label of the asset.
    Prelabel,
    /// The score that one source gave it (`prelabel.yolo-v8<0.4`).
    PrelabelScore(String),
}

/// A value as written in a query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// Text that also reads as a number keeps both: `year:2018` matches 2018 and "2018".
    Number {
        value: f64,
        text: String,
    },
    Text(String),
    Bool(bool),
    /// Half-open span of milliseconds since the Unix epoch: a day is the whole day, an instant is one millisecond.
    Time {
        from_ms: i64,
        until_ms: i64,
        text: String,
    },
}

/// Order comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// One test of one field. A list field passes when any of its elements does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The field has a value; null and missing are the same.
    Exists,
    /// Equality; text ignores case and is compared in NFC.
    Equals(Scalar),
    /// Equality of text, case kept (`==`), in NFC.
    EqualsExact(String),
    /// `*` any run, `?` one character; case ignored, NFC; the whole text must match. `\*`, `\?` and `\\` are literal.
    Wildcard(String),
    /// Case-insensitive substring.
    Contains(String),
    /// Regular expression of the `regex` crate, unanchored, case kept.
    Matches(String),
    /// Numbers compare with numbers, times with times, text with text; a value of another kind never matches.
    Compare(Order, Scalar),
    /// Closed range, either end open.
    Between(Option<Scalar>, Option<Scalar>),
    /// `field % divisor = remainder`, on numbers that are whole.
    Modulo { divisor: i64, remainder: i64 },
}
