//! A test, compiled: folded text, closed ranges of numbers, half-open spans of time, compiled patterns.

use regex::Regex;
use sheaf_query::expr::{Order, Scalar, Test};

use crate::SelectError;
use crate::value::{fold, nfc};
use crate::wildcard::Wildcard;

/// What values pass, by kind; a value passes when its kind's part lets it.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    /// Any value at all; the rest is then not looked at.
    pub any: bool,
    /// The only boolean that passes.
    pub boolean: Option<bool>,
    pub numbers: NumberTest,
    /// Times, and texts that read as times, within `from..until`.
    pub times: Option<(i64, i64)>,
    pub texts: TextTest,
}

#[derive(Debug, Default)]
pub(crate) enum NumberTest {
    #[default]
    None,
    /// `low <= n <= high`
    Range(f64, f64),
    /// `n` is whole and `n mod divisor = remainder`.
    Modulo(i64, i64),
    /// Any of these, sorted.
    OneOf(Vec<f64>),
}

#[derive(Debug, Default)]
pub(crate) enum TextTest {
    #[default]
    None,
    /// Folded.
    Equals(String),
    /// In NFC.
    Exact(String),
    /// Folded bounds.
    Range(Option<Bound>, Option<Bound>),
    /// Folded.
    Contains(String),
    Wildcard(Wildcard),
    Regex(Regex),
}

#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub text: String,
    pub inclusive: bool,
}

impl NumberTest {
    #[inline]
    pub fn passes(&self, n: f64) -> bool {
        match self {
            NumberTest::None => false,
            NumberTest::Range(low, high) => n >= *low && n <= *high,
            NumberTest::Modulo(divisor, remainder) => {
                n.fract() == 0.0
                    && n.abs() < 9.0e18
                    && (n as i64).checked_rem_euclid(*divisor) == Some(*remainder)
            }
            NumberTest::OneOf(all) => all.binary_search_by(|x| x.total_cmp(&n)).is_ok(),
        }
    }
}

impl TextTest {
    /// Whether a text passes, given in NFC and folded.
    pub fn passes(&self, exact: &str, folded: &str) -> bool {
        match self {
            TextTest::None => false,
            TextTest::Equals(t) => folded == t,
            TextTest::Exact(t) => exact == t,
            TextTest::Range(low, high) => above(low, folded) && below(high, folded),
            TextTest::Contains(part) => folded.contains(part.as_str()),
            TextTest::Wildcard(w) => w.is_match(folded),
            TextTest::Regex(r) => r.is_match(exact),
        }
    }
}

pub(crate) fn above(low: &Option<Bound>, folded: &str) -> bool {
    low.as_ref().is_none_or(|b| folded > b.text.as_str() || b.inclusive && folded == b.text)
}

pub(crate) fn below(high: &Option<Bound>, folded: &str) -> bool {
    high.as_ref().is_none_or(|b| folded < b.text.as_str() || b.inclusive && folded == b.text)
}

impl Matcher {
    pub fn new(test: &Test) -> Result<Matcher, SelectError> {
        Ok(match test {
            Test::Exists | Test::Between(None, None) => Matcher { any: true, ..Matcher::default() },
            Test::Equals(scalar) => Matcher::equals(scalar),
            Test::EqualsExact(t) => {
                Matcher { texts: TextTest::Exact(nfc(t).into_owned()), ..Matcher::default() }
            }
            Test::Contains(t) => Matcher { texts: TextTest::Contains(fold(t)), ..Matcher::default() },
            Test::Wildcard(p) => {
                let texts = match Wildcard::new(p) {
                    Wildcard::Equals(t) => TextTest::Equals(t),
                    Wildcard::Contains(t) => TextTest::Contains(t),
                    Wildcard::Prefix(t) => prefix(t),
                    other => TextTest::Wildcard(other),
                };
                Matcher { texts, ..Matcher::default() }
            }
            Test::Matches(p) => {
                let regex = Regex::new(p)
                    .map_err(|e| SelectError::Pattern { pattern: p.clone(), message: e.to_string() })?;
                Matcher { texts: TextTest::Regex(regex), ..Matcher::default() }
            }
            Test::Modulo { divisor, remainder } => {
                Matcher { numbers: NumberTest::Modulo(*divisor, *remainder), ..Matcher::default() }
            }
            Test::Compare(order, scalar) => match order {
                Order::Less | Order::LessEqual => {
                    Matcher::range(None, Some((scalar, *order == Order::LessEqual)))
                }
                Order::Greater | Order::GreaterEqual => {
                    Matcher::range(Some((scalar, *order == Order::GreaterEqual)), None)
                }
            },
            Test::Between(low, high) => {
                Matcher::range(low.as_ref().map(|s| (s, true)), high.as_ref().map(|s| (s, true)))
            }
        })
    }

