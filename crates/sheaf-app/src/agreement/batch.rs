//! A batch: how far its people agree, out of the sums that are kept with it. No answer is read, however many there are.

use std::collections::BTreeMap;

use sheaf_model::agreement::alpha::Coincidences;
use sheaf_model::agreement::kappa::Table;
use sheaf_model::agreement::{BINS, DISPUTED_BELOW, LabelSums, Millionths, ONE, Question, Sums, Tally};
use sheaf_model::{BatchId, ProjectId, TaskId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;

use crate::{Access, Actor, App, Error, Result};

/// Pairs of people that are told of, those with the most tasks in common.
const PAIRS_MAX: usize = 50;
/// Disputed tasks that are told of, the worst.
const TASKS_MAX: u32 = 20;

#[derive(Debug)]
pub struct BatchAgreement {
    pub overlap: u8,
    /// Tasks of the batch.
    pub members: i64,
    /// Those with all their judgements: all that is said here is of them.
    pub compared: i64,
    pub mean: Option<f64>,
    pub disputed: i64,
    /// Tasks by score in steps of a twentieth; the last one is of those on which all agree.
    pub distribution: Vec<i64>,
    pub questions: Vec<QuestionAgreement>,
    pub labels: Vec<(String, LabelSums)>,
    pub people: Vec<PersonAgreement>,
    pub pairs: Vec<PairAgreement>,
    pub n_pairs: i64,
    pub tasks: Vec<LeastAgreed>,
}

#[derive(Debug)]
pub struct QuestionAgreement {
    pub question: Question,
    /// As the taxonomy in force asks it; the id of a field that it does not have any more.
    pub title: String,
    /// Compared tasks in which anybody answered it.
    pub n: i64,
    pub mean: f64,
    /// Krippendorff's alpha of a choice.
    pub alpha: Option<f64>,
}

#[derive(Debug)]
pub struct PersonAgreement {
    pub person: Option<PersonName>,
    /// Answers of others that theirs were compared with.
    pub n: i64,
    pub mean: f64,
}

#[derive(Debug)]
pub struct PairAgreement {
    pub people: [Option<PersonName>; 2],
    /// Tasks that both judged.
    pub n: i64,
    pub mean: f64,
    /// Cohen's kappa by field, of choices: tasks on which both chose, and the coefficient where there is one.
    pub kappa: Vec<(String, i64, Option<f64>)>,
}

#[derive(Debug)]
pub struct LeastAgreed {
    pub task: TaskId,
    pub name: String,
    pub score: Millionths,
}

pub async fn batch(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<BatchAgreement> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let access = Access::viewer(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let mut out = summed(tx, &batch)?;
            let taxonomy = tx.taxonomy(project, access.project.taxonomy_version)?;
            for of in &mut out.questions {
                let Question::Field(id) = &of.question else { continue };
                let fields = taxonomy.iter().flat_map(|row| &row.body.fields);
                if let Some(field) = fields.into_iter().find(|field| field.id == *id) {
                    of.title.clone_from(&field.title);
                }
            }
            Ok(out)
        })
        .await
}

fn mean(of: Sums) -> f64 {
    of.total as f64 / (of.n.max(1) * ONE) as f64
}

fn summed(tx: &Tx<'_>, batch: &BatchRow) -> Result<BatchAgreement> {
    let (project, id) = (batch.project, batch.id);
    let mut distribution = vec![0; usize::from(BINS)];
    let (mut all, mut disputed) = (Sums::default(), 0);
    let (mut questions, mut labels) = (Vec::new(), Vec::new());
    let mut chances: BTreeMap<String, Coincidences> = BTreeMap::new();
    for (tally, sums) in tx.agreement_sums(project, id)? {
        match tally {
            Tally::Score { bin } => {
                distribution[usize::from(bin.min(BINS - 1))] = sums.n;
                // The threshold is where a bin begins.
                let disputes = i64::from(bin) * ONE < DISPUTED_BELOW * i64::from(BINS - 1);
                disputed += if disputes { sums.n } else { 0 };
                all += sums;
            }
            Tally::Question(question) => questions.push((question, sums)),
            Tally::Label(label) => {
                labels.push((label, LabelSums { matched: sums.n, iou: sums.total, marked: sums.size }));
            }
            Tally::Alpha { question, one, other, raters } => {
                chances.entry(question).or_default().add(&one, &other, raters, sums.n);
            }
            Tally::People(..) | Tally::Kappa { .. } => {}
        }
    }
    labels.sort_by_key(|(_, sums): &(String, LabelSums)| std::cmp::Reverse(sums.marked));
    let questions = questions.into_iter().map(|(question, sums)| {
        let (title, alpha) = match &question {
            Question::Annotations => ("Annotations".to_owned(), None),
            Question::Field(id) => (id.clone(), chances.get(id).and_then(Coincidences::alpha)),
        };
        QuestionAgreement { question, title, n: sums.n, mean: mean(sums), alpha }
    });
    Ok(BatchAgreement {
        overlap: batch.rules.overlap,
        members: batch.n_members,
        compared: all.n,
        mean: (all.n > 0).then(|| mean(all)),
        disputed,
        distribution,
        questions: questions.collect(),
        labels,
        people: people(tx, batch)?,
        pairs: pairs(tx, batch)?,
        n_pairs: tx.count_agreement_pairs(project, id)?,
        tasks: tasks(tx, batch)?,
    })
}

fn people(tx: &Tx<'_>, batch: &BatchRow) -> Result<Vec<PersonAgreement>> {
    let mut out = Vec::new();
    for (person, n, total) in tx.agreement_people(batch.project, batch.id)? {
        let mean = mean(Sums { n, total, size: 0 });
        out.push(PersonAgreement { person: tx.author_name(batch.project, person)?, n, mean });
    }
    out.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    Ok(out)
}

fn pairs(tx: &Tx<'_>, batch: &BatchRow) -> Result<Vec<PairAgreement>> {
    let mut out = Vec::new();
    for (tally, sums) in tx.agreement_pairs(batch.project, batch.id, PAIRS_MAX)? {
        let Tally::People(one, other) = tally else { continue };
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for (tally, sums) in tx.agreement_choices(batch.project, batch.id, (one, other))? {
            if let Tally::Kappa { question, one, other, .. } = tally {
                tables.entry(question).or_default().add(&one, &other, sums.n);
            }
        }
        let name = |id: UserId| tx.author_name(batch.project, id);
        out.push(PairAgreement {
            people: [name(one)?, name(other)?],
            n: sums.n,
            mean: mean(sums),
            kappa: tables.into_iter().map(|(id, table)| (id, table.n(), table.kappa())).collect(),
        });
    }
    Ok(out)
}

fn tasks(tx: &Tx<'_>, batch: &BatchRow) -> Result<Vec<LeastAgreed>> {
    let mut out = Vec::new();
    for (ordinal, score) in tx.least_agreed(batch.project, batch.id, TASKS_MAX)? {
        if !super::task::disputed(score) {
            break;
        }
        let task = TaskId { project: batch.project, batch: batch.id, ordinal };
        let name = tx.asset(batch.project, ordinal)?.map_or_else(String::new, |asset| asset.name);
        out.push(LeastAgreed { task, name, score });
    }
    Ok(out)
}
