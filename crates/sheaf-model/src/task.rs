//! A task: the judgements that it needs and the reviews of them, as one state machine.
//!
//! Stage 0 has as many label slots as the batch's overlap; stages 1, 2, ... are its review levels, one slot each. A review
//! opens when everything before it is handed in, and a task is done when its last stage is. Numbers T1 to T18 and I1 to
//! I10 are those of docs/batches-and-queue.md.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::slot::Fence;
use crate::{BatchState, Millis, Problem, Slot, SlotEvent, SlotRefusal, SlotState, UserId};

/// The stage of labelling; reviews are stages 1, 2, ...
pub const STAGE_LABEL: u8 = 0;
/// Judgements that a task may need, and review levels.
pub const OVERLAP_MAX: u8 = 16;
pub const REVIEW_LEVELS_MAX: u8 = 4;
/// How long what was sent back is kept for its author, and its review for the reviewer.
pub const KEPT_MS: Millis = 24 * 60 * 60 * 1000;

/// What a batch asks for each of its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskRules {
    /// Judgements by different people: 1 to [`OVERLAP_MAX`]; 0 in [`TaskRules::AS_GIVEN`].
    pub overlap: u8,
    /// Reviews after each other: 0 to [`REVIEW_LEVELS_MAX`].
    pub review_levels: u8,
}

impl Default for TaskRules {
    fn default() -> Self {
        Self { overlap: 1, review_levels: 0 }
    }
}

impl TaskRules {
    /// Of a batch of answers that were brought in: each task has as many judgements as were given of it, and is done with them.
    pub const AS_GIVEN: Self = Self { overlap: 0, review_levels: 0 };

    /// What they ask of one task that has so many label slots.
    pub fn of_task(self, labels: usize) -> Self {
        if self.overlap > 0 {
            return self;
        }
        Self { overlap: u8::try_from(labels).unwrap_or(u8::MAX), ..self }
    }

    pub fn problems(self) -> Vec<Problem> {
        let mut out = Vec::new();
        if self.overlap < 1 || self.overlap > OVERLAP_MAX {
            let message = format!("must be between 1 and {OVERLAP_MAX}, not {}", self.overlap);
            out.push(Problem::new("overlap", message));
        }
        if self.review_levels > REVIEW_LEVELS_MAX {
            let message = format!("must be between 0 and {REVIEW_LEVELS_MAX}, not {}", self.review_levels);
            out.push(Problem::new("review_levels", message));
        }
        out
    }

    /// With what was given in the place of what stands.
    pub fn with(self, overlap: Option<u8>, review_levels: Option<u8>) -> Self {
        Self {
            overlap: overlap.unwrap_or(self.overlap),
            review_levels: review_levels.unwrap_or(self.review_levels),
        }
    }

    fn labels(self) -> impl Iterator<Item = SlotPlace> {
        (0..self.overlap).map(|n| SlotPlace { stage: STAGE_LABEL, n })
    }

    fn reviews(self) -> impl DoubleEndedIterator<Item = SlotPlace> {
        (1..=self.review_levels).map(SlotPlace::review)
    }
}

/// Where a slot is in its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotPlace {
    pub stage: u8,
    pub n: u8,
}

impl SlotPlace {
    pub fn label(n: u8) -> Self {
        Self { stage: STAGE_LABEL, n }
    }
    pub fn review(level: u8) -> Self {
        Self { stage: level, n: 0 }
    }
}

/// A task with the slots that it has so far. A review has none before it is first reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Task {
    pub rules: TaskRules,
    pub slots: BTreeMap<SlotPlace, Slot>,
}

/// A step on a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEvent {
    /// What happens to one slot (T1 to T5, T7, T8, T10). To hand in a review is to accept; whether the answer is the
    /// annotator's or the reviewer's (T11, T13) is no matter of states.
    Slot(SlotPlace, SlotEvent),
    /// T12. No slots: all of them.
    Reject { level: u8, fence: Fence, slots: BTreeSet<u8> },
    /// T14.
    Amend { n: u8, person: UserId },
    /// A manager gives a slot that is not handed in to somebody: it is theirs to claim until a time.
    Assign { place: SlotPlace, person: UserId, until: Millis },
    /// A manager opens what too many people passed on.
    Unblock,
    /// T9: somebody has not passed on these stages any more, so that there is one again who may take them.
    Unskip { stages: Vec<u8> },
    /// T17.
    Cancel,
    /// T18: labelled and reviewed once more.
    Reopen,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Cancelled,
    /// Waits to be claimed for labelling.
    Pending,
    /// Was sent back by a review.
    Rejected,
    /// Too many people passed on it.
    Blocked,
    /// Somebody labels it.
    Claimed,
    /// Labelled; a review is to come or under way.
    InReview,
    Done,
}

