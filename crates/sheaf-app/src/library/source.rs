//! The engine's source over one transaction: blocks, and the fields of labelling as sets of ordinals.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;
use sheaf_model::agreement::{Millionths, ONE, share};
use sheaf_model::{AssetId, ProjectId, TaskState, UserId};
use sheaf_query::expr::{Field, Order, Scalar, Test};
use sheaf_select::naive::test_values;
use sheaf_select::{Builtin, FieldKey, Snapshot, Source, SourceError, Value};
use sheaf_store::Tx;

pub(super) struct TxSource<'t> {
    pub(super) tx: &'t Tx<'t>,
    pub(super) project: ProjectId,
    pub(super) snapshot: Snapshot,
}

type Found = Result<RoaringBitmap, SourceError>;

impl Source for TxSource<'_> {
    fn load_blocks(&self, field: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, SourceError> {
        Ok(self.tx.blocks(self.project, field, chunks)?)
    }

    fn uploads(&self, test: &Test) -> Result<Vec<i64>, SourceError> {
        let names = self.tx.upload_names(self.project)?;
        Ok(names.into_iter().filter(|(_, name)| passes(test, name)).map(|(id, _)| id.0).collect())
    }

    fn resolve(&self, field: &Field, test: &Test) -> Found {
        let mut found = match field {
            Field::Id => self.by_id(test),
            Field::Batch => self.in_batches(test),
            Field::Batched => self.batched(test),
            Field::Status => self.by_status(test),
            Field::Label => self.by_label(test),
            Field::LabelCount(label) => self.by_label_count(label, test),
            Field::Annotator => {
                self.by_person(test, self.tx.people_who_answered(self.project)?, Tx::answered_by)
            }
            Field::Reviewer => {
                self.by_person(test, self.tx.people_who_reviewed(self.project)?, Tx::reviewed_by)
            }
            Field::Labelled => self.by_time(test),
            Field::Agreement => self.by_agreement(test),
            Field::Prelabel => self.by_prelabel(test),
            Field::PrelabelScore(source) => self.by_prelabel_score(source, test),
            other => Err(format!("field {other:?} is not resolved here").into()),
        }?;
        // Batches and answers may be newer than an older state of the library that is looked at.
        found.remove_range(self.snapshot.n_assets..);
        Ok(found)
    }

    fn fields(&self) -> Result<Vec<FieldKey>, SourceError> {
        let mut out: BTreeSet<FieldKey> = Builtin::ALL.into_iter().map(FieldKey::Builtin).collect();
        out.extend(self.tx.indexed_fields(self.project)?.into_iter().map(|(_, name)| FieldKey::Meta(name)));
        out.extend(self.snapshot.tail.fields());
        Ok(out.into_iter().collect())
    }
}

/// Whether a name passes a test.
fn passes(test: &Test, name: &str) -> bool {
    test_values(test, &[Value::Text(sheaf_query::nfc(name))])
}

impl<'t> TxSource<'t> {
    fn by_id(&self, test: &Test) -> Found {
        let text = match test {
            Test::Exists => return Ok(self.snapshot.all()),
            Test::Equals(Scalar::Text(text) | Scalar::Number { text, .. }) | Test::EqualsExact(text) => text,
            // Ids are opaque: only whole ones are looked up.
            _ => return Ok(RoaringBitmap::new()),
        };
        let id = text.to_lowercase().parse::<AssetId>().ok();
        Ok(id.filter(|id| id.project == self.project).map(|id| id.ordinal).into_iter().collect())
    }

    fn in_batches(&self, test: &Test) -> Found {
        let batches = self.tx.batches(self.project)?;
        // `batch:*` counts what the exclusion counts; a name means that batch, whatever became of it.
        let any = matches!(test, Test::Exists);
        let ids: Vec<_> = batches
            .iter()
            .filter(|batch| if any { batch.counts_as_included() } else { passes(test, &batch.name) })
            .map(|batch| batch.id)
            .collect();
        Ok(self.tx.members_of_any(self.project, &ids)?)
    }

    fn batched(&self, test: &Test) -> Found {
        let batched = self.in_batches(&Test::Exists)?;
        let (yes, no) = (test_values(test, &[Value::Bool(true)]), test_values(test, &[Value::Bool(false)]));
        Ok(match (yes, no) {
            (true, true) => self.snapshot.all(),
            (true, false) => batched,
            (false, true) => self.snapshot.all() - batched,
            (false, false) => RoaringBitmap::new(),
        })
    }

