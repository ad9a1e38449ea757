//! From a written value to a number, text, truth or span of time, as the field that it is compared with needs it.

use super::{Checker, Holds, Refused, holds};
use crate::diagnostic::{Diagnostic, code};
use crate::expr::{Field, Scalar};
use crate::normal::nfc;
use crate::parse::clip;
use crate::span::Span;
use crate::time::{TimeSpan, read_absolute, read_relative, read_year};
use crate::tree::Literal;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Equality,
    /// Comparisons and ranges.
    Order,
}

impl Checker<'_> {
    pub(super) fn scalar(&mut self, field: &Field, literal: &Literal, used: Use) -> Result<Scalar, Refused> {
        match holds(field) {
            Holds::Text => Ok(Scalar::Text(nfc(&literal.text))),
            Holds::Numbers => read_number(&literal.text)
                .map(|value| Scalar::Number { value, text: literal.text.clone() })
                .ok_or_else(|| self.bad_number(field, literal)),
            Holds::Times => self.time(field, literal, used),
            Holds::Anything => Ok(metadata_scalar(literal, used, self.now_ms)),
        }
    }

    fn bad_number(&mut self, field: &Field, literal: &Literal) -> Refused {
        let name = crate::builtin::field_name(field);
        self.refuse(
            Diagnostic::error(
                code::BAD_NUMBER,
                literal.span(),
                format!("`{name}` is a number, found `{}`", clip(&literal.text)),
            )
            .hint("write a number, such as `width:640` or `size>1000000`, without a unit"),
        )
    }

    fn time(&mut self, field: &Field, literal: &Literal, used: Use) -> Result<Scalar, Refused> {
        let text = &literal.text;
        if let Some(span) = read_absolute(text).or_else(|| read_year(text)) {
            return Ok(time_scalar(span, text.clone()));
        }
        let name = crate::builtin::field_name(field);
        if let Some(relative) = read_relative(text) {
            if used == Use::Equality && !relative.is_day() {
                return Err(self.refuse(
                    Diagnostic::error(
                        code::BAD_TIME,
                        literal.span(),
                        format!("`{text}` is one moment, not a day"),
                    )
                    .hint(format!("write `{name}:>{text}` for since then, `{name}:today` for today"))
                    .suggest(vec![format!(">{text}")]),
                ));
            }
            if let Some((span, text)) = relative.resolve(self.now_ms) {
                return Ok(time_scalar(span, text));
            }
        }
        Err(self.refuse(
            Diagnostic::error(code::BAD_TIME, literal.span(), format!("`{}` is not a time", clip(text)))
                .hint(
                    "write 2026-11-20, 2026-11, 2026, 2026-11-20T10:00+01:00, today, yesterday, now, \
                 or so far back: -3h, -7d, -2w, -6m",
                ),
        ))
    }

    pub(super) fn end(&mut self, field: &Field, end: Option<&Literal>) -> Result<Option<Scalar>, Refused> {
        end.map(|literal| self.scalar(field, literal, Use::Order)).transpose()
    }

    /// Both ends of a range must be of one kind: if they are not, both are text.
    pub(super) fn range(
        &mut self,
        from: Option<Scalar>,
        to: Option<Scalar>,
        span: Span,
    ) -> (Option<Scalar>, Option<Scalar>) {
        let (Some(a), Some(b)) = (&from, &to) else { return (from, to) };
        let mut warn = |code, message: &str, hint: &str| {
            self.sink.push(Diagnostic::warning(code, span, message).hint(hint));
        };
        let empty = match (a, b) {
            (Scalar::Number { value: a, .. }, Scalar::Number { value: b, .. }) => a > b,
            (Scalar::Time { from_ms: a, .. }, Scalar::Time { until_ms: b, .. }) => a >= b,
            (Scalar::Text(a), Scalar::Text(b)) => a.to_lowercase() > b.to_lowercase(),
            _ => {
                warn(
                    code::MIXED_RANGE,
                    "the ends of this range are of different kinds, so both are compared as text",
                    "write two numbers or two times",
                );
                return (from.map(as_text), to.map(as_text));
            }
        };
        if empty {
            warn(
                code::EMPTY_RANGE,
                "this range ends before it begins, so it matches nothing",
                "swap its ends",
            );
        }
        (from, to)
    }
}

fn as_text(scalar: Scalar) -> Scalar {
    match scalar {
        Scalar::Number { text, .. } | Scalar::Time { text, .. } | Scalar::Text(text) => Scalar::Text(text),
        Scalar::Bool(value) => Scalar::Text(value.to_string()),
    }
}

fn time_scalar(span: TimeSpan, text: String) -> Scalar {
    Scalar::Time { from_ms: span.from_ms, until_ms: span.until_ms, text }
}

/// A value that is compared with metadata, whose kind only the assets know.
fn metadata_scalar(literal: &Literal, used: Use, now_ms: i64) -> Scalar {
    let text = nfc(&literal.text);
    if used == Use::Equality && (text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")) {
        return Scalar::Bool(text.eq_ignore_ascii_case("true"));
    }
    if let Some(value) = read_number(&text) {
        return Scalar::Number { value, text };
    }
    if let Some(span) = read_absolute(&text) {
        return time_scalar(span, text);
    }
    if let Some((span, absolute)) = relative_in_metadata(literal, used, now_ms) {
        return time_scalar(span, absolute);
    }
    Scalar::Text(text)
}

/// The absolute time that a relative one means in a test of metadata: a day's word anywhere, a moment only in
/// comparisons and ranges, and neither in quotes.
pub(crate) fn relative_in_metadata(literal: &Literal, used: Use, now_ms: i64) -> Option<(TimeSpan, String)> {
    if literal.quoted {
        return None;
    }
    let relative = read_relative(&literal.text)?;
    if used == Use::Equality && !relative.is_day() { None } else { relative.resolve(now_ms) }
}

/// A finite decimal number: `5`, `-0.5`, `1e6`. No other spellings.
pub(crate) fn read_number(text: &str) -> Option<f64> {
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}
