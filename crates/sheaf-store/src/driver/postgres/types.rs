//! PostgreSQL: how arguments are handed over and columns are read, in its binary format.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type};

use crate::driver::Arg;
use crate::driver::arg::OwnedArg;
use crate::driver::row::Value;

type Wrong = Box<dyn Error + Sync + Send>;

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        match (self, ty) {
            (Arg::Null, _) => Ok(IsNull::Yes),
            // The server finds out what it is, and reads it as a literal.
            (Arg::Int(value), &Type::UNKNOWN) => value.to_string().to_sql(&Type::TEXT, out),
            (Arg::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Arg::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Arg::Int(value), &Type::BOOL) => (*value != 0).to_sql(ty, out),
            (Arg::Int(value), &Type::FLOAT8) => (*value as f64).to_sql(ty, out),
            (Arg::Real(value), &Type::FLOAT8) => value.to_sql(ty, out),
            (Arg::Text(value), &Type::TEXT | &Type::VARCHAR) => value.to_sql(ty, out),
            (Arg::Blob(value), &Type::BYTEA) => value.to_sql(ty, out),
            (value, ty) => Err(format!("{value:?} for an argument of type {ty}").into()),
        }
    }

    fn encode_format(&self, ty: &Type) -> Format {
        if *ty == Type::UNKNOWN { Format::Text } else { Format::Binary }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        self.to_sql(ty, out)
    }
}

impl ToSql for OwnedArg {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        self.as_arg().to_sql(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        self.to_sql(ty, out)
    }
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Wrong> {
        Ok(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::BOOL => Value::Int(i64::from(bool::from_sql(ty, raw)?)),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Value::Blob(raw),
            _ => Value::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Wrong> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT8
                | Type::INT4
                | Type::BOOL
                | Type::FLOAT8
                | Type::NUMERIC
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::UNKNOWN
        )
    }
}

/// A sum of whole numbers comes as NUMERIC: how many digits to the base of 10,000, the place of the first one, a sign, how
/// many decimals are shown, and the digits (`numeric_send` in PostgreSQL's numeric.c).
fn numeric(raw: &[u8]) -> Result<Value<'static>, Wrong> {
    let word = |at: usize| -> Result<u16, Wrong> {
        let bytes = raw.get(at * 2..at * 2 + 2).ok_or("a NUMERIC that is cut off")?;
        Ok(u16::from_be_bytes(bytes.try_into()?))
    };
    let (n, first, sign) = (word(0)?, word(1)? as i16, word(2)?);
    if sign != 0 && sign != 0x4000 {
        return Err("a NUMERIC that is no number".into());
    }
    let (mut whole, mut fraction) = (0_i128, 0.0);
    for place in 0..n.max(u16::try_from(first.max(-1) + 1)?) {
        let digit = if place < n { word(4 + usize::from(place))? } else { 0 };
        if i32::from(place) <= i32::from(first) {
            whole = whole.checked_mul(10_000).ok_or("a NUMERIC that is too large")? + i128::from(digit);
        } else {
            fraction += f64::from(digit) * 10_000_f64.powi(i32::from(first) - i32::from(place));
        }
    }
    let positive = sign == 0;
    if fraction > 0.0 {
        let value = whole as f64 + fraction;
        return Ok(Value::Real(if positive { value } else { -value }));
    }
    Ok(Value::Int(i64::try_from(if positive { whole } else { -whole })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(first: i16, negative: bool, digits: &[u16]) -> Vec<u8> {
        let sign = if negative { 0x4000 } else { 0 };
        let head = [digits.len() as u16, first as u16, sign, 0];
        head.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    fn read(first: i16, negative: bool, digits: &[u16]) -> String {
        format!("{:?}", numeric(&encoded(first, negative, digits)).unwrap())
    }

    #[test]
    fn sums_are_whole_numbers() {
        assert_eq!(read(0, false, &[]), "Int(0)");
        assert_eq!(read(0, false, &[7]), "Int(7)");
        // Zeros at the end are left out.
        assert_eq!(read(2, false, &[3]), "Int(300000000)");
        assert_eq!(read(1, true, &[12, 3456]), "Int(-123456)");
        assert_eq!(read(4, false, &[922, 3372, 368, 5477, 5807]), format!("Int({})", i64::MAX));
        assert_eq!(read(0, false, &[1, 5000]), "Real(1.5)");
        assert_eq!(read(-1, true, &[2500]), "Real(-0.25)");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert!(numeric(&[0, 1, 0, 0]).is_err(), "cut off");
        assert!(numeric(&encoded(9, false, &[1])).is_err(), "more than 64 bits");
        let mut nan = encoded(0, false, &[]);
        nan[4] = 0xc0;
        assert!(numeric(&nan).is_err());
    }
}
