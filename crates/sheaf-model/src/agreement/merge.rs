//! One answer out of several, by majority: the same one in whatever order they come.
//!
//! Of a choice, a number or a text the most frequent answer, where nobody's answer counts as one and a tie is no answer; of a
//! list the options that more than half chose. Annotations are clustered over their overlaps, best first and at most one of each
//! person; what more than half of the people marked stays: a rectangle with the median of each edge, a polygon or a span as
//! the one that overlaps the others most, its attributes by majority.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::compare::said;
use super::matching::{STEPS_MAX, edges};
use super::overlap::{Bounds, iou};
use super::{Millionths, millionths};
use crate::Response;
use crate::response::{Annotation, Shape};
use crate::taxonomy::Tool;

/// How the answers of a task become one. A reviewer's own version is the answer under every rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeRule {
    /// What most of the people say.
    Majority,
    /// Only what a reviewer put in the place of the answers; of a single answer, that one.
    Reviewer,
}

/// What the majority says.
pub fn merge(answers: &[&Response]) -> Response {
    let mut sorted: Vec<(String, &Response)> = answers.iter().map(|answer| (key(answer), *answer)).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let answers: Vec<&Response> = sorted.into_iter().map(|(_, answer)| answer).collect();
    let ids: BTreeSet<&String> = answers.iter().flat_map(|answer| answer.fields.keys()).collect();
    let fields = ids.into_iter().filter_map(|id| {
        let values: Vec<Option<&Value>> = answers.iter().map(|answer| answer.fields.get(id)).collect();
        Some((id.clone(), most(&values)?))
    });
    Response { annotations: annotations(&answers), fields: fields.collect() }
}

/// Sorts answers by what they say; their annotations' ids say nothing.
fn key(answer: &Response) -> String {
    let mut annotations: Vec<String> = answer.annotations.iter().map(annotation_key).collect();
    annotations.sort_unstable();
    format!("{}{}", annotations.concat(), serde_json::to_string(&answer.fields).unwrap_or_default())
}

fn annotation_key(of: &Annotation) -> String {
    let bare = Annotation { uuid: String::new(), ..of.clone() };
    serde_json::to_string(&bare).unwrap_or_default()
}

/// What most say of a field.
fn most(values: &[Option<&Value>]) -> Option<Value> {
    let values: Vec<Option<&Value>> = values.iter().map(|value| said(*value)).collect();
    if values.iter().any(|value| matches!(value, Some(Value::Array(_)))) {
        let mut chosen: BTreeMap<String, (usize, &Value)> = BTreeMap::new();
        for value in values.iter().flatten() {
            for item in value.as_array().into_iter().flatten() {
                chosen.entry(item.to_string()).or_insert((0, item)).0 += 1;
            }
        }
        let stays = chosen.into_values().filter(|(n, _)| n * 2 > values.len());
        let stays: Vec<Value> = stays.map(|(_, item)| item.clone()).collect();
        return (!stays.is_empty()).then_some(Value::Array(stays));
    }
    let mut counts: BTreeMap<Option<String>, (usize, Option<Value>)> = BTreeMap::new();
    for value in &values {
        let plain = value.map(|value| match value {
            Value::String(text) => Value::String(text.trim().to_owned()),
            other => other.clone(),
        });
        let key = plain.as_ref().map(|plain| match plain.as_f64() {
            Some(number) => number.to_string(),
            None => plain.to_string(),
        });
        counts.entry(key).or_insert((0, plain)).0 += 1;
    }
    let top = counts.values().map(|(n, _)| *n).max()?;
    let mut first = counts.into_values().filter(|(n, _)| *n == top);
    match (first.next(), first.next()) {
        (Some((_, value)), None) => value,
        _ => None,
    }
}

/// An annotation of one of the answers.
#[derive(Clone, Copy)]
struct Mark<'a> {
    answer: usize,
    of: &'a Annotation,
}

fn annotations(answers: &[&Response]) -> Vec<Annotation> {
    let mut classes: BTreeMap<(&str, Tool), Vec<Vec<&Annotation>>> = BTreeMap::new();
    for (i, answer) in answers.iter().enumerate() {
        let mut sorted: Vec<(String, &Annotation)> =
            answer.annotations.iter().map(|annotation| (annotation_key(annotation), annotation)).collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, annotation) in sorted {
            let class = (annotation.label.as_str(), annotation.shape.tool());
            classes.entry(class).or_insert_with(|| vec![Vec::new(); answers.len()])[i].push(annotation);
        }
    }
    let mut out: Vec<Annotation> = Vec::new();
    for marks in classes.values() {
        let stays = clusters(marks).into_iter().filter(|cluster| cluster.len() * 2 > answers.len());
        out.extend(stays.map(|cluster| one_of(&cluster)));
    }
    for (n, annotation) in (1..).zip(&mut out) {
        annotation.uuid = format!("merged-{n}");
    }
    out
}

