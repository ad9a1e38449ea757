//! The definition: what each expression means, as a loop over assets with obvious code. The engine must agree with it.

use std::collections::BTreeMap;

use sheaf_query::expr::{Expr, Field, Order, Scalar, Test};

use crate::value::nfc;
use crate::wildcard::{Token, tokens};
use crate::{AssetFacts, Builtin, FieldKey, SelectError, Value, fold, parse_time};

/// What is known of an asset outside its facts: names and the states of labelling.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// `Id`: the public id.
    pub id: String,
    /// `Upload`: its name.
    pub upload: String,
    /// `Batch`: names of the batches that it is a member of. `Batched`: a boolean that every asset has.
    pub batches: Vec<String>,
    /// `Status`: of each of its tasks.
    pub statuses: Vec<String>,
    /// `Label`: the labels that occur in its standing submissions, with how often. `LabelCount(label)`: that number; 0
    /// when there is a standing submission without the label; no value when none stands.
    pub labels: BTreeMap<String, u32>,
    /// Whether any submission stands.
    pub submitted: bool,
    /// `Annotator`: e-mail and name of each person whose answer stands.
    pub annotators: Vec<String>,
    /// `Reviewer`: e-mail and name of each person who gave a verdict.
    pub reviewers: Vec<String>,
    /// `Agreement`: scores of its tasks that several people judged.
    pub agreements: Vec<f64>,
    /// `Prelabel`: the sources that have a pre-label of it. `PrelabelScore(source)`: its score, when it has one.
    pub prelabels: BTreeMap<String, Option<f64>>,
    /// `Labelled`: times of the standing submissions.
    pub labelled_ms: Vec<i64>,
}

/// The ordinals of the assets that the expression is true of.
pub fn evaluate<'a>(
    expr: &Expr,
    library: impl IntoIterator<Item = (&'a AssetFacts<'a>, &'a State)>,
) -> Result<roaring::RoaringBitmap, SelectError> {
    let mut found = roaring::RoaringBitmap::new();
    for (facts, state) in library {
        if matches(expr, &facts.values()?, state) {
            found.insert(facts.ordinal);
        }
    }
    Ok(found)
}

/// Whether the expression is true of an asset with these indexed values ([`AssetFacts::values`]) and this state.
pub fn matches(expr: &Expr, values: &BTreeMap<FieldKey, Vec<Value>>, state: &State) -> bool {
    match expr {
        Expr::All => true,
        Expr::Nothing => false,
        Expr::And(all) => all.iter().all(|e| matches(e, values, state)),
        Expr::Or(any) => any.iter().any(|e| matches(e, values, state)),
        Expr::Not(e) => !matches(e, values, state),
        Expr::Test(field, test) => test_values(test, &field_values(field, values, state)),
    }
}

/// The values that a field of the language has in one asset.
pub fn field_values(field: &Field, values: &BTreeMap<FieldKey, Vec<Value>>, state: &State) -> Vec<Value> {
    let texts = |texts: &[String]| texts.iter().map(|t| text(t)).collect::<Vec<Value>>();
    let of = |key: FieldKey| values.get(&key).cloned().unwrap_or_default();
    match field {
        Field::Id => vec![text(&state.id)],
        Field::Upload => vec![text(&state.upload)],
        Field::NameOrRef => {
            let mut both = of(FieldKey::Builtin(Builtin::Name));
            both.extend(of(FieldKey::Builtin(Builtin::Ref)));
            both
        }
        Field::Batch => texts(&state.batches),
        Field::Batched => vec![Value::Bool(!state.batches.is_empty())],
        Field::Status => texts(&state.statuses),
        Field::Label => state.labels.keys().map(|t| text(t)).collect(),
        Field::LabelCount(label) if state.submitted => {
            vec![Value::Number(f64::from(state.labels.get(label).copied().unwrap_or(0)))]
        }
        Field::LabelCount(_) => vec![],
        Field::Annotator => texts(&state.annotators),
        Field::Reviewer => texts(&state.reviewers),
        Field::Agreement => state.agreements.iter().map(|score| Value::Number(*score)).collect(),
        Field::Prelabel => state.prelabels.keys().map(|t| text(t)).collect(),
        Field::PrelabelScore(source) => {
            state.prelabels.get(source).copied().flatten().map(Value::Number).into_iter().collect()
        }
        Field::Labelled => state.labelled_ms.iter().map(|ms| Value::Time(*ms)).collect(),
        indexed => FieldKey::of(indexed).map(of).unwrap_or_default(),
    }
}

fn text(t: &str) -> Value {
    Value::Text(nfc(t).into_owned())
}

/// Whether a field with these values passes the test: some value does.
pub fn test_values(test: &Test, values: &[Value]) -> bool {
    values.iter().any(|value| test_value(test, value))
}

fn test_value(test: &Test, value: &Value) -> bool {
    match test {
        Test::Exists => true,
        Test::Equals(scalar) => equals(scalar, value),
        Test::Compare(order, scalar) => compares(*order, scalar, value),
        // Bounds of different kinds hold nothing between them.
        Test::Between(Some(low), Some(high))
            if std::mem::discriminant(low) != std::mem::discriminant(high) =>
        {
            false
        }
        Test::Between(low, high) => {
            low.as_ref().is_none_or(|low| compares(Order::GreaterEqual, low, value))
                && high.as_ref().is_none_or(|high| compares(Order::LessEqual, high, value))
        }
        Test::Modulo { divisor, remainder } => match value {
            Value::Number(n) if n.fract() == 0.0 && n.abs() < 9.0e18 => {
                (*n as i64).checked_rem_euclid(*divisor) == Some(*remainder)
            }
            _ => false,
        },
        Test::EqualsExact(wanted) => matches!(value, Value::Text(t) if *t == nfc(wanted)),
        Test::Contains(part) => matches!(value, Value::Text(t) if fold(t).contains(&fold(part))),
        Test::Wildcard(pattern) => {
            matches!(value, Value::Text(t) if wildcard(&tokens(pattern), &fold(t)))
        }
        Test::Matches(pattern) => match (regex::Regex::new(pattern), value) {
            (Ok(regex), Value::Text(t)) => regex.is_match(t),
            _ => false,
        },
    }
}

