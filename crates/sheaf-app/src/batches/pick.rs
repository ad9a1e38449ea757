//! The picks and the parts of a recipe, carried out on a pool of assets.

use roaring::RoaringBitmap;
use sheaf_model::pick::VALUES_MAX;
use sheaf_model::{FieldValue, Part, Pick, Problem, Quota, QuotaFit, TopOrder};
use sheaf_query::{Diagnostic, Mode};
use sheaf_select::classes::Class;
use sheaf_select::{Builtin, FieldKey, Value, deal, parse_time, pick, quota};

use crate::library::Look;
use crate::library::facets::value_text;
use crate::{Error, Result, ids};

/// What a pick takes.
pub(super) struct Picked {
    pub(super) members: RoaringBitmap,
    /// With its seed.
    pub(super) pick: Pick,
    /// Of a quota.
    pub(super) fit: Option<Vec<QuotaFit>>,
}

pub(super) fn picked(look: &Look<'_>, pool: &RoaringBitmap, pick: &Pick, mode: Mode) -> Result<Picked> {
    let mut out = Picked { members: RoaringBitmap::new(), pick: pick.clone(), fit: None };
    match &mut out.pick {
        Pick::All => out.members = pool.clone(),
        Pick::First { count } => out.members = pick::first(pool, *count),
        Pick::Last { count } => out.members = pick::last(pool, *count),
        Pick::Random { count, seed } => {
            out.members = pick::random(pool, *count, made(seed)?);
        }
        Pick::Top { count, by, order } => {
            if let Some(key) = column(look, by, "recipe.pick.top.by", mode)? {
                out.members = look.library().top(pool, &key, *order == TopOrder::Desc, *count)?;
            }
        }
        Pick::Quota { count, by, seed, fill, quotas } => {
            let seed = made(seed)?;
            let key = column(look, by, "recipe.pick.quota.by", mode)?;
            let (names, shares, classes) = classes(look, pool, key.as_ref(), quotas.as_deref())?;
            let sets = match &key {
                Some(key) => look.library().classes(key, pool, &classes)?,
                // A stored recipe whose field is gone: all assets are without it.
                None => classes.iter().map(|class| of_missing(class, pool)).collect(),
            };
            let available: Vec<u64> = sets.iter().map(RoaringBitmap::len).collect();
            // No library has more, and sums of what is wanted stay exact.
            let count = (*count).min(u64::from(u32::MAX));
            let fits = quota::fit(count, &shares, &available, *fill);
            out.members = quota::pick(&sets, fits.iter().map(|fit| fit.picked), seed);
            let sum: f64 = shares.iter().sum();
            let rows = names.into_iter().zip(shares).zip(fits).map(|((value, share), fit)| QuotaFit {
                value,
                share: share / sum,
                wanted: fit.wanted,
                available: fit.available,
                picked: fit.picked,
            });
            out.fit = Some(rows.collect());
        }
    }
    Ok(out)
}

/// The seed, made when there is none.
fn made(seed: &mut Option<u64>) -> Result<u64> {
    let made = seed.map_or_else(ids::seed, Ok)?;
    *seed = Some(made);
    Ok(made)
}

fn of_missing(class: &Class, pool: &RoaringBitmap) -> RoaringBitmap {
    if *class == Class::Missing { pool.clone() } else { RoaringBitmap::new() }
}

/// The column behind a field's name. A name without one is an error at `path`; in a stored recipe it is no column, so
/// that no asset has a value.
pub(super) fn column(look: &Look<'_>, by: &str, path: &str, mode: Mode) -> Result<Option<FieldKey>> {
    let read = look.read(&format!("{}:*", sheaf_query::quote_field(by)), Mode::Strict)?;
    let error = read.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    let key = match (&read.expr, error) {
        (sheaf_query::Expr::Test(field, _), None) => FieldKey::of(field),
        _ => None,
    };
    if key.is_some() || mode == Mode::Stored {
        return Ok(key);
    }
    let message = error.map_or_else(
        || format!("`{by}` is not a field of the assets themselves; name one of their metadata, or name, size, ..."),
        |error| error.message.clone(),
    );
    let refused = Error::problems("unknown_field", vec![Problem::new(path, message)]);
    Err(match error.and_then(hint) {
        Some(hint) => refused.hint(hint),
        None => refused,
    })
}

fn hint(error: &Diagnostic) -> Option<String> {
    match error.suggestions.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        some => Some(format!("did you mean one of `{}`?", some.join("`, `"))),
    }
}

/// The quotas' values as they are told, their shares, and the classes that they stand for.
type Classes = (Vec<Option<FieldValue>>, Vec<f64>, Vec<Class>);