    /// Any of these numbers, as ids.
    pub fn one_of(ids: impl IntoIterator<Item = i64>) -> Matcher {
        let mut all: Vec<f64> = ids.into_iter().map(|id| id as f64).collect();
        all.sort_unstable_by(f64::total_cmp);
        Matcher { numbers: NumberTest::OneOf(all), ..Matcher::default() }
    }

    fn equals(scalar: &Scalar) -> Matcher {
        let text = |t: &str| TextTest::Equals(fold(t));
        match scalar {
            Scalar::Number { value, text: t } => {
                Matcher { numbers: NumberTest::Range(*value, *value), texts: text(t), ..Matcher::default() }
            }
            Scalar::Text(t) => Matcher { texts: text(t), ..Matcher::default() },
            Scalar::Bool(b) => Matcher {
                boolean: Some(*b),
                texts: text(if *b { "true" } else { "false" }),
                ..Matcher::default()
            },
            Scalar::Time { from_ms, until_ms, text: t } => {
                Matcher { times: Some((*from_ms, *until_ms)), texts: text(t), ..Matcher::default() }
            }
        }
    }

    /// Bounds with whether they are inclusive; bounds of different kinds let nothing pass.
    fn range(low: Option<(&Scalar, bool)>, high: Option<(&Scalar, bool)>) -> Matcher {
        let mut matcher = Matcher::default();
        let both = [low, high];
        let of = |kind: fn(&Scalar) -> bool| both.iter().flatten().all(|(s, _)| kind(s));
        if of(|s| matches!(s, Scalar::Number { .. })) {
            let value = |bound: Option<(&Scalar, bool)>, open: f64, beyond: fn(f64) -> f64| match bound {
                Some((Scalar::Number { value, .. }, true)) => *value,
                Some((Scalar::Number { value, .. }, false)) => beyond(*value),
                _ => open,
            };
            let low = value(low, f64::NEG_INFINITY, f64::next_up);
            let high = value(high, f64::INFINITY, f64::next_down);
            matcher.numbers = NumberTest::Range(low, high);
        } else if of(|s| matches!(s, Scalar::Time { .. })) {
            let from = match low {
                Some((Scalar::Time { from_ms, .. }, true)) => *from_ms,
                Some((Scalar::Time { until_ms, .. }, false)) => *until_ms,
                _ => i64::MIN,
            };
            let until = match high {
                Some((Scalar::Time { until_ms, .. }, true)) => *until_ms,
                Some((Scalar::Time { from_ms, .. }, false)) => *from_ms,
                _ => i64::MAX,
            };
            matcher.times = Some((from, until));
        } else if of(|s| matches!(s, Scalar::Text(_))) {
            let bound = |bound: Option<(&Scalar, bool)>| match bound {
                Some((Scalar::Text(t), inclusive)) => Some(Bound { text: fold(t), inclusive }),
                _ => None,
            };
            matcher.texts = TextTest::Range(bound(low), bound(high));
        }
        matcher
    }

    /// How dear the test is, roughly: the cheap ones of a conjunction go first.
    pub fn cost(&self) -> u32 {
        match self.texts {
            TextTest::Regex(_) => 4,
            TextTest::Contains(_) | TextTest::Wildcard(_) => 3,
            _ => 1,
        }
    }
}

/// All texts that begin with `t` are a range: up to, not including, the next text of the same length.
fn prefix(t: String) -> TextTest {
    let mut end: Vec<char> = t.chars().collect();
    let next = loop {
        match end.pop() {
            None => break None,
            Some(c) => {
                if let Some(next) = (c as u32 + 1..=u32::from(char::MAX)).find_map(char::from_u32) {
                    end.push(next);
                    break Some(end.into_iter().collect::<String>());
                }
            }
        }
    };
    TextTest::Range(
        Some(Bound { text: t, inclusive: true }),
        next.map(|text| Bound { text, inclusive: false }),
    )
}
