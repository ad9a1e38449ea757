//! What the jobs of a group are sure to read, asked for at once: where every question is a trip to a server, a group of jobs
//! makes one trip instead of several for each job. Answers are kept until something is written that they may not say.

use std::cell::RefCell;
use std::collections::HashMap;

use sheaf_model::{BatchId, Ordinal, ProjectId, SubmissionId, TaskId, UserId};

use crate::driver::{Answers, Asked, KeptRow, OwnedArg};
use crate::error::Result;
use crate::sql::{Arg, Row, Tx};
use crate::{args, batch_progress, library, prelabels, queue, submissions};

/// Something that a job reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ask {
    /// What a person holds in a project.
    Held(ProjectId, UserId),
    /// The slots of a task.
    Task(TaskId),
    /// The answers to a task.
    Answers(TaskId),
    Submission(ProjectId, SubmissionId),
    Draft(TaskId, u8, UserId),
    /// An asset, as the holder of a task on it is shown it.
    Asset(ProjectId, Ordinal),
    /// How far a batch is.
    Progress(ProjectId, BatchId),
    /// What a source says of an asset.
    Prelabel(ProjectId, String, Ordinal),
}

/// Tables that answers are read from.
const TABLES: [&str; 7] =
    ["assets", "batch_progress", "drafts", "prelabels", "slots", "submissions", "uploads"];

impl Ask {
    fn sql(&self) -> String {
        match self {
            Self::Held(..) => queue::find::held_sql(),
            Self::Task(_) => queue::slots::task_sql(),
            Self::Answers(_) => submissions::task_sql(),
            Self::Submission(..) => submissions::one_sql(),
            Self::Draft(..) => queue::drafts::one_sql(),
            Self::Asset(..) => library::assets::for_task_sql(),
            Self::Progress(..) => batch_progress::one_sql(),
            Self::Prelabel(..) => prelabels::one_sql(),
        }
    }

    fn project(&self) -> ProjectId {
        match self {
            Self::Task(task) | Self::Answers(task) | Self::Draft(task, ..) => task.project,
            Self::Held(project, _)
            | Self::Submission(project, _)
            | Self::Asset(project, _)
            | Self::Progress(project, _)
            | Self::Prelabel(project, ..) => *project,
        }
    }

    /// The first is the project.
    fn args(&self) -> Vec<OwnedArg> {
        let own = |args: &[Arg<'_>]| args.iter().map(OwnedArg::from).collect();
        match self {
            Self::Held(project, person) => own(args![*project, *person]),
            Self::Task(task) | Self::Answers(task) => own(args![task.project, task.batch, task.ordinal]),
            Self::Submission(project, id) => own(args![*project, &id.0]),
            Self::Draft(task, stage, person) => {
                own(args![task.project, task.batch, task.ordinal, *stage, *person])
            }
            Self::Asset(project, ordinal) => own(args![*project, *ordinal]),
            Self::Progress(project, batch) => own(args![*project, *batch]),
            Self::Prelabel(project, source, ordinal) => own(args![*project, source, *ordinal]),
        }
    }
}

/// What is asked by one statement: the kind of question, and the project.
type Kind = (std::mem::Discriminant<Ask>, ProjectId);

/// Questions by statement, in the order of their answers.
pub(crate) struct Questions(Vec<(Kind, Vec<Ask>)>);

impl Questions {
    /// Each is asked once.
    pub(crate) fn new(asks: impl IntoIterator<Item = Ask>) -> Self {
        let mut out: Vec<(_, Vec<Ask>)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for ask in asks {
            if !known.insert(ask.clone()) {
                continue;
            }
            let kind = (std::mem::discriminant(&ask), ask.project());
            match out.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, asks)) => asks.push(ask),
                None => out.push((kind, vec![ask])),
            }
        }
        Self(out)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        let of = |asks: &Vec<Ask>| {
            let sql = asks.first().map(Ask::sql).unwrap_or_default();
            Asked { sql, sets: asks.iter().map(Ask::args).collect() }
        };
        self.0.iter().map(|(_, asks)| of(asks)).collect()
    }
}

/// Answers that are known.
#[derive(Default)]
pub(crate) struct Ahead(RefCell<HashMap<Ask, Vec<KeptRow>>>);

impl Ahead {
    pub(crate) fn put(&self, questions: Questions, answers: Option<Answers>) {
        let Some(answers) = answers else { return };
        let mut known = self.0.borrow_mut();
        for ((_, asks), rows) in questions.0.into_iter().zip(answers) {
            let mut by_set: Vec<Vec<KeptRow>> = asks.iter().map(|_| Vec::new()).collect();
            for (set, row) in rows {
                by_set[set].push(row);
            }
            known.extend(asks.into_iter().zip(by_set));
        }
    }

    /// What was written may be another answer.
    pub(crate) fn forget(&self, ask: &Ask) {
        self.0.borrow_mut().remove(ask);
    }

    /// A statement writes to this table, nobody says where.
    pub(crate) fn written(&self, table: &str) {
        if TABLES.contains(&table) {
            self.clear();
        }
    }

    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Tx<'_> {
    /// The answer to a question, known ahead or asked for now.
    pub(crate) fn asked<T>(&self, ask: &Ask, mut read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        if let Some(rows) = self.ahead.0.borrow().get(ask) {
            return rows.iter().map(|row| read(&row.row())).collect();
        }
        let args = ask.args();
        let args: Vec<_> = args.iter().map(OwnedArg::as_arg).collect();
        self.all(&ask.sql(), &args, read)
    }

    /// Asks for what the jobs that come now read. Afterwards all that was sent before has been heard of.
    pub(crate) fn ask_ahead(&self, asks: impl IntoIterator<Item = Ask>) -> Result<()> {
        self.send_gathered()?;
        if self.conn.sends_together() {
            let known = |ask: &Ask| self.ahead.0.borrow().contains_key(ask);
            let questions = Questions::new(asks.into_iter().filter(|ask| !known(ask)));
            if questions.is_empty() {
                return self.conn.hear();
            }
            let answers = self.conn.ask(&questions.asked())?;
            self.ahead.put(questions, answers);
        }
        Ok(())
    }
}