    /// Assets with a task in a state that passes; one walk over the tasks, however many states do. An asset in two batches
    /// has two tasks.
    fn by_status(&self, test: &Test) -> Found {
        let wanted: Vec<&str> = STATUSES.into_iter().filter(|status| passes(test, status)).collect();
        let wants = |status: &str| wanted.contains(&status);
        let mut found = if wants("skipped") { self.tx.skipped(self.project)? } else { RoaringBitmap::new() };
        for batch in self.tx.batches(self.project)?.iter().filter(|batch| !batch.kind.is_quality()) {
            let mut touched = RoaringBitmap::new();
            if batch.progress != sheaf_store::Progress::default() {
                self.tx.each_task_facts(self.project, batch.id, |ordinal, facts| {
                    touched.insert(ordinal);
                    let state = facts.state(batch.rules).within(batch.state);
                    if wants(state.as_str()) || (facts.answered() && wants("submitted")) {
                        found.insert(ordinal);
                    }
                })?;
            }
            if wants(TaskState::Pending.within(batch.state).as_str()) {
                found |= self.tx.batch_members(self.project, batch.id)? - touched;
            }
        }
        Ok(found)
    }

    fn by_label(&self, test: &Test) -> Found {
        let mut found = RoaringBitmap::new();
        for (label, _) in self.tx.answer_labels(self.project)? {
            if passes(test, &label) {
                found |= self.tx.labelled_with(self.project, &label)?;
            }
        }
        Ok(found)
    }

    fn by_label_count(&self, label: &str, test: &Test) -> Found {
        let counts = self.tx.label_counts(self.project, label)?;
        // An answer without the label has it zero times; an asset without an answer has no count at all.
        let mut found = RoaringBitmap::new();
        if test_values(test, &[Value::Number(0.0)]) {
            found = self.tx.answered(self.project)?;
            for ordinal in counts.keys() {
                found.remove(*ordinal);
            }
        }
        found.extend(
            counts
                .iter()
                .filter(|(_, n)| test_values(test, &[Value::Number(f64::from(**n))]))
                .map(|(ordinal, _)| *ordinal),
        );
        Ok(found)
    }

    /// Assets that the people did something to whose name or address passes.
    fn by_person(
        &self,
        test: &Test,
        people: Vec<UserId>,
        theirs: impl Fn(&Tx<'t>, ProjectId, UserId) -> sheaf_store::Result<RoaringBitmap>,
    ) -> Found {
        let mut found = RoaringBitmap::new();
        for person in people {
            let Some(name) = self.tx.author_name(self.project, person)? else { continue };
            if passes(test, &name.name) || passes(test, &name.email) {
                found |= theirs(self.tx, self.project, person)?;
            }
        }
        Ok(found)
    }

    /// Assets with a compared task whose score passes.
    fn by_agreement(&self, test: &Test) -> Found {
        let mut found = RoaringBitmap::new();
        self.tx.each_agreement(self.project, bounds(test), |ordinal, score| {
            if test_values(test, &[Value::Number(share(score))]) {
                found.insert(ordinal);
            }
        })?;
        Ok(found)
    }

    /// Assets of which a source says something whose name passes.
    fn by_prelabel(&self, test: &Test) -> Found {
        let mut found = RoaringBitmap::new();
        for row in self.tx.prelabel_sources(self.project)? {
            if passes(test, &row.source) {
                found |= self.tx.prelabelled_by(self.project, &row.source)?;
            }
        }
        Ok(found)
    }

    fn by_prelabel_score(&self, source: &str, test: &Test) -> Found {
        let mut found = RoaringBitmap::new();
        let (low, high) = span(test);
        let range = (low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX));
        self.tx.each_prelabel_score(self.project, source, range, |ordinal, score| {
            if test_values(test, &[Value::Number(score)]) {
                found.insert(ordinal);
            }
        })?;
        Ok(found)
    }

    fn by_time(&self, test: &Test) -> Found {
        let mut found = RoaringBitmap::new();
        self.tx.each_answer_time(self.project, |ordinal, at| {
            if test_values(test, &[Value::Time(at)]) {
                found.insert(ordinal);
            }
        })?;
        Ok(found)
    }
}

/// The numbers that a test may be true of, both ends with them, so that the others are not read; the test itself decides.
fn span(test: &Test) -> (Option<f64>, Option<f64>) {
    let at = |scalar: &Scalar| match scalar {
        Scalar::Number { value, .. } => Some(*value),
        _ => None,
    };
    match test {
        Test::Equals(scalar) => (at(scalar), at(scalar)),
        Test::Compare(Order::Less | Order::LessEqual, scalar) => (None, at(scalar)),
        Test::Compare(Order::Greater | Order::GreaterEqual, scalar) => (at(scalar), None),
        Test::Between(low, high) => (low.as_ref().and_then(at), high.as_ref().and_then(at)),
        _ => (None, None),
    }
}

/// [`span`] of a share.
fn bounds(test: &Test) -> (Millionths, Millionths) {
    let at = |share: f64| (share.clamp(0.0, 1.0) * ONE as f64) as Millionths;
    let (low, high) = span(test);
    let (low, high) = (low.map(at), high.map(at));
    (low.map_or(0, |low| (low - 1).max(0)), high.map_or(ONE, |high| (high + 1).min(ONE)))
}

/// The states of labelling that assets are found by.
pub(super) const STATUSES: [&str; 9] =
    ["pending", "claimed", "submitted", "in_review", "rejected", "done", "skipped", "blocked", "cancelled"];
