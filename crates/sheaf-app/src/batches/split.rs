//! Splitting a batch in staging: equal parts, or one part for each value of a field. The parts replace it.

use std::collections::HashSet;

use roaring::RoaringBitmap;
use serde_json::json;
use sheaf_model::pick::{SEED_MAX, VALUES_MAX};
use sheaf_model::{
    AssetId, BatchId, BatchState, FieldValue, Part, Pick, Problem, ProjectId, Recipe, RevisionAction,
};
use sheaf_query::Mode;
use sheaf_select::classes::Class;
use sheaf_select::deal;
use sheaf_store::batches::BatchRow;

use super::create::{checked_name, insert_members, name_taken};
use super::pick::{column, field_value, values};
use super::stored::Step;
use super::view::BatchView;
use super::{NewBatch, StoredRecipe};
use sheaf_store::Turn;

use crate::library::Look;
use crate::{Access, Actor, App, Error, Result, scale};

/// How to split, and what to call the parts.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// Number of equal parts.
    pub parts: Option<u32>,
    /// Deals the members at random; without it they are cut in upload order.
    pub seed: Option<u64>,
    /// A part for each value of this field.
    pub by: Option<String>,
    /// With `{batch}`, `{n}`, `{value}`.
    pub name: Option<String>,
}

/// Bytes of recipes that the parts of one batch may have together.
const RECIPES_BYTES_MAX: usize = 64 << 20;

/// One part to be made.
struct Made {
    part: Part,
    members: RoaringBitmap,
}

/// The parts, in their order. Either all of them take the batch's place or nothing changes.
pub async fn split(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    split: Split,
) -> Result<Vec<BatchView>> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            if batch.state != BatchState::Staging {
                let message = format!("cannot split batch `{}`: it was launched", batch.name);
                return Err(Error::conflict("bad_state", message)
                    .hint("only a batch in staging can be split")
                    .details(json!({ "state": batch.state.as_str() })));
            }
            scale::keeps_tasks(tx, &batch, "split")?;
            if batch.kind.is_quality() {
                let message = format!("cannot split batch `{}`: its answers are known", batch.name);
                return Err(Error::conflict("bad_state", message)
                    .hint("make another batch of its kind out of a part of its tasks"));
            }
            let look = Look::at(&inner, tx, project)?;
            let members = tx.batch_members(project, id)?;
            let made = match (split.parts, &split.by) {
                (Some(parts), None) => equal(&members, parts, split.seed)?,
                (None, Some(by)) if split.seed.is_none() => by_value(&look, &members, by)?,
                (None, Some(_)) => {
                    return Err(bad("seed", "goes with `parts`; a split by a field leaves nothing to chance"));
                }
                _ => return Err(bad("parts", "give either `parts`, a number, or `by`, a field")),
            };
            let names = names(&batch, &made, split.name.as_deref())?;
            for name in &names {
                if let Some(there) = tx.batch_by_name(project, name)?.filter(|there| there.id != id) {
                    return Err(name_taken(&there));
                }
            }
            let whole = StoredRecipe::whole(tx, &batch)?;
            // It goes after the parts are there, so that none of them gets its id; its name is free for them before.
            tx.edit_batch(&BatchRow { name: format!("\u{1}{id}"), ..batch.clone() })?;
            let mut out = Vec::with_capacity(made.len());
            let mut bytes = 0;
            for (name, made) in names.into_iter().zip(made) {
                let recipe = recipe_of(&look, &whole, &batch, &made);
                bytes += recipe.to_json()?.len();
                if bytes > RECIPES_BYTES_MAX {
                    return Err(bad("parts", "are too many for a recipe as long as this batch's").hint(
                        "the recipe names assets one by one and is repeated in each part; split in fewer parts",
                    ));
                }
                let new = NewBatch {
                    name,
                    kind: batch.kind,
                    priority: batch.priority,
                    rules: batch.rules,
                    open_to: batch.open_to.clone(),
                    order: batch.order.clone(),
                    due: batch.due,
                    gold_rate: None,
                    prelabels: batch.prelabels.clone(),
                    launch: false,
                };
                out.push(insert_members(&inner, tx, &actor, project, &new, &recipe, &made.members)?);
            }
            tx.delete_batch(project, id)?;
            tx.audit(
                look.now,
                Some(actor.user),
                "batch.split",
                &id.to_string(),
                &json!({ "name": batch.name, "parts": out.len(), "first": out.first().map(|it| it.row.id.to_string()) }),
            )?;
            Ok(out)
        })
        .await
}

fn bad(path: &str, message: impl Into<String>) -> Error {
    Error::problems("invalid_split", vec![Problem::new(path, message)])
}

fn equal(members: &RoaringBitmap, of: u32, seed: Option<u64>) -> Result<Vec<Made>> {
    if !(2..=VALUES_MAX as u32).contains(&of) {
        return Err(bad("parts", format!("must be 2 to {VALUES_MAX}")));
    }
    if members.len() < u64::from(of) {
        return Err(bad("parts", format!("are more than the {} members of the batch", members.len())));
    }
    if seed.is_some_and(|seed| seed > SEED_MAX) {
        return Err(bad("seed", format!("must be at most {SEED_MAX}")));
    }
    let parts = match seed {
        None => deal::in_order(members, of),
        Some(seed) => deal::at_random(members, of, seed),
    };
    let made = (1..).zip(parts).map(|(n, members)| Made { part: Part::Equal { n, of, seed }, members });
    Ok(made.collect())
}