impl TaskState {
    pub const ALL: [Self; 7] = [
        Self::Cancelled,
        Self::Pending,
        Self::Rejected,
        Self::Blocked,
        Self::Claimed,
        Self::InReview,
        Self::Done,
    ];

    /// The same in a batch: nobody touches a task of a cancelled one any more.
    pub fn within(self, batch: BatchState) -> Self {
        if self == Self::Pending && batch == BatchState::Cancelled { Self::Cancelled } else { self }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
            Self::Claimed => "claimed",
            Self::InReview => "in_review",
            Self::Done => "done",
        }
    }
}

/// What the state of a task follows from; gathered slot by slot, so that very many tasks can be told without making them.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskFacts {
    labels: u8,
    reviews: u8,
    cancelled: bool,
    blocked: bool,
    claimed: bool,
    sent_back: bool,
}

impl TaskFacts {
    pub fn add(&mut self, place: SlotPlace, state: SlotState, round: i64) {
        let label = place.stage == STAGE_LABEL;
        match state {
            SlotState::Submitted if label => self.labels += 1,
            SlotState::Submitted => self.reviews += 1,
            SlotState::Cancelled => self.cancelled = true,
            SlotState::Blocked => self.blocked = true,
            SlotState::Leased if label => self.claimed = true,
            SlotState::Open if label && round > 1 => self.sent_back = true,
            SlotState::Leased | SlotState::Open | SlotState::Waiting => {}
        }
    }

    pub fn state(&self, rules: TaskRules) -> TaskState {
        let labelled = if rules.overlap == 0 { self.labels > 0 } else { self.labels == rules.overlap };
        if labelled && self.reviews == rules.review_levels {
            TaskState::Done
        } else if self.cancelled {
            TaskState::Cancelled
        } else if self.blocked {
            TaskState::Blocked
        } else if labelled {
            TaskState::InReview
        } else if self.claimed {
            TaskState::Claimed
        } else if self.sent_back {
            TaskState::Rejected
        } else {
            TaskState::Pending
        }
    }

    /// Whether any answer of an annotator stands.
    pub fn answered(&self) -> bool {
        self.labels > 0
    }
}

/// How many slots of a task, or of many, are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Label slots.
    pub open: i64,
    pub leased: i64,
    pub submitted: i64,
    /// Of any stage.
    pub blocked: i64,
    pub review_open: i64,
    pub review_leased: i64,
    /// Tasks.
    pub done: i64,
}

impl std::ops::AddAssign for TaskCounts {
    fn add_assign(&mut self, other: Self) {
        self.open += other.open;
        self.leased += other.leased;
        self.submitted += other.submitted;
        self.blocked += other.blocked;
        self.review_open += other.review_open;
        self.review_leased += other.review_leased;
        self.done += other.done;
    }
}

impl std::ops::Sub for TaskCounts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            open: self.open - other.open,
            leased: self.leased - other.leased,
            submitted: self.submitted - other.submitted,
            blocked: self.blocked - other.blocked,
            review_open: self.review_open - other.review_open,
            review_leased: self.review_leased - other.review_leased,
            done: self.done - other.done,
        }
    }
}

impl Task {
    /// A task that nobody has touched: its label slots are open.
    pub fn untouched(rules: TaskRules) -> Self {
        Self { rules, slots: rules.labels().map(|place| (place, Slot::untouched())).collect() }
    }

    /// A task of answers that were brought in: by whom, and the fence that each has in the place of a lease.
    pub fn as_given(answers: impl IntoIterator<Item = (UserId, Fence)>) -> Self {
        let slots: BTreeMap<SlotPlace, Slot> = (0..=u8::MAX)
            .zip(answers)
            .map(|(n, (person, fence))| (SlotPlace::label(n), Slot::brought_in(person, fence)))
            .collect();
        Self { rules: TaskRules::AS_GIVEN.of_task(slots.len()), slots }
    }

    fn slot(&self, place: SlotPlace) -> Result<&Slot, SlotRefusal> {
        self.slots.get(&place).ok_or(SlotRefusal::NoSuchSlot)
    }

    fn stands(&self, place: SlotPlace) -> bool {
        self.slots.get(&place).is_some_and(|slot| slot.state == SlotState::Submitted)
    }

