//! One task's answers compared with each other: a score from 0 to 1 for each question and each pair of answers.
//!
//! A choice, a number and a text agree or not (a text after blanks around it are cut off); a list of options by Jaccard's
//! index; annotations by panoptic quality over labels and tools: twice the sum of the overlaps of matched ones over the number
//! of both answers' annotations, which is the F1 score of the matching times the mean overlap (A. Kirillov et al., "Panoptic
//! Segmentation", 2019). The score of a question is the mean over all pairs of answers, that of a task the mean over the
//! questions that anybody answered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::matching::{STEPS_MAX, assign, edges};
use super::{Millionths, ONE, mean};
use crate::Response;
use crate::response::{Annotation, Shape};
use crate::taxonomy::Tool;

/// What is asked of an asset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// To mark what is in it.
    Annotations,
    /// A field of the taxonomy by its id.
    Field(String),
}

/// Annotations of one label in pairs of answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LabelSums {
    /// Matched pairs of annotations.
    pub matched: i64,
    /// Sum of their overlaps, millionths.
    pub iou: i64,
    /// Annotations of both answers, summed over the pairs of answers.
    pub marked: i64,
}

impl LabelSums {
    /// Panoptic quality.
    pub fn score(self) -> Millionths {
        mean(2 * self.iou, self.marked)
    }
    pub fn mean_iou(self) -> Option<Millionths> {
        (self.matched > 0).then(|| mean(self.iou, self.matched))
    }
}

impl std::ops::AddAssign for LabelSums {
    fn add_assign(&mut self, other: Self) {
        self.matched += other.matched;
        self.iou += other.iou;
        self.marked += other.marked;
    }
}

/// Two answers, by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairScore {
    pub one: usize,
    pub other: usize,
    /// Mean over the questions.
    pub score: Millionths,
    pub questions: BTreeMap<Question, Millionths>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub score: Millionths,
    /// Questions that anybody answered.
    pub questions: BTreeMap<Question, Millionths>,
    pub pairs: Vec<PairScore>,
    pub labels: BTreeMap<String, LabelSums>,
    /// For each annotation of each answer, in how many of the other answers it is marked too.
    pub partners: Vec<Vec<usize>>,
}

/// Compares answers; one alone agrees with itself.
pub fn compare(answers: &[&Response]) -> Comparison {
    let mut asked: BTreeSet<Question> = BTreeSet::new();
    for answer in answers {
        if !answer.annotations.is_empty() {
            asked.insert(Question::Annotations);
        }
        let given = answer.fields.iter().filter(|(_, value)| said(Some(*value)).is_some());
        asked.extend(given.map(|(id, _)| Question::Field(id.clone())));
    }
    let marked: Vec<_> = answers.iter().map(|answer| by_class(&answer.annotations)).collect();
    let (mut pairs, mut labels) = (Vec::new(), BTreeMap::<String, LabelSums>::new());
    let mut partners: Vec<Vec<usize>> =
        answers.iter().map(|answer| vec![0; answer.annotations.len()]).collect();
    for one in 0..answers.len() {
        for other in one + 1..answers.len() {
            let (sums, same) = annotations(&marked[one], &marked[other]);
            for (a, b) in same {
                partners[one][a] += 1;
                partners[other][b] += 1;
            }
            let mut all = LabelSums::default();
            for (label, sums) in sums {
                all += sums;
                *labels.entry(label.to_owned()).or_default() += sums;
            }
            let score = |question: &Question| match question {
                Question::Annotations => all.score(),
                Question::Field(id) => {
                    value(said(answers[one].fields.get(id)), said(answers[other].fields.get(id)))
                }
            };
            let questions: BTreeMap<Question, Millionths> =
                asked.iter().map(|question| (question.clone(), score(question))).collect();
            let score = mean(questions.values().sum(), questions.len() as i64);
            pairs.push(PairScore { one, other, score, questions });
        }
    }
    let over = |question: &Question| pairs.iter().map(|pair| pair.questions[question]).sum();
    let questions: BTreeMap<Question, Millionths> =
        asked.iter().map(|question| (question.clone(), mean(over(question), pairs.len() as i64))).collect();
    let score = mean(questions.values().sum(), questions.len() as i64);
    Comparison { score, questions, pairs, labels, partners }
}

/// The shapes of an answer by label and tool, with their places.
type Classes<'a> = BTreeMap<(&'a str, Tool), Vec<(usize, &'a Shape)>>;

fn by_class(of: &[Annotation]) -> Classes<'_> {
    let mut out = Classes::new();
    for (place, annotation) in of.iter().enumerate() {
        let class = (annotation.label.as_str(), annotation.shape.tool());
        out.entry(class).or_default().push((place, &annotation.shape));
    }
    out
}

/// The sums of two answers by label, and the places of what is the same in both.
fn annotations<'a>(
    one: &Classes<'a>,
    other: &Classes<'a>,
) -> (BTreeMap<&'a str, LabelSums>, Vec<(usize, usize)>) {
    let (mut out, mut same, mut steps) = (BTreeMap::<&str, LabelSums>::new(), Vec::new(), STEPS_MAX);
    for side in [one, other] {
        for ((label, _), shapes) in side {
            out.entry(label).or_default().marked += shapes.len() as i64;
        }
    }
    for (class, ours) in one {
        let Some(theirs) = other.get(class) else { continue };
        let sums = out.entry(class.0).or_default();
        let shapes = |of: &[(usize, &'a Shape)]| of.iter().map(|(_, shape)| *shape).collect::<Vec<_>>();
        for edge in assign(&edges(&shapes(ours), &shapes(theirs), &mut steps)) {
            sums.matched += 1;
            sums.iou += edge.iou;
            same.push((ours[edge.a].0, theirs[edge.b].0));
        }
    }
    (out, same)
}

/// What was said, if anything was: an empty text or list is no answer.
pub fn said(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    })
}

/// Whether two things that were said are the same.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.trim() == other.trim(),
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}

fn value(one: Option<&Value>, other: Option<&Value>) -> Millionths {
    match (one, other) {
        (None, None) => ONE,
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let shared = one.iter().filter(|item| other.contains(item)).count();
            mean(shared as i64 * ONE, (one.len() + other.len() - shared) as i64)
        }
        (Some(one), Some(other)) if same(one, other) => ONE,
        _ => 0,
    }
}