/// The marks of each answer in clusters with at most one of each answer, the best overlaps first.
fn clusters<'a>(marks: &[Vec<&'a Annotation>]) -> Vec<Vec<Mark<'a>>> {
    let starts: Vec<usize> =
        marks.iter().scan(0, |sum, of| Some(std::mem::replace(sum, *sum + of.len()))).collect();
    let shapes: Vec<Vec<&Shape>> = marks.iter().map(|of| of.iter().map(|it| &it.shape).collect()).collect();
    let mut found: Vec<(Millionths, usize, usize)> = Vec::new();
    for i in 0..marks.len() {
        for j in i + 1..marks.len() {
            let mut steps = STEPS_MAX;
            let edges = edges(&shapes[i], &shapes[j], &mut steps);
            found.extend(edges.into_iter().map(|edge| (-edge.iou, starts[i] + edge.a, starts[j] + edge.b)));
        }
    }
    found.sort_unstable();
    let all = marks.iter().enumerate();
    let mut clusters: Vec<Vec<Mark<'a>>> =
        all.flat_map(|(answer, of)| of.iter().map(move |of| vec![Mark { answer, of }])).collect();
    let mut within: Vec<usize> = (0..clusters.len()).collect();
    // Where the members of a cluster are, to move them when it goes into another.
    let mut members: Vec<Vec<usize>> = (0..clusters.len()).map(|i| vec![i]).collect();
    for (_, a, b) in found {
        let (a, b) = (within[a].min(within[b]), within[a].max(within[b]));
        let twice = |mark: &Mark<'_>| clusters[a].iter().any(|other| other.answer == mark.answer);
        if a == b || clusters[b].iter().any(twice) {
            continue;
        }
        let (moved, places) = (std::mem::take(&mut clusters[b]), std::mem::take(&mut members[b]));
        places.iter().for_each(|place| within[*place] = a);
        clusters[a].extend(moved);
        members[a].extend(places);
    }
    clusters.retain(|cluster| !cluster.is_empty());
    clusters
}

fn one_of(cluster: &[Mark<'_>]) -> Annotation {
    let middle = |of: fn(Bounds) -> f64| {
        let mut all: Vec<f64> = cluster.iter().map(|mark| of(Bounds::of(&mark.of.shape))).collect();
        all.sort_unstable_by(f64::total_cmp);
        let n = all.len();
        (all[(n - 1) / 2] + all[n / 2]) / 2.0
    };
    let nearest = nearest(cluster);
    let shape = match &nearest.shape {
        Shape::Box { .. } => {
            let (left, top) = (middle(|it| it.left), middle(|it| it.top));
            let (right, bottom) = (middle(|it| it.right), middle(|it| it.bottom));
            Shape::Box { left, top, width: right - left, height: bottom - top }
        }
        other => other.clone(),
    };
    let names: BTreeSet<&String> = cluster.iter().flat_map(|mark| mark.of.attributes.keys()).collect();
    let attributes = names.into_iter().filter_map(|name| {
        let values: Vec<Option<&Value>> = cluster.iter().map(|mark| mark.of.attributes.get(name)).collect();
        Some((name.clone(), most(&values)?))
    });
    Annotation { uuid: String::new(), label: nearest.label.clone(), shape, attributes: attributes.collect() }
}

/// The one that overlaps the others most; of several the first by what they say.
fn nearest<'a>(cluster: &[Mark<'a>]) -> &'a Annotation {
    let score = |mark: &Mark<'a>| -> Millionths {
        cluster.iter().map(|other| millionths(iou(&mark.of.shape, &other.of.shape))).sum()
    };
    let mut best: Option<(Millionths, String, &'a Annotation)> = None;
    for mark in cluster {
        let this = (score(mark), annotation_key(mark.of));
        if best.as_ref().is_none_or(|best| this.0 > best.0 || (this.0 == best.0 && this.1 < best.1)) {
            best = Some((this.0, this.1, mark.of));
        }
    }
    best.map_or(cluster[0].of, |best| best.2)
}
