//! Facets and histograms of fields over what a query finds; each value with the term that a click adds to the query.

use std::time::Instant;

use sheaf_model::{Millis, ProjectId};
use sheaf_query::Mode;
use sheaf_select::facet::Facet;
use sheaf_select::histogram::{Bucket, Histogram};
use sheaf_select::{Builtin, FieldKey, Kind, Value};
use sheaf_store::Tx;

use super::Look;
use super::list::millis;
use crate::{Access, Actor, App, Error, Result};

/// Fields that one question may ask about.
pub const FACETS_MAX: usize = 50;
/// Values that one facet may list.
pub const VALUES_MAX: usize = 100;
/// Bars of a histogram, about.
pub(crate) const BUCKETS: usize = 24;

#[derive(Debug)]
pub struct Facets {
    pub total: u64,
    pub took_ms: f64,
    pub facets: Vec<FieldFacet>,
}

#[derive(Debug)]
pub struct FieldFacet {
    /// As it is written in a query.
    pub field: String,
    pub count: u64,
    pub missing: u64,
    pub values: Vec<FacetValue>,
    /// Other values beyond the listed ones.
    pub more: u64,
    pub histogram: Option<FieldHistogram>,
}

#[derive(Debug)]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
    /// The term that finds it.
    pub query: String,
}

#[derive(Debug)]
pub struct FieldHistogram {
    /// `number` or `time`.
    pub kind: &'static str,
    pub min: f64,
    pub max: f64,
    pub buckets: Vec<FacetBucket>,
}

/// Values `from <= v < to`; times in milliseconds since the Unix epoch.
#[derive(Debug)]
pub struct FacetBucket {
    pub from: f64,
    pub to: f64,
    pub count: u64,
    /// The terms that find it.
    pub query: String,
}

pub async fn facets(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    query: String,
    fields: Vec<String>,
    limit: usize,
) -> Result<Facets> {
    if fields.len() > FACETS_MAX {
        return Err(Error::invalid("too_many_fields", format!("at most {FACETS_MAX} facets at once")));
    }
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let started = Instant::now();
            let look = Look::at(&inner, tx, project)?;
            let (found, _) = look.select(&query, Mode::Strict)?;
            let mut out = Vec::new();
            for name in fields {
                let key = look
                    .field(&name)?
                    .ok_or_else(|| Error::invalid("unknown_field", format!("there is no field `{name}`")))?;
                let facet = look.library().facet(&key, &found, limit.clamp(1, VALUES_MAX))?;
                let histogram = look.library().histogram(&key, &found, BUCKETS)?;
                out.push(field_facet(tx, project, &name, &key, facet, histogram)?);
            }
            Ok(Facets { total: found.len(), took_ms: millis(started), facets: out })
        })
        .await
}

fn field_facet(
    tx: &Tx<'_>,
    project: ProjectId,
    name: &str,
    key: &FieldKey,
    facet: Facet,
    histogram: Option<Histogram>,
) -> Result<FieldFacet> {
    let mut values = Vec::with_capacity(facet.values.len());
    for (value, count) in facet.values {
        let value = value_text(tx, project, key, &value)?;
        values.push(FacetValue { query: sheaf_query::term(name, &value), value, count });
    }
    // Uploads are numbers inside and names outside: they have no histogram.
    let histogram = histogram.filter(|_| *key != FieldKey::Builtin(Builtin::Upload)).map(|histogram| {
        let text = |edge: f64| match histogram.kind {
            Kind::Time => instant(edge as Millis),
            _ => format!("{edge}"),
        };
        let field = sheaf_query::quote_field(name);
        let bucket = |it: &Bucket| FacetBucket {
            from: it.from,
            to: it.to,
            count: it.count,
            query: format!("{field}>={} {field}<{}", text(it.from), text(it.to)),
        };
        FieldHistogram {
            kind: super::fields::kind_name(histogram.kind),
            min: histogram.min,
            max: histogram.max,
            buckets: histogram.buckets.iter().map(bucket).collect(),
        }
    });
    Ok(FieldFacet {
        field: name.to_owned(),
        count: facet.count,
        missing: facet.missing,
        values,
        more: facet.more,
        histogram,
    })
}

/// A value as it is written in a query.
pub(crate) fn value_text(tx: &Tx<'_>, project: ProjectId, key: &FieldKey, value: &Value) -> Result<String> {
    Ok(match (key, value) {
        // Inside, an upload is its id as a number, which a double holds only roughly.
        (FieldKey::Builtin(Builtin::Upload), Value::Number(rough)) => {
            let names = tx.upload_names(project)?;
            names.into_iter().find(|(id, _)| id.0 as f64 == *rough).map_or_else(String::new, |(_, name)| name)
        }
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Number(number)) => format!("{number}"),
        (_, Value::Bool(flag)) => flag.to_string(),
        (_, Value::Time(ms)) => instant(*ms),
    })
}

/// A time as a query reads it; the number of milliseconds when it is out of the calendar.
fn instant(ms: Millis) -> String {
    sheaf_query::instant_text(ms).unwrap_or_else(|| ms.to_string())
}