    pub fn labelled(&self) -> bool {
        self.rules.overlap > 0 && self.rules.labels().all(|place| self.stands(place))
    }

    /// I9.
    pub fn done(&self) -> bool {
        self.labelled() && self.rules.reviews().all(|place| self.stands(place))
    }

    /// The authors of the answers that stand.
    pub fn authors(&self) -> impl Iterator<Item = UserId> {
        let labels = self.slots.iter().filter(|(place, _)| place.stage == STAGE_LABEL);
        labels.filter(|(_, slot)| slot.state == SlotState::Submitted).filter_map(|(_, slot)| slot.holder)
    }

    pub fn state(&self) -> TaskState {
        let mut facts = TaskFacts::default();
        for (place, slot) in &self.slots {
            facts.add(*place, slot.state, slot.round);
        }
        facts.state(self.rules)
    }

    pub fn counts(&self) -> TaskCounts {
        let mut out = TaskCounts { done: i64::from(self.done()), ..TaskCounts::default() };
        for (place, slot) in &self.slots {
            let label = place.stage == STAGE_LABEL;
            match slot.state {
                SlotState::Open if label => out.open += 1,
                SlotState::Open => out.review_open += 1,
                SlotState::Leased if label => out.leased += 1,
                SlotState::Leased => out.review_leased += 1,
                SlotState::Submitted if label => out.submitted += 1,
                SlotState::Blocked => out.blocked += 1,
                SlotState::Submitted | SlotState::Cancelled | SlotState::Waiting => {}
            }
        }
        out
    }

    /// The task after `event`, or why it cannot happen.
    pub fn after(&self, event: &TaskEvent, batch: BatchState, now: Millis) -> Result<Self, SlotRefusal> {
        let mut next = self.clone();
        match event {
            TaskEvent::Slot(place, event) => {
                if let SlotEvent::Claim { person, .. } = event {
                    self.may_claim(*place, *person)?;
                }
                next.slots.insert(*place, self.slot(*place)?.after(event, batch, now)?);
                if matches!(event, SlotEvent::Submit { .. }) {
                    next.advance(now);
                }
            }
            TaskEvent::Reject { level, fence, slots } => {
                let place = SlotPlace::review(*level);
                let handed_in = self.slot(place)?.after(&SlotEvent::Submit { fence: *fence }, batch, now)?;
                next.slots.insert(place, handed_in);
                next.send_back(slots, now)?;
            }
            TaskEvent::Amend { n, person } => {
                let slot = self.slot(SlotPlace::label(*n))?;
                if batch == BatchState::Cancelled {
                    return Err(SlotRefusal::BatchCancelled);
                }
                if slot.state != SlotState::Submitted {
                    return Err(SlotRefusal::NotSubmitted);
                }
                if slot.holder != Some(*person) {
                    return Err(SlotRefusal::NotAuthor);
                }
                let begun = |slot: &Slot| matches!(slot.state, SlotState::Leased | SlotState::Submitted);
                if self.rules.reviews().any(|place| self.slots.get(&place).is_some_and(begun)) {
                    return Err(SlotRefusal::ReviewBegun);
                }
            }
            TaskEvent::Assign { place, person, until } => {
                if batch == BatchState::Cancelled {
                    return Err(SlotRefusal::BatchCancelled);
                }
                self.may_claim(*place, *person)?;
                next.slots.insert(*place, self.slot(*place)?.kept(*person, *until)?);
            }
            TaskEvent::Unblock => {
                for slot in next.slots.values_mut().filter(|slot| slot.state == SlotState::Blocked) {
                    slot.state = SlotState::Open;
                }
            }
            TaskEvent::Unskip { stages } => {
                for (place, slot) in &mut next.slots {
                    if slot.state == SlotState::Blocked && stages.contains(&place.stage) {
                        slot.state = SlotState::Open;
                    }
                }
            }
            TaskEvent::Cancel => {
                for slot in next.slots.values_mut() {
                    if let Ok(cancelled) = slot.after(&SlotEvent::Cancel, batch, now) {
                        *slot = cancelled;
                    }
                }
            }
            TaskEvent::Reopen => {
                if !self.done() {
                    return Err(SlotRefusal::NotDone);
                }
                if batch == BatchState::Cancelled {
                    return Err(SlotRefusal::BatchCancelled);
                }
                next.send_back(&BTreeSet::new(), now)?;
            }
        }
        Ok(next)
    }