fn by_value(look: &Look<'_>, members: &RoaringBitmap, by: &str) -> Result<Vec<Made>> {
    let too_many = format!("has more than {VALUES_MAX} values in the batch, and would make as many batches");
    if by.trim().is_empty() {
        return Err(bad("by", "must name a field"));
    }
    // In strict mode a field without a column is an error.
    let Some(key) = column(look, by, "by", Mode::Strict)? else { return Err(bad("by", "must name a field")) };
    let values = values(look, members, &key, "by", &too_many)?;
    let mut parts = Vec::with_capacity(values.len() + 1);
    for value in &values {
        parts.push(Part::Value { by: by.to_owned(), value: Some(field_value(look, &key, value)?) });
    }
    parts.push(Part::Value { by: by.to_owned(), value: None });
    // In the order of the values, so that each asset goes to its least.
    let mut classes: Vec<Class> = values.into_iter().map(|value| Class::AnyOf(vec![value])).collect();
    classes.push(Class::Missing);
    let sets = look.library().classes(&key, members, &classes)?;
    let made = parts.into_iter().zip(sets).map(|(part, members)| Made { part, members });
    let made: Vec<Made> = made.filter(|made| !made.members.is_empty()).collect();
    match made.len() {
        1 => Err(bad("by", format!("leaves one part: every member has the same `{by}`"))),
        n if n > VALUES_MAX => Err(bad("by", too_many)),
        _ => Ok(made),
    }
}

/// The names of the parts: different ones, each of which a batch may have.
fn names(batch: &BatchRow, made: &[Made], pattern: Option<&str>) -> Result<Vec<String>> {
    let by_value = made.iter().any(|made| matches!(made.part, Part::Value { .. }));
    let default = if by_value { "{batch} {value}" } else { "{batch} {n}" };
    let pattern = pattern.unwrap_or(default);
    let mut names = Vec::with_capacity(made.len());
    let mut known = HashSet::new();
    for (n, made) in (1..).zip(made) {
        let name = named(pattern, batch, n, &made.part)?;
        let name = checked_name(&name).map_err(|error| {
            bad("name", format!("makes the name `{name}` of part {n}: {error}")).hint("use a shorter pattern")
        })?;
        if !known.insert(name.clone()) {
            let message = format!("gives more than one part the name `{name}`");
            return Err(bad("name", message).hint("put `{n}` into the pattern, the number of the part"));
        }
        names.push(name);
    }
    Ok(names)
}

/// A pattern filled in for one part.
fn named(pattern: &str, batch: &BatchRow, n: usize, part: &Part) -> Result<String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let Some((word, after)) = from.split_once('}') else {
            return Err(bad("name", "has a `{` without its `}`"));
        };
        match (word, part) {
            ("batch", _) => out.push_str(&batch.name),
            ("n", _) => out.push_str(&n.to_string()),
            ("value", Part::Value { by, value }) => out.push_str(&label(by, value.as_ref())),
            ("value", Part::Equal { .. }) => {
                return Err(bad("name", "has `{value}`, but the batch is not split by a field; use `{n}`"));
            }
            (other, _) => {
                let message =
                    format!("has `{{{other}}}`; what can be filled in is {{batch}}, {{n}}, {{value}}");
                return Err(bad("name", message));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Characters of a value in a name.
const LABEL_CHARS_MAX: usize = 80;

/// A value as it stands in a name.
fn label(by: &str, value: Option<&FieldValue>) -> String {
    let Some(value) = value else { return format!("without {by}") };
    let text: String = value.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().is_empty() {
        return format!("empty {by}");
    }
    if text.chars().count() <= LABEL_CHARS_MAX {
        return text;
    }
    text.chars().take(LABEL_CHARS_MAX - 1).chain(['…']).collect()
}

/// How the members of a part came about.
fn recipe_of(look: &Look<'_>, whole: &StoredRecipe, batch: &BatchRow, made: &Made) -> StoredRecipe {
    let family = Some(whole.family.unwrap_or(batch.id));
    let one_recipe = whole.steps.is_empty() && whole.recipe.part.is_none();
    if one_recipe && whole.recipe.assets.is_some() {
        // A list of assets is cut like the members, so that the parts' lists are no longer than the whole's.
        let id = |ordinal| AssetId { project: look.project, ordinal };
        let assets = Some(made.members.iter().map(id).collect());
        let recipe = Recipe { assets, pick: Pick::All, ..whole.recipe.clone() };
        let text = recipe.sentence();
        return StoredRecipe { recipe, text, short_by: 0, fit: None, family, ..whole.clone() };
    }
    let recipe = Recipe { part: Some(made.part.clone()), ..whole.recipe.clone() };
    // A part of a part: the first one is a step of its own.
    let steps = if whole.recipe.part.is_some() {
        vec![Step { action: RevisionAction::Created, recipe: whole.clone() }]
    } else {
        whole.steps.clone()
    };
    StoredRecipe {
        text: format!("{} of: {}", made.part.sentence(), whole.text),
        recipe,
        fit: None,
        steps,
        family,
        ..whole.clone()
    }
}
