//! Completion: what may be written at the cursor, with counts of the library.

use sheaf_model::ProjectId;
use sheaf_query::complete::{Kind, OPERATORS, context, fixed_values};
use sheaf_query::{FIELDS, Span};

use super::Look;
use super::facets::value_text;
use crate::{Access, Actor, App, Result};

/// Offers in one answer.
const OFFERS_MAX: usize = 50;

#[derive(Debug)]
pub struct Offer {
    /// The text that replaces the span.
    pub text: String,
    pub label: String,
    pub kind: &'static str,
    pub count: Option<u64>,
    pub detail: Option<String>,
}

/// The bytes of the query that an offer replaces, and the offers, best first.
pub async fn complete(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    text: String,
    at: usize,
) -> Result<(Span, Vec<Offer>)> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            let here = context(&text, at);
            let mut offers = match &here.kind {
                Kind::Field { prefix, has_operator } => fields(&look, prefix, *has_operator)?,
                Kind::Value { field, prefix } => values(&look, field, prefix)?,
                Kind::Operator { .. } => operators(),
                Kind::Nothing => Vec::new(),
            };
            for keyword in &here.keywords {
                offers.push(Offer {
                    text: format!("{keyword} "),
                    label: (*keyword).to_owned(),
                    kind: "keyword",
                    count: None,
                    detail: None,
                });
            }
            offers.truncate(OFFERS_MAX);
            Ok((here.replace, offers))
        })
        .await
}

fn operators() -> Vec<Offer> {
    OPERATORS
        .iter()
        .map(|entry| Offer {
            text: entry.name.to_owned(),
            label: entry.name.to_owned(),
            kind: "operator",
            count: None,
            detail: Some(entry.about.to_owned()),
        })
        .collect()
}

fn fields(look: &Look<'_>, prefix: &str, has_operator: bool) -> Result<Vec<Offer>> {
    let prefix = prefix.to_lowercase();
    let end = if has_operator { "" } else { ":" };
    let mut out: Vec<Offer> = look
        .metadata_fields()?
        .iter()
        .map(|name| (sheaf_query::metadata_field_name(name), "metadata"))
        .chain(FIELDS.iter().map(|entry| (entry.name.to_owned(), entry.about)))
        .filter(|(name, _)| name.to_lowercase().contains(&prefix))
        .map(|(name, about)| {
            let end = if name.ends_with('.') { "" } else { end };
            Offer {
                text: format!("{}{end}", sheaf_query::quote_field(&name)),
                label: name,
                kind: "field",
                count: None,
                detail: Some(about.to_owned()),
            }
        })
        .collect();
    // What begins with the prefix comes first, in the order of the fields.
    out.sort_by_key(|offer| !offer.label.to_lowercase().starts_with(&prefix));
    Ok(out)
}

fn values(look: &Look<'_>, field: &str, prefix: &str) -> Result<Vec<Offer>> {
    let lower = prefix.to_lowercase();
    let offer = |value: String, count: Option<u64>, detail: Option<String>| Offer {
        text: format!("{} ", sheaf_query::quote_value(&value)),
        label: value,
        kind: "value",
        count,
        detail,
    };
    let fixed = fixed_values(field);
    if !fixed.is_empty() {
        let fits = fixed.iter().filter(|entry| entry.name.starts_with(&lower));
        return Ok(fits
            .map(|entry| offer(entry.name.to_owned(), None, Some(entry.about.to_owned())))
            .collect());
    }
    let names: Vec<(String, Option<u64>)> = match field {
        "batch" => look
            .tx
            .batches(look.project)?
            .into_iter()
            .map(|batch| (batch.name, u64::try_from(batch.n_members).ok()))
            .collect(),
        "upload" => {
            look.tx.upload_names(look.project)?.into_iter().rev().map(|(_, name)| (name, None)).collect()
        }
        "label" => {
            let labels = look.tx.answer_labels(look.project)?;
            labels.into_iter().map(|(label, n)| (label, u64::try_from(n).ok())).collect()
        }
        "prelabel" => {
            let sources = look.tx.prelabel_sources(look.project)?;
            sources.into_iter().map(|row| (row.source, u64::try_from(row.n).ok())).collect()
        }
        "annotator" | "reviewer" => {
            let people = if field == "annotator" {
                look.tx.people_who_answered(look.project)?
            } else {
                look.tx.people_who_reviewed(look.project)?
            };
            let mut names = Vec::with_capacity(people.len());
            for person in people {
                names.extend(look.tx.author_name(look.project, person)?.map(|person| (person.email, None)));
            }
            names
        }
        _ => {
            let Some(key) = look.field(field)? else { return Ok(Vec::new()) };
            let found = look.library().values_starting_with(&key, prefix, OFFERS_MAX)?;
            let text = |value| value_text(look.tx, look.project, &key, value);
            return found.iter().map(|(value, n)| Ok(offer(text(value)?, Some(*n), None))).collect();
        }
    };
    let fits = names.into_iter().filter(|(name, _)| name.to_lowercase().starts_with(&lower));
    Ok(fits.map(|(name, n)| offer(name, n, None)).collect())
}
