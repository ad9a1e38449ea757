//! What one task adds to its batch's sums. A batch's agreement is the sum of these over its tasks, so it can be kept up to
//! date with each answer, recounted from the answers, and read without them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::{Question, compare, said};
use super::{Comparison, Millionths, ONE, alpha};
use crate::taxonomy::AnswerKind;
use crate::{Response, Taxonomy, UserId};

/// Bars of the distribution of scores; a task on which all agree has one of its own.
pub const BINS: u8 = 21;

/// One person's answer, with what of it is a choice.
#[derive(Debug, Clone)]
pub struct Judgement {
    pub person: UserId,
    pub response: Response,
    /// Fields that were answered by one value of few, by id.
    pub choices: BTreeMap<String, String>,
}

impl Judgement {
    /// With the taxonomy that it was given under.
    pub fn new(person: UserId, response: Response, taxonomy: &Taxonomy) -> Self {
        let choices = taxonomy.fields.iter().filter_map(|field| {
            let value = match (field.kind, said(response.fields.get(&field.id))?) {
                (AnswerKind::Single, Value::String(text)) => text.clone(),
                (AnswerKind::Boolean, Value::Bool(value)) => value.to_string(),
                _ => return None,
            };
            Some((field.id.clone(), value))
        });
        Self { person, choices: choices.collect(), response }
    }
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tally {
    /// Tasks with a score of `bin` twentieths: `n` of them, `total` of their scores.
    Score { bin: u8 },
    /// Tasks on which anybody answered a question: `n` of them, `total` of their scores.
    Question(Question),
    /// Annotations of a label in pairs of answers: `n` matched, `total` of their overlaps, `size` in all.
    Label(String),
    /// Tasks that both judged, the one with the smaller id first: `n` of them, `total` of the pair's scores.
    People(UserId, UserId),
    /// Pairs of values of a choice in tasks in which so many people chose.
    Alpha { question: String, one: String, other: String, raters: u8 },
    /// Tasks on which the one chose this and the other that.
    Kappa { people: (UserId, UserId), question: String, one: String, other: String },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub n: i64,
    pub total: i64,
    pub size: i64,
}

impl Sums {
    fn new(n: i64, total: i64) -> Self {
        Self { n, total, size: 0 }
    }
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.total += other.total;
        self.size += other.size;
    }
}

impl std::ops::SubAssign for Sums {
    fn sub_assign(&mut self, other: Self) {
        self.n -= other.n;
        self.total -= other.total;
        self.size -= other.size;
    }
}

impl Tally {
    fn bin(score: Millionths) -> Self {
        let bin = score * i64::from(BINS - 1) / ONE;
        Self::Score { bin: u8::try_from(bin.clamp(0, i64::from(BINS) - 1)).unwrap_or(0) }
    }
}

/// What a task with these judgements adds; nothing when there are fewer than two.
pub fn tallies(judgements: &[Judgement]) -> Option<(Comparison, BTreeMap<Tally, Sums>)> {
    if judgements.len() < 2 {
        return None;
    }
    let responses: Vec<&Response> = judgements.iter().map(|it| &it.response).collect();
    let found = compare(&responses);
    let mut out: BTreeMap<Tally, Sums> = BTreeMap::new();
    let mut add = |tally: Tally, sums: Sums| *out.entry(tally).or_default() += sums;
    add(Tally::bin(found.score), Sums::new(1, found.score));
    for (question, score) in &found.questions {
        add(Tally::Question(question.clone()), Sums::new(1, *score));
    }
    for (label, sums) in &found.labels {
        add(Tally::Label(label.clone()), Sums { n: sums.matched, total: sums.iou, size: sums.marked });
    }
    for pair in &found.pairs {
        let (one, other) = (&judgements[pair.one], &judgements[pair.other]);
        let (one, other) = if one.person <= other.person { (one, other) } else { (other, one) };
        let people = (one.person, other.person);
        add(Tally::People(people.0, people.1), Sums::new(1, pair.score));
        for (question, choice) in &one.choices {
            let Some(theirs) = other.choices.get(question) else { continue };
            let (question, one, other) = (question.clone(), choice.clone(), theirs.clone());
            add(Tally::Kappa { people, question, one, other }, Sums::new(1, 0));
        }
    }
    let mut chosen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (question, choice) in judgements.iter().flat_map(|it| &it.choices) {
        chosen.entry(question).or_default().push(choice);
    }
    for (question, values) in chosen {
        for (one, other, raters) in alpha::pairs(&values) {
            let (question, one, other) = (question.to_owned(), one.to_owned(), other.to_owned());
            add(Tally::Alpha { question, one, other, raters }, Sums::new(1, 0));
        }
    }
    Some((found, out))
}