fn classes(
    look: &Look<'_>,
    pool: &RoaringBitmap,
    key: Option<&FieldKey>,
    quotas: Option<&[Quota]>,
) -> Result<Classes> {
    let Some(quotas) = quotas else {
        let Some(key) = key else { return Ok(Classes::default()) };
        let too_many = "has more than 1,000 values in the pool; name those that count in `quotas`";
        let values = values(look, pool, key, "recipe.pick.quota.by", too_many)?;
        let names = values.iter().map(|value| field_value(look, key, value).map(Some));
        let names = names.collect::<Result<Vec<_>>>()?;
        let classes: Vec<Class> = values.into_iter().map(|value| Class::AnyOf(vec![value])).collect();
        return Ok((names, vec![1.0; classes.len()], classes));
    };
    let classes = quotas.iter().map(|quota| match (&quota.value, key) {
        (None, _) => Ok(Class::Missing),
        (Some(value), Some(key)) => Ok(Class::AnyOf(written(look, key, value)?)),
        (Some(_), None) => Ok(Class::AnyOf(Vec::new())),
    });
    Ok((
        quotas.iter().map(|quota| quota.value.clone()).collect(),
        quotas.iter().map(|quota| quota.share).collect(),
        classes.collect::<Result<Vec<_>>>()?,
    ))
}

/// Every value of the field within the set, in the order of sorting; more than [`VALUES_MAX`] are an error.
pub(super) fn values(
    look: &Look<'_>,
    within: &RoaringBitmap,
    key: &FieldKey,
    path: &str,
    too_many: &str,
) -> Result<Vec<Value>> {
    let facet = look.library().facet(key, within, VALUES_MAX + 1)?;
    if facet.distinct.is_none_or(|n| n > VALUES_MAX as u64) {
        return Err(Error::problems("too_many_values", vec![Problem::new(path, too_many)]));
    }
    let mut values: Vec<Value> = facet.values.into_iter().map(|(value, _)| value).collect();
    values.sort_by(Value::order);
    Ok(values)
}

/// A value as a recipe writes it.
pub(super) fn field_value(look: &Look<'_>, key: &FieldKey, value: &Value) -> Result<FieldValue> {
    Ok(match value {
        Value::Bool(flag) => FieldValue::Bool(*flag),
        Value::Number(number) if *key != FieldKey::Builtin(Builtin::Upload) => FieldValue::Number(*number),
        other => FieldValue::Text(value_text(look.tx, look.project, key, other)?),
    })
}

/// The value that [`field_value`] writes so; none when no asset can have it.
fn exact(look: &Look<'_>, key: &FieldKey, value: &FieldValue) -> Result<Option<Value>> {
    Ok(match (key, value) {
        // Uploads are numbers inside and names outside.
        (FieldKey::Builtin(Builtin::Upload), value) => {
            let wanted = value.to_string();
            let names = look.tx.upload_names(look.project)?;
            names.into_iter().find(|(_, name)| *name == wanted).map(|(id, _)| Value::Number(id.0 as f64))
        }
        (FieldKey::Builtin(Builtin::Uploaded), FieldValue::Text(text)) => parse_time(text).map(Value::Time),
        (_, FieldValue::Text(text)) => Some(Value::Text(sheaf_query::nfc(text))),
        (_, FieldValue::Bool(flag)) => Some(Value::Bool(*flag)),
        // Minus zero is zero.
        (_, FieldValue::Number(number)) => Some(Value::Number(number + 0.0)),
    })
}

/// The values that a person may mean: a text is also the number or boolean that is written so.
fn written(look: &Look<'_>, key: &FieldKey, value: &FieldValue) -> Result<Vec<Value>> {
    let mut values: Vec<Value> = exact(look, key, value)?.into_iter().collect();
    if let FieldValue::Text(text) = value
        && *key != FieldKey::Builtin(Builtin::Upload)
    {
        let number = text.parse::<f64>().ok().filter(|number| format!("{number}") == *text);
        values.extend(number.map(Value::Number));
        values.extend(text.parse::<bool>().ok().map(Value::Bool));
    }
    Ok(values)
}

/// The part of a set.
pub(super) fn part(look: &Look<'_>, set: &RoaringBitmap, part: &Part, mode: Mode) -> Result<RoaringBitmap> {
    match part {
        Part::Equal { n, of, seed } => {
            let mut parts = match seed {
                None => deal::in_order(set, *of),
                Some(seed) => deal::at_random(set, *of, *seed),
            };
            // `n` is 1 to `of`: `Part::problems` sees to it.
            Ok(parts.swap_remove((*n as usize).saturating_sub(1).min(parts.len() - 1)))
        }
        Part::Value { by, value } => {
            let key = column(look, by, "recipe.part.value.by", mode)?;
            let value = match (&key, value) {
                (None, None) => return Ok(set.clone()),
                (Some(key), None) => return Ok(set - look.library().having(key, set)?),
                (None, Some(_)) => None,
                (Some(key), Some(value)) => exact(look, key, value)?,
            };
            match key.zip(value) {
                Some((key, value)) => Ok(look.library().with_least(&key, set, &value)?),
                None => Ok(RoaringBitmap::new()),
            }
        }
    }
}
