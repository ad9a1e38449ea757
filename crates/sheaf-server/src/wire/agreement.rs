//! How far people agree: on a task, and over a batch. Scores are from 0 to 1.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sheaf_app::agreement::batch::{BatchAgreement as BatchView, LeastAgreed, PairAgreement};
use sheaf_app::agreement::task::Compared;
use sheaf_model::TaskId;
use sheaf_model::agreement::{LabelSums, Question, share};
use utoipa::ToSchema;

use super::{Ref, Response};

/// How several answers become one. A reviewer's own version is the answer under every rule.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MergeRule {
    /// What most of the people say.
    Majority,
    /// Only what a reviewer put in the place of the answers; of a single answer, that one.
    Reviewer,
}

impl From<MergeRule> for sheaf_model::agreement::MergeRule {
    fn from(rule: MergeRule) -> Self {
        match rule {
            MergeRule::Majority => Self::Majority,
            MergeRule::Reviewer => Self::Reviewer,
        }
    }
}

/// How far the judgements of one task agree.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agreement {
    /// Mean over the questions that anybody answered.
    pub score: f64,
    /// The score is below 0.75: `is:disputed` finds the task.
    pub disputed: bool,
    pub questions: Vec<QuestionScore>,
    pub labels: Vec<LabelScore>,
    pub pairs: Vec<AnswerPair>,
    /// Annotations that not everybody marked.
    pub apart: Vec<Apart>,
    /// What they say together.
    pub merged: Option<Merged>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionScore {
    /// A field of the taxonomy; `null`: the annotations.
    pub field: Option<String>,
    pub score: f64,
}

/// Annotations of one label in all pairs of answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelScore {
    pub label: String,
    /// Panoptic quality: F1 of the matching times the mean overlap.
    pub score: f64,
    /// Of matched annotations, intersection over union; `null` when none match.
    pub mean_iou: Option<f64>,
    /// Pairs of annotations that are one thing.
    pub matched: i64,
    /// Annotations of both answers, summed over the pairs of answers.
    pub marked: i64,
}

/// Two answers by their places in `answers`, from 0.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerPair {
    pub one: usize,
    pub other: usize,
    pub score: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Apart {
    /// Place of the answer, from 0.
    pub answer: usize,
    pub uuid: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Merged {
    /// `reviewer`, `only` or `majority`.
    pub by: String,
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
}

fn field(question: Question) -> Option<String> {
    match question {
        Question::Annotations => None,
        Question::Field(id) => Some(id),
    }
}

impl From<(String, LabelSums)> for LabelScore {
    fn from((label, sums): (String, LabelSums)) -> Self {
        Self {
            label,
            score: share(sums.score()),
            mean_iou: sums.mean_iou().map(share),
            matched: sums.matched,
            marked: sums.marked,
        }
    }
}

impl From<Compared> for Agreement {
    fn from(of: Compared) -> Self {
        let disputed = of.disputed();
        let found = of.found;
        let question = |(question, score)| QuestionScore { field: field(question), score: share(score) };
        let merged = of.merged.and_then(|(response, origin)| {
            let response = serde_json::value::to_raw_value(&response).ok()?;
            Some(Merged { by: origin.as_str().to_owned(), response })
        });
        Self {
            score: share(found.score),
            disputed,
            questions: found.questions.into_iter().map(question).collect(),
            labels: found.labels.into_iter().map(LabelScore::from).collect(),
            pairs: found
                .pairs
                .into_iter()
                .map(|pair| AnswerPair { one: pair.one, other: pair.other, score: share(pair.score) })
                .collect(),
            apart: of.apart.into_iter().map(|(answer, uuid)| Apart { answer, uuid }).collect(),
            merged,
        }
    }
}

/// How far the people of a batch agree, over its tasks that have all their judgements.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchAgreement {
    /// Judgements that each task needs; with 1 there is nothing to compare.
    pub overlap: u8,
    /// Tasks of the batch.
    pub members: i64,
    /// Tasks that have all their judgements.
    pub compared: i64,
    pub mean: Option<f64>,
    pub disputed: i64,
    /// Compared tasks by score, in steps of 0.05; the last number is of those on which all agree.
    pub distribution: Vec<i64>,
    pub questions: Vec<QuestionAgreement>,
    /// Those that are marked most first.
    pub labels: Vec<LabelScore>,
    /// Who agrees least with the others first.
    pub people: Vec<PersonAgreement>,
    /// The 50 with the most tasks in common.
    pub pairs: Vec<PairOfPeople>,
    pub pairs_total: i64,
    /// The 20 most disputed tasks.
    pub disputed_tasks: Vec<DisputedTask>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionAgreement {
    /// A field of the taxonomy; `null`: the annotations.
    pub field: Option<String>,
    pub title: String,
    /// Compared tasks in which anybody answered it.
    pub tasks: i64,
    pub mean: f64,
    /// Krippendorff's alpha of a choice; `null` where chance cannot be told from agreement.
    pub alpha: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PersonAgreement {
    pub person: Option<Ref>,
    /// Answers of others that theirs were compared with.
    pub answers: i64,
    pub mean: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PairOfPeople {
    /// Two.
    pub people: Vec<Option<Ref>>,
    /// Tasks that both judged.
    pub tasks: i64,
    pub mean: f64,
    /// Of each field that is a choice.
    pub kappa: Vec<FieldKappa>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldKappa {
    pub field: String,
    /// Tasks on which both chose.
    pub tasks: i64,
    /// Cohen's kappa; `null` where chance cannot be told from agreement.
    pub kappa: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DisputedTask {
    #[schema(value_type = String)]
    pub task_id: TaskId,
    #[schema(value_type = String)]
    pub asset_id: sheaf_model::AssetId,
    /// Of the asset.
    pub name: String,
    pub score: f64,
}

impl From<PairAgreement> for PairOfPeople {
    fn from(pair: PairAgreement) -> Self {
        let kappa = pair.kappa.into_iter().map(|(field, tasks, kappa)| FieldKappa { field, tasks, kappa });
        Self {
            people: pair.people.into_iter().map(|person| person.map(Ref::from)).collect(),
            tasks: pair.n,
            mean: pair.mean,
            kappa: kappa.collect(),
        }
    }
}

impl From<LeastAgreed> for DisputedTask {
    fn from(of: LeastAgreed) -> Self {
        let asset_id = sheaf_model::AssetId { project: of.task.project, ordinal: of.task.ordinal };
        Self { score: share(of.score), task_id: of.task, asset_id, name: of.name }
    }
}

impl From<BatchView> for BatchAgreement {
    fn from(view: BatchView) -> Self {
        let questions = view.questions.into_iter().map(|of| QuestionAgreement {
            field: field(of.question),
            title: of.title,
            tasks: of.n,
            mean: of.mean,
            alpha: of.alpha,
        });
        let people = view.people.into_iter().map(|of| PersonAgreement {
            person: of.person.map(Ref::from),
            answers: of.n,
            mean: of.mean,
        });
        Self {
            overlap: view.overlap,
            members: view.members,
            compared: view.compared,
            mean: view.mean,
            disputed: view.disputed,
            distribution: view.distribution,
            questions: questions.collect(),
            labels: view.labels.into_iter().map(LabelScore::from).collect(),
            people: people.collect(),
            pairs: view.pairs.into_iter().map(PairOfPeople::from).collect(),
            pairs_total: view.n_pairs,
            disputed_tasks: view.tasks.into_iter().map(DisputedTask::from).collect(),
        }
    }
}