    /// I2, I8: nobody has two parts in a task's stage, reviews their own work or reviews twice.
    fn may_claim(&self, place: SlotPlace, person: UserId) -> Result<(), SlotRefusal> {
        let theirs = |(other, slot): (&SlotPlace, &Slot)| *other != place && slot.holder == Some(person);
        match self.slots.iter().find(|entry| theirs(*entry)) {
            None => Ok(()),
            Some((other, _)) if place.stage != STAGE_LABEL && other.stage == STAGE_LABEL => {
                Err(SlotRefusal::OwnWork)
            }
            Some(_) => Err(SlotRefusal::SamePerson),
        }
    }

    /// Opens the first review that everything before it is there for.
    fn advance(&mut self, now: Millis) {
        if !self.labelled() {
            return;
        }
        let next = self.rules.reviews().find(|place| !self.stands(*place));
        let Some(place) = next else { return };
        let parts: Vec<UserId> = self.slots.values().filter_map(|slot| slot.holder).collect();
        let slot = self
            .slots
            .entry(place)
            .or_insert_with(|| Slot { state: SlotState::Waiting, ..Slot::untouched() });
        if slot.state == SlotState::Waiting {
            slot.state = SlotState::Open;
            // Whoever sent it back sees first what became of it, unless the new answer is their own.
            let keeper = slot.kept_for.filter(|(whom, _)| !parts.contains(whom));
            slot.kept_for = keeper.map(|(whom, _)| (whom, now + KEPT_MS));
        }
    }

    /// Opens label slots again for their authors, and lets every review wait.
    fn send_back(&mut self, slots: &BTreeSet<u8>, now: Millis) -> Result<(), SlotRefusal> {
        if slots.iter().any(|n| *n >= self.rules.overlap) {
            return Err(SlotRefusal::NoSuchSlot);
        }
        for (place, slot) in &mut self.slots {
            if place.stage == STAGE_LABEL {
                if slots.is_empty() || slots.contains(&place.n) {
                    if slot.state != SlotState::Submitted {
                        return Err(SlotRefusal::NotSubmitted);
                    }
                    *slot = sent_back(slot, SlotState::Open, now + KEPT_MS);
                }
            } else if slot.state != SlotState::Waiting {
                *slot = sent_back(slot, SlotState::Waiting, 0);
            }
        }
        Ok(())
    }

    /// What is wrong with a task (I1 to I3, I8, I9, and the order of its stages); nothing when it is sound. A task on
    /// which a batch was cancelled may end anywhere.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let expected: BTreeSet<SlotPlace> = self.rules.labels().chain(self.rules.reviews()).collect();
        for (place, slot) in &self.slots {
            let at = format!("slot {} of stage {}", place.n, place.stage);
            if !expected.contains(place) {
                out.push(format!("{at} was not asked for"));
            }
            let held = matches!(slot.state, SlotState::Leased | SlotState::Submitted);
            if held != slot.holder.is_some() || held != slot.fence.is_some() {
                out.push(format!(
                    "{at}: a holder and a fence go with a held or handed in slot, and only with it"
                ));
            }
            if (slot.state == SlotState::Leased) != slot.lease_until.is_some() {
                out.push(format!("{at}: a lease has an end, and nothing else has"));
            }
            let begun = matches!(slot.state, SlotState::Leased | SlotState::Submitted | SlotState::Open);
            let ready =
                self.labelled() && (1..place.stage).all(|level| self.stands(SlotPlace::review(level)));
            if place.stage != STAGE_LABEL && begun && !ready {
                out.push(format!("{at} is {:?} before what it reviews is there", slot.state));
            }
        }
        if let Some(missing) = self.rules.labels().find(|place| !self.slots.contains_key(place)) {
            out.push(format!("slot {} of stage 0 is missing", missing.n));
        }
        let mut people: Vec<UserId> = self.slots.values().filter_map(|slot| slot.holder).collect();
        people.sort_unstable();
        if people.windows(2).any(|pair| pair[0] == pair[1]) {
            out.push("one person has two parts in it".into());
        }
        out
    }
}

/// A slot in the next round, kept for who had it until a time.
fn sent_back(slot: &Slot, state: SlotState, until: Millis) -> Slot {
    Slot {
        state,
        holder: None,
        fence: None,
        token: slot.token,
        lease_until: None,
        held_since: None,
        round: slot.round + 1,
        kept_for: slot.holder.map(|holder| (holder, until)).or(slot.kept_for),
    }
}