/// Milliseconds, of a time or of a text that reads as one.
fn time_of(value: &Value) -> Option<i64> {
    match value {
        Value::Time(ms) => Some(*ms),
        Value::Text(t) => parse_time(t),
        _ => None,
    }
}

fn equals(scalar: &Scalar, value: &Value) -> bool {
    let same_text = |wanted: &str| matches!(value, Value::Text(t) if fold(t) == fold(wanted));
    match scalar {
        Scalar::Number { value: wanted, text } => {
            matches!(value, Value::Number(n) if n == wanted) || same_text(text)
        }
        Scalar::Text(wanted) => same_text(wanted),
        Scalar::Bool(wanted) => {
            matches!(value, Value::Bool(b) if b == wanted)
                || same_text(if *wanted { "true" } else { "false" })
        }
        Scalar::Time { from_ms, until_ms, text } => {
            time_of(value).is_some_and(|ms| (*from_ms..*until_ms).contains(&ms)) || same_text(text)
        }
    }
}

/// Kinds never mix: numbers with numbers, times with times, text (folded) with text; booleans have no order.
fn compares(order: Order, scalar: &Scalar, value: &Value) -> bool {
    match (scalar, value) {
        (Scalar::Number { value: wanted, .. }, Value::Number(n)) => match order {
            Order::Less => n < wanted,
            Order::LessEqual => n <= wanted,
            Order::Greater => n > wanted,
            Order::GreaterEqual => n >= wanted,
        },
        (Scalar::Text(wanted), Value::Text(t)) => {
            let (t, wanted) = (fold(t), fold(wanted));
            match order {
                Order::Less => t < wanted,
                Order::LessEqual => t <= wanted,
                Order::Greater => t > wanted,
                Order::GreaterEqual => t >= wanted,
            }
        }
        // A span is a point as wide as a day or a millisecond: before it, after it, or in it.
        (Scalar::Time { from_ms, until_ms, .. }, value) => time_of(value).is_some_and(|ms| match order {
            Order::Less => ms < *from_ms,
            Order::LessEqual => ms < *until_ms,
            Order::Greater => ms >= *until_ms,
            Order::GreaterEqual => ms >= *from_ms,
        }),
        _ => false,
    }
}

fn wildcard(pattern: &[Token], text: &str) -> bool {
    match pattern {
        [] => text.is_empty(),
        [Token::Literal(l), rest @ ..] => text.strip_prefix(l.as_str()).is_some_and(|t| wildcard(rest, t)),
        [Token::One, rest @ ..] => {
            let mut chars = text.chars();
            chars.next().is_some() && wildcard(rest, chars.as_str())
        }
        [Token::Any, rest @ ..] => {
            wildcard(rest, text)
                || text.char_indices().any(|(i, c)| wildcard(rest, &text[i + c.len_utf8()..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, text: &str) -> Scalar {
        Scalar::Number { value, text: text.into() }
    }

    #[test]
    fn the_examples_of_the_manual() {
        #[track_caller]
        fn check(test: Test, values: &[Value], want: bool) {
            assert_eq!(test_values(&test, values), want, "{test:?} {values:?}");
        }
        let t = |s: &str| Value::Text(s.into());
        check(Test::Equals(number(2018.0, "2018")), &[Value::Number(2018.0)], true);
        check(Test::Equals(number(2018.0, "2018")), &[t("2018")], true);
        check(Test::Compare(Order::Greater, number(2017.0, "2017")), &[t("2018")], false);
        check(Test::Equals(Scalar::Text("RAIN".into())), &[t("snow"), t("rain")], true);
        check(Test::EqualsExact("San Jose".into()), &[t("san jose")], false);
        check(Test::Equals(Scalar::Bool(true)), &[t("True")], true);
        check(Test::Wildcard("San*".into()), &[t("san jose")], true);
        check(Test::Wildcard("*".into()), &[Value::Number(1.0)], false);
        check(Test::Wildcard(r"a\*?".into()), &[t("A*b")], true);
        check(Test::Wildcard(r"a\*?".into()), &[t("Axb")], false);
        check(Test::Contains("É".into()), &[text("cafe\u{301} noir")], true);
        check(Test::Modulo { divisor: 5, remainder: 0 }, &[Value::Number(-10.0)], true);
        check(Test::Modulo { divisor: 0, remainder: 0 }, &[Value::Number(10.0)], false);
        check(Test::Modulo { divisor: 5, remainder: 3 }, &[Value::Number(-2.0)], true);
        check(Test::Exists, &[], false);
        let day = Scalar::Time { from_ms: 0, until_ms: 86_400_000, text: "1970-01-01".into() };
        check(Test::Equals(day.clone()), &[t("1970-01-01T23:59:59Z")], true);
        check(Test::Compare(Order::Greater, day.clone()), &[Value::Time(86_400_000)], true);
        check(Test::Compare(Order::LessEqual, day.clone()), &[Value::Time(86_399_999)], true);
        check(Test::Between(Some(day), None), &[Value::Number(1.0)], false);
    }
}
